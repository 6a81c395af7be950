package bundle

import (
	"fmt"
	"io/fs"
	"strings"
)

// CheckNames says which files cannot be part of a bundle. Only bundles that others made need it: Read takes no such files.
func (b Bundle) CheckNames() []string {
	var wrong []string
	for _, name := range b.names() {
		template := strings.HasPrefix(name, templatesDir+"/")
		if !fs.ValidPath(name) || !template && (strings.Contains(name, "/") || !isMap(name)) {
			wrong = append(wrong, fmt.Sprintf("%q: a file must be a .yaml, .yml or .json at the top, or be below %s/", name, templatesDir))
		}
	}
	return wrong
}
