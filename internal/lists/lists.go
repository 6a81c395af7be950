// Package lists reads the lists of consents and of suppressed addresses that other systems keep, as CSV.
//
// It must not know what becomes of them.
package lists

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Fault is what is wrong with one line. The lines that are right are read all the same.
type Fault struct {
	// Line is the line in the file, from 1.
	Line int
	// Message says what is wrong and how it should be.
	Message string
}

// String writes it down.
func (f Fault) String() string { return fmt.Sprintf("line %d: %s", f.Line, f.Message) }

// table reads a CSV file line by line, with the columns named in its first line.
type table struct {
	csv     *csv.Reader
	columns []string
	line    int
	faults  []Fault
}

// newTable reads the first line. Names are compared without capitals, spaces, hyphens and underscores.
func newTable(r io.Reader, known []string) (*table, error) {
	t := &table{csv: csv.NewReader(r)}
	t.csv.FieldsPerRecord, t.csv.TrimLeadingSpace = -1, true
	first, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("read the first line: %w", err)
	}
	for i, name := range first {
		if i == 0 {
			name = strings.TrimPrefix(name, "\ufeff") // spreadsheets put it there
		}
		column := columnName(name)
		if len(known) > 0 && !slices.Contains(known, column) {
			return nil, fmt.Errorf("line 1: there is no column %q (known are: %s)", name, strings.Join(known, ", "))
		}
		if slices.Contains(t.columns, column) {
			return nil, fmt.Errorf("line 1: the column %q is there twice", name)
		}
		t.columns = append(t.columns, column)
	}
	return t, nil
}

func columnName(name string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(name))
}

// has tells whether the file has a column.
func (t *table) has(column string) bool { return slices.Contains(t.columns, column) }

// next returns the values of the next line by column, and false at the end. A line that cannot be read is noted and passed
// over.
func (t *table) next() (map[string]string, bool, error) {
	for {
		record, err := t.csv.Read()
		if errors.Is(err, io.EOF) {
			return nil, false, nil
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			t.line = bad.Line
			t.fault("%s", bad.Err)
			continue
		}
		if err != nil {
			return nil, false, fmt.Errorf("read the file: %w", err)
		}
		t.line, _ = t.csv.FieldPos(0)
		if len(record) != len(t.columns) {
			t.fault("has %d values, but there are %d columns", len(record), len(t.columns))
			continue
		}
		row := make(map[string]string, len(record))
		for i, value := range record {
			row[t.columns[i]] = strings.TrimSpace(value)
		}
		return row, true, nil
	}
}

func (t *table) fault(format string, args ...any) {
	t.faults = append(t.faults, Fault{Line: t.line, Message: fmt.Sprintf(format, args...)})
}
