package journey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a journey map, and where.
type Problem struct {
	// File is the name of the source.
	File string
	// Line is where it stands, counted from 1. Zero when it concerns the whole file.
	Line int
	// Path leads to the value: "touchpoints[1].do[0].wait". Empty when the file could not be read.
	Path string
	// Message says what is wrong.
	Message string
	// Hint says what to do about it. May be empty.
	Hint string
	// Warning is true when the map can be used all the same.
	Warning bool
}

// String returns the problem on one line: "journey.yaml:12: touchpoints[1].do[0].wait: must be positive".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if p.Warning {
		b.WriteString("warning: ")
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Problems are all that is wrong with a journey map, sorted by file and line.
type Problems []Problem

// Error returns the problems, one on a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Errors returns the problems that keep the map from being used.
func (ps Problems) Errors() Problems {
	return ps.filter(false)
}

// Warnings returns the problems that the author should look at, but that do no harm.
func (ps Problems) Warnings() Problems {
	return ps.filter(true)
}

func (ps Problems) filter(warning bool) Problems {
	var kept Problems
	for _, p := range ps {
		if p.Warning == warning {
			kept = append(kept, p)
		}
	}
	return kept
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
	})
}
