package lists

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Consent is one line of a list of consents.
type Consent struct {
	// Line is where it stands.
	Line int
	// UserID is the shop's id of the customer, and Email their address. One of them may be empty.
	UserID, Email string
	// Class is service, marketing or all, and Topic a topic. One of them is empty.
	Class, Topic string
	// Given is true for a consent and false for an objection, and Confirmed when the customer confirmed it.
	Given, Confirmed bool
	// At is when it was said.
	At time.Time
	// Source, TextVersion and Locale are where, under which text and in which language. May be empty.
	Source, TextVersion, Locale string
}

var consentColumns = []string{"userid", "email", "class", "topic", "given", "confirmed", "at", "source", "textversion", "locale"}

// Consents reads a list of consents. An error means that nothing could be read.
func Consents(r io.Reader) ([]Consent, []Fault, error) {
	t, err := newTable(r, consentColumns)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case !t.has("userid") && !t.has("email"):
		return nil, nil, errors.New("line 1: a column userId or email must say whose consent it is")
	case !t.has("given"), !t.has("at"):
		return nil, nil, errors.New("line 1: the columns given and at are required")
	case !t.has("class") && !t.has("topic"):
		return nil, nil, errors.New("line 1: a column class or topic must say what the consent is about")
	}
	var all []Consent
	for {
		row, more, err := t.next()
		if err != nil || !more {
			return all, t.faults, err
		}
		c, err := readConsent(row)
		if err != nil {
			t.fault("%s", err)
			continue
		}
		c.Line = t.line
		all = append(all, c)
	}
}

func readConsent(row map[string]string) (Consent, error) {
	c := Consent{
		UserID: row["userid"], Email: row["email"], Class: strings.ToLower(row["class"]), Topic: row["topic"],
		Source: row["source"], TextVersion: row["textversion"], Locale: row["locale"],
	}
	switch {
	case c.UserID == "" && c.Email == "":
		return c, errors.New("userId or email is required")
	case c.Email != "" && !strings.Contains(c.Email, "@"):
		return c, fmt.Errorf("email: %q is no address", c.Email)
	case (c.Class == "") == (c.Topic == ""):
		return c, errors.New("either class or topic is required")
	case c.Class != "" && c.Class != "service" && c.Class != "marketing" && c.Class != "all":
		return c, fmt.Errorf("class: %q must be service, marketing or all", c.Class)
	}
	var err error
	if c.Given, err = readTruth(row["given"]); err != nil {
		return c, fmt.Errorf("given: %w", err)
	}
	if row["confirmed"] != "" {
		if c.Confirmed, err = readTruth(row["confirmed"]); err != nil {
			return c, fmt.Errorf("confirmed: %w", err)
		}
	}
	if c.At, err = readInstant(row["at"]); err != nil {
		return c, fmt.Errorf("at: %w", err)
	}
	return c, nil
}

func readTruth(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "yes", "1", "ja":
		return true, nil
	case "false", "no", "0", "nee":
		return false, nil
	}
	return false, fmt.Errorf("%q must be true or false", text)
}

// readInstant reads an instant as most systems write it. One without a time zone is in UTC.
func readInstant(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", time.DateTime, "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && seconds > 0 && seconds < 1<<34 {
		return time.Unix(seconds, 0).UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%q must be an instant such as 2026-03-14T12:00:00Z, or seconds since 1970", text)
}
