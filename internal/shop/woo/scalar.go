package woo

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"strings"
	"time"
)

// text is a text that extensions of WooCommerce may send as a number, as null or as false: the last two are no text.
type text string

// errNoText says that something is neither a text nor a number.
var errNoText = errors.New("must be a text or a number")

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0, string(raw) == "null", string(raw) == "false":
		*t = ""
		return nil
	case raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		*t = text(strings.ToValidUTF8(s[:min(len(s), longestField)], ""))
		return nil
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		*t = text(raw)
		return nil
	}
	return errNoText
}

const (
	// longestField is how many bytes of a field are read, and longestText of a name or the like are told.
	longestField = 2000
	longestText  = 500
)

// plain returns the text as somebody reads it: WooCommerce writes names as HTML.
func (t text) plain() string {
	plain := strings.TrimSpace(html.UnescapeString(string(t)))
	return strings.ToValidUTF8(plain[:min(len(plain), longestText)], "")
}

// id returns the text as the id of an object, or "" when it stands for none.
func (t text) id() string {
	if t == "0" {
		return ""
	}
	return string(t)
}

// gmt is an instant of one of the fields whose names end in _gmt. It has no zone. The zero value is no instant.
type gmt struct{ time.Time }

// gmtLayouts are the ways in which versions and extensions write such an instant.
var gmtLayouts = []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", time.RFC3339}

// errNoInstant says that something is no instant.
var errNoInstant = errors.New("must be an instant such as 2026-03-01T12:00:00")

// UnmarshalJSON implements json.Unmarshaler.
func (g *gmt) UnmarshalJSON(raw []byte) error {
	var t text
	if err := t.UnmarshalJSON(raw); err != nil {
		return err
	}
	*g = gmt{}
	if t == "" {
		return nil
	}
	for _, layout := range gmtLayouts {
		if at, err := time.Parse(layout, string(t)); err == nil && at.Year() > 0 {
			*g = gmt{at.UTC()}
			return nil
		}
	}
	return errNoInstant
}

// list is a list, or nothing where an empty list became an empty object or false on its way through PHP.
type list[T any] []T

// UnmarshalJSON implements json.Unmarshaler.
func (l *list[T]) UnmarshalJSON(raw []byte) error {
	*l = nil
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '[' {
		return nil
	}
	var items []T
	if err := json.Unmarshal(raw, &items); err != nil {
		return err
	}
	*l = items
	return nil
}

// object is an object, or nothing where an empty object became an empty list on its way through PHP.
type object[T any] struct{ value T }

// UnmarshalJSON implements json.Unmarshaler.
func (o *object[T]) UnmarshalJSON(raw []byte) error {
	*o = object[T]{}
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	return json.Unmarshal(raw, &o.value)
}
