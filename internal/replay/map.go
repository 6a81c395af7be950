package replay

import (
	"embed"
	"io/fs"
)

//go:embed map
var mapFiles embed.FS

// journeyMap returns the map that the expected mails belong to.
func journeyMap() fs.FS {
	files, err := fs.Sub(mapFiles, "map")
	if err != nil {
		panic(err) // the name above is not a valid path
	}
	return files
}
