package api

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// maxIDCharacters keeps ids and names short enough for an index of the record.
	maxIDCharacters = 255
	// maxMessageIDCharacters is Segment's limit.
	maxMessageIDCharacters = 100
	// maxExactInteger is the largest number up to which every integer has a float64 of its own.
	maxExactInteger = 1 << 53
)

// fields reads the fields of one JSON object and keeps the first problem. A null is an absent field.
type fields struct {
	values  map[string]any
	problem *Problem
}

// id returns an id. A number is accepted and made a string; a blank text counts as absent.
func (f *fields) id(name string, maxCharacters int) string {
	var id string
	switch v := f.values[name].(type) {
	case nil:
	case string:
		id = v
	case float64:
		if v >= maxExactInteger || v <= -maxExactInteger {
			f.refuse(codeNumberRange, name, "is too large a number to be told apart from others; send it as a string")
		}
		id = strconv.FormatFloat(v, 'f', -1, 64)
	default:
		f.refuse(codeWrongType, name, "must be a string")
	}
	if strings.TrimSpace(id) == "" {
		return ""
	}
	if len(id) > maxCharacters && utf8.RuneCountInString(id) > maxCharacters {
		f.refuse(codeTooLong, name, fmt.Sprintf("must have at most %d characters", maxCharacters))
	}
	return id
}

// required returns an id that must be there.
func (f *fields) required(name string) string {
	id := f.id(name, maxIDCharacters)
	if id == "" {
		f.refuse(codeMissing, name, "is required")
	}
	return id
}

// name returns a string that must be there and is short enough for an index.
func (f *fields) name(name string) string {
	text := f.text(name)
	switch {
	case strings.TrimSpace(text) == "":
		f.refuse(codeMissing, name, "is required")
	case len(text) > maxIDCharacters && utf8.RuneCountInString(text) > maxIDCharacters:
		f.refuse(codeTooLong, name, fmt.Sprintf("must have at most %d characters", maxIDCharacters))
	}
	return text
}

// text returns a string; empty when absent.
func (f *fields) text(name string) string {
	switch v := f.values[name].(type) {
	case nil:
	case string:
		return v
	default:
		f.refuse(codeWrongType, name, "must be a string")
	}
	return ""
}

// flag returns true or false; false when absent.
func (f *fields) flag(name string) bool {
	switch v := f.values[name].(type) {
	case nil:
	case bool:
		return v
	default:
		f.refuse(codeWrongType, name, "must be true or false")
	}
	return false
}

// object returns an object; nil when absent.
func (f *fields) object(name string) map[string]any {
	switch v := f.values[name].(type) {
	case nil:
	case map[string]any:
		return v
	default:
		f.refuse(codeWrongType, name, "must be an object")
	}
	return nil
}

// instant returns an instant; zero when absent, or when a client sends its own zero (the year 1).
func (f *fields) instant(name string) time.Time {
	switch v := f.values[name].(type) {
	case nil:
	case string:
		if t, ok := parseTime(v); ok {
			return t
		}
		f.refuse(codeTimestamp, name, `must be an instant in ISO 8601, such as "2026-03-14T09:26:53.589Z"`)
	default:
		f.refuse(codeWrongType, name, `must be a string with an instant in ISO 8601, such as "2026-03-14T09:26:53.589Z"`)
	}
	return time.Time{}
}

// refuse keeps a problem, unless there is one already.
func (f *fields) refuse(code Code, name, message string) {
	if f.problem == nil {
		f.problem = &Problem{Code: code, Field: name, Message: message}
	}
}
