package shopify

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"
)

// id is an id of Shopify: a number that may have more digits than a floating-point number holds, or a text of such digits.
// The empty one stands for nobody and nothing.
type id string

var (
	idPattern = regexp.MustCompile(`^[1-9][0-9]{0,19}$`)
	errID     = errors.New("must be an id")
)

// UnmarshalJSON implements json.Unmarshaler.
func (i *id) UnmarshalJSON(raw []byte) error {
	text := string(bytes.TrimSpace(raw))
	if text == "null" || text == `""` {
		*i = ""
		return nil
	}
	text = strings.TrimSuffix(strings.TrimPrefix(text, `"`), `"`)
	// The newer forms of an id end with the number: gid://shopify/Order/450789469.
	if rest, ok := strings.CutPrefix(text, "gid://shopify/"); ok {
		_, text, _ = strings.Cut(rest, "/")
	}
	if !idPattern.MatchString(text) {
		return errID
	}
	*i = id(text)
	return nil
}

// instant is an instant with its offset. The zero one is none.
type instant struct{ time.Time }

var errInstant = errors.New("must be an instant such as 2026-03-01T12:00:00+01:00")

// UnmarshalJSON implements json.Unmarshaler.
func (t *instant) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return errInstant
	}
	*t = instant{}
	if text == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.UTC().Year() < 1970 || at.UTC().Year() > 9999 {
		return errInstant
	}
	t.Time = at.UTC()
	return nil
}

// later returns the later of two instants.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
