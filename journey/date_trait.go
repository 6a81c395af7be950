package journey

import (
	"strings"
	"time"
)

// maxDateOffset is the furthest that a touchpoint may lie from its date, in days.
const maxDateOffset = int(maxDuration / day)

// traitDate is a date that a customer's trait names.
type traitDate struct {
	year     int
	month    time.Month
	day      int
	yearless bool // the trait says no year
}

// dateOccurrence returns the first instant strictly after `after` at which a touchpoint on a date comes: offsetDays local
// days after the date in a trait, at a local time of day. Yearly, the date comes every year from its own on, on the 28th
// of February where a year has no 29th. Otherwise it comes once, and a date without a year does not come at all.
//
// It reports false when it does not come any more, and when the trait holds no date.
func dateOccurrence(value any, after time.Time, offsetDays int, at TimeOfDay, yearly bool, loc *time.Location) (time.Time, bool) {
	date, ok := readTraitDate(value, loc)
	if !ok || offsetDays < -maxDateOffset || offsetDays > maxDateOffset {
		return time.Time{}, false
	}
	if !yearly {
		instant := date.in(date.year, offsetDays, at, loc)
		return instant, !date.yearless && instant.After(after)
	}
	first := wallClock(after, loc).AddDate(0, 0, -offsetDays).Year()
	if !date.yearless {
		first = max(first, date.year)
	}
	for year := first; ; year++ {
		if instant := date.in(year, offsetDays, at, loc); instant.After(after) {
			return instant, true
		}
	}
}

// in returns the instant that belongs to the date in a year.
func (d traitDate) in(year, offsetDays int, at TimeOfDay, loc *time.Location) time.Time {
	last := time.Date(year, d.month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return localInstant(loc, year, d.month, min(d.day, last)+offsetDays, at)
}

// readTraitDate reads "1990-05-12", "--05-12", "05-12", or an instant (RFC 3339), which means the date on which it falls
// in the customer's zone.
func readTraitDate(value any, loc *time.Location) (traitDate, bool) {
	switch v := value.(type) {
	case time.Time:
		return dateOf(v.In(loc)), true
	case string:
		return parseTraitDate(strings.TrimSpace(v), loc)
	default:
		return traitDate{}, false
	}
}

func parseTraitDate(text string, loc *time.Location) (traitDate, bool) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return dateOf(t), true
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return dateOf(t.In(loc)), true
	}
	const leapYear = "2000-"
	if t, err := time.Parse(time.DateOnly, leapYear+strings.TrimPrefix(text, "--")); err == nil {
		date := dateOf(t)
		date.yearless = true
		return date, true
	}
	return traitDate{}, false
}

func dateOf(t time.Time) traitDate {
	year, month, day := t.Date()
	return traitDate{year: year, month: month, day: day}
}
