// Package bundle holds one version of a journey map together with its templates: read from files, kept in the record as
// one text, compiled for use. A version is published, shown and rolled back as a whole.
//
// The package must not know where versions are stored or which one is live.
package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// templatesDir is the folder of the templates, beside the map.
const templatesDir = "templates"

// Bundle is the files of one version: the map's at the top, the templates' below "templates/".
type Bundle struct {
	// Files are the contents by slash-separated path.
	Files map[string]string `json:"files"`
}

// Read reads a map: a folder with YAML or JSON files and a folder "templates", or one file with "templates" beside it.
func Read(name string) (Bundle, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Bundle{}, fmt.Errorf("read the map: %w", err)
	}
	dir, only := name, ""
	if !info.IsDir() {
		dir, only = filepath.Split(name)
		if dir == "" {
			dir = "."
		}
	}
	return ReadFS(os.DirFS(dir), only)
}

// ReadFS reads a map from a file system: the file named only, or every map file at the top when only is empty.
func ReadFS(fsys fs.FS, only string) (Bundle, error) {
	b := Bundle{Files: map[string]string{}}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return Bundle{}, fmt.Errorf("read the map: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() || only != "" && e.Name() != only || !isMap(e.Name()) {
			continue
		}
		if err := b.add(fsys, e.Name()); err != nil {
			return Bundle{}, err
		}
	}
	if len(b.Files) == 0 {
		return Bundle{}, fmt.Errorf("read the map: no .yaml, .yml or .json file is there")
	}
	err = fs.WalkDir(fsys, templatesDir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return b.add(fsys, name)
	})
	if err != nil && !os.IsNotExist(err) {
		return Bundle{}, fmt.Errorf("read the templates: %w", err)
	}
	return b, nil
}

func (b Bundle) add(fsys fs.FS, name string) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("read the map: %w", err)
	}
	b.Files[name] = string(data)
	return nil
}

func isMap(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
		return !strings.HasPrefix(name, ".")
	}
	return false
}

// Parse reads the text that Source wrote.
func Parse(source []byte) (Bundle, error) {
	var b Bundle
	if err := json.Unmarshal(source, &b); err != nil {
		return Bundle{}, fmt.Errorf("read a stored map: %w", err)
	}
	return b, nil
}

// Source returns the bundle as one text. Equal bundles have equal texts.
func (b Bundle) Source() ([]byte, error) {
	source, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("write a map down: %w", err)
	}
	return source, nil
}

// Hash names the content of the source.
func Hash(source []byte) string {
	sum := sha256.Sum256(source)
	return hex.EncodeToString(sum[:])
}

// names returns the paths in order.
func (b Bundle) names() []string {
	return slices.Sorted(maps.Keys(b.Files))
}
