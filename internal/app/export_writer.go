package app

import (
	"encoding/json"
	"io"
	"time"

	"klantreis/internal/store"
)

// ExportFormat names the form of exports. A change that programs would notice changes the number.
const ExportFormat = "klantreis-export/1"

// exportWriter writes an export as one JSON object while it is read: the head, an array for each table, and at the very end that
// it is complete, so that one that was cut off is not mistaken for all.
type exportWriter struct {
	w      io.Writer
	at     time.Time
	userID string
	begun  bool
	first  bool // the next row is the first of its table
}

// row writes a row; nil begins a table.
func (e *exportWriter) row(table string, row store.Exported) error {
	if row == nil {
		return e.table(table)
	}
	text, err := json.Marshal(row)
	if err != nil {
		return err
	}
	before := ",\n  "
	if e.first {
		before, e.first = "\n  ", false
	}
	_, err = e.w.Write(append([]byte(before), text...))
	return err
}

func (e *exportWriter) table(name string) error {
	before := "],\n"
	if !e.begun {
		head, err := json.Marshal(map[string]any{"format": ExportFormat, "exportedAt": e.at.UTC(), "userId": e.userID})
		if err != nil {
			return err
		}
		before = string(head[:len(head)-1]) + ",\n"
	}
	e.begun, e.first = true, true
	_, err := io.WriteString(e.w, before+`"`+name+`": [`)
	return err
}

func (e *exportWriter) end() error {
	_, err := io.WriteString(e.w, "],\n\"complete\": true}\n")
	return err
}
