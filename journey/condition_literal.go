package journey

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// momentForms are how people write moments, in the order in which they are tried.
var momentForms = []string{
	time.DateOnly, "2006-1-2", time.DateTime, "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02T15:04:05", "2-1-2006", "2/1/2006",
	"2.1.2006", "2006/01/02",
}

// asMoment returns how a moment is written in an expression, given how somebody wrote it; "" when it is none.
func asMoment(text string) string {
	if _, err := time.Parse(time.RFC3339, text); err == nil {
		return fmt.Sprintf("timestamp(%q)", text)
	}
	for _, form := range momentForms {
		if at, err := time.Parse(form, text); err == nil {
			return fmt.Sprintf("timestamp(%q)", at.Format(time.RFC3339))
		}
	}
	return ""
}

// unitWords are how people write the units of durations, in Dutch and English.
var unitWords = map[string]string{
	"second": "s", "sec": "s", "seconde": "s", "minute": "m", "min": "m", "minuut": "m", "minuten": "m", "hour": "h", "uur": "h",
	"uren": "h", "day": "d", "dag": "d", "dagen": "d", "week": "w", "weken": "w", "w": "w", "d": "d", "h": "h", "m": "m", "s": "s",
}

var wordedDuration = regexp.MustCompile(`^(\d+) ?([a-z]+)$`)

// asDuration returns how a duration is written in an expression, given how it is written elsewhere in a map or how people
// say it; "" when it is none.
func asDuration(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if parts := wordedDuration.FindStringSubmatch(text); parts != nil {
		for _, word := range []string{parts[2], strings.TrimSuffix(parts[2], "s"), strings.TrimSuffix(parts[2], "n")} {
			if unit := unitWords[word]; unit != "" {
				text = parts[1] + unit
				break
			}
		}
	}
	length, err := ParseDuration(text)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("duration(%q)", inHours(length))
}

// inHours writes a duration with the units that expressions know.
func inHours(length time.Duration) string {
	switch {
	case length%time.Hour == 0:
		return fmt.Sprintf("%dh", length/time.Hour)
	case length%time.Minute == 0:
		return fmt.Sprintf("%dm", length/time.Minute)
	default:
		return fmt.Sprintf("%ds", length/time.Second)
	}
}

// duration looks at the text that a duration is made of.
func (s *slips) duration(t piece) {
	if _, err := time.ParseDuration(t.text); err == nil {
		return
	}
	if instead := asDuration(t.text); instead != "" {
		s.add(t, "durations are written in hours, minutes and seconds here, so write %s", instead)
		return
	}
	s.add(t, `%s is not a duration, write it in hours, minutes and seconds, such as duration("72h")`, t.written())
}

// moment looks at the text that a moment is made of.
func (s *slips) moment(t piece) {
	if _, err := time.Parse(time.RFC3339, t.text); err == nil {
		return
	}
	if instead := asMoment(t.text); instead != "" {
		s.add(t, "moments are written with their time and time zone here, so write %s", instead)
		return
	}
	s.add(t, `%s is not a moment, write it with its time and time zone, such as timestamp("2026-01-31T09:00:00Z")`, t.written())
}

// withUnit explains a number with a unit.
func withUnit(number, unit string) string {
	if instead := asDuration(number + unit); instead != "" {
		return fmt.Sprintf("a time is written as a duration, so write %s", instead)
	}
	return fmt.Sprintf("a number has no unit here, so write %s without %s", shorten(number), shorten(unit))
}
