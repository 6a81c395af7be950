package lists

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Suppression is one line of a list of addresses that must not be mailed.
type Suppression struct {
	// Line is where it stands.
	Line int
	// Email is the address.
	Email string
	// Reason is bounced, invalid, complained or unsubscribed. Empty when the list says nothing about other mails.
	Reason string
	// At is since when. Zero when the list does not say.
	At time.Time
}

// Reasons are the reasons that a list of our own form may give.
var Reasons = []string{"bounced", "invalid", "complained", "unsubscribed"}

// sendGridLists are the lists that SendGrid exports, and what they mean to us. A block says something about one mail only.
var sendGridLists = map[string]string{
	"bounces": "bounced", "invalid": "invalid", "spam": "complained", "unsubscribes": "unsubscribed", "blocks": "",
}

// SendGridLists are the names of the lists that SendGrid exports.
func SendGridLists() []string { return slices.Sorted(maps.Keys(sendGridLists)) }

// Suppressions reads a list of addresses. With the name of one of SendGrid's lists it is read as SendGrid exports that one;
// with "" it must have a column reason with one of Reasons. An error means that nothing could be read.
func Suppressions(r io.Reader, list string) ([]Suppression, []Fault, error) {
	meaning, ofSendGrid := sendGridLists[list]
	if list != "" && !ofSendGrid {
		return nil, nil, fmt.Errorf("there is no list %q (known are: %s)", list, strings.Join(SendGridLists(), ", "))
	}
	var known []string
	if !ofSendGrid {
		known = []string{"email", "reason", "at"}
	}
	t, err := newTable(r, known)
	if err != nil && !ofSendGrid {
		err = fmt.Errorf("%w; say with --list which of SendGrid's lists it is, if it is one", err)
	}
	if err != nil {
		return nil, nil, err
	}
	switch {
	case !t.has("email"):
		return nil, nil, errors.New("line 1: a column email is required")
	case !ofSendGrid && !t.has("reason"):
		return nil, nil, errors.New("line 1: a column reason is required; say with --list which of SendGrid's lists it is, if it is one")
	}
	var all []Suppression
	for {
		row, more, err := t.next()
		if err != nil || !more {
			return all, t.faults, err
		}
		s, err := readSuppression(row, meaning, ofSendGrid)
		if err != nil {
			t.fault("%s", err)
			continue
		}
		s.Line = t.line
		all = append(all, s)
	}
}

// readSuppression reads a line. SendGrid's column created has seconds since 1970 or an instant, and its column reason is what
// the receiving server said.
func readSuppression(row map[string]string, meaning string, ofSendGrid bool) (Suppression, error) {
	s := Suppression{Email: row["email"], Reason: meaning}
	if !strings.Contains(s.Email, "@") && s.Reason != "invalid" || s.Email == "" {
		return s, fmt.Errorf("email: %q is no address", s.Email)
	}
	at := row["created"]
	if !ofSendGrid {
		at = row["at"]
		if s.Reason = strings.ToLower(row["reason"]); !slices.Contains(Reasons, s.Reason) {
			return s, fmt.Errorf("reason: %q must be %s", row["reason"], strings.Join(Reasons, ", "))
		}
	}
	if at == "" {
		return s, nil
	}
	var err error
	if s.At, err = readInstant(at); err != nil {
		return s, fmt.Errorf("when: %w", err)
	}
	return s, nil
}
