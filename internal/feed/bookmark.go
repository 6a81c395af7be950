package feed

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// place is a position in the file, behind a whole line.
type place struct {
	Bytes int64 `json:"bytes"`
	Lines int   `json:"lines"`
}

// bookmark keeps a place in a small file beside the events.
type bookmark struct{ path string }

func (b bookmark) read(restart bool) (place, error) {
	var p place
	data, err := os.ReadFile(b.path)
	if errors.Is(err, fs.ErrNotExist) || restart {
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("read how far an earlier feed came: %w", err)
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return p, fmt.Errorf("%s is damaged: remove it to begin at the first line: %w", b.path, err)
	}
	return p, nil
}

func (b bookmark) write(p place) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := os.WriteFile(b.path+".new", data, 0o600); err != nil {
		return fmt.Errorf("note how far the feed came: %w", err)
	}
	if err := os.Rename(b.path+".new", b.path); err != nil {
		return fmt.Errorf("note how far the feed came: %w", err)
	}
	return nil
}

func (b bookmark) remove() error {
	if err := os.Remove(b.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the note of how far the feed came: %w", err)
	}
	return nil
}
