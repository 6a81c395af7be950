package journey

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The most that a delay may count: 100 years of them.
const (
	maxYears       = 100
	maxMonths      = 12 * maxYears
	maxWorkingDays = int(maxDuration/day) * 5 / 7
)

const delayHint = "write a duration such as 7d or 1d12h, or 2 months, 3 working days, next tuesday 10:00, 10:00, last day of month"

var countPattern = regexp.MustCompile(`^-?[0-9]+$`)

// ParseDelay reads how long a wait lasts, as it is written in a map. It takes every duration that ParseDuration takes,
// and these words, in any case:
//   - "2 months", "1 year"
//   - "3 working days", "3 working days 10:00"
//   - "tuesday", "next tuesday", "tuesday 10:00", "next tuesday 10:00"
//   - "10:00"
//   - "last day of month", "last day of month 09:00"
//
// A delay is at least one and at most 100 years of whatever it counts. Delay.After says what each of them means.
func ParseDelay(text string) (Delay, error) {
	words := strings.Fields(text)
	d, rest, err := readDelayTime(words)
	if err != nil {
		return Delay{}, err
	}
	lower := strings.Fields(strings.ToLower(strings.Join(rest, " ")))
	switch {
	case len(lower) == 0 && d.timed:
		d.form = atClock
		return d, nil
	case slices.Equal(lower, []string{"last", "day", "of", "month"}):
		d.form = onLastOfMonth
		return d, nil
	case len(lower) >= 2 && countPattern.MatchString(lower[0]):
		return d.counting(lower[0], strings.Join(lower[1:], " "), text)
	case len(lower) == 2 && lower[0] == "next":
		lower = lower[1:]
	}
	if len(lower) == 1 {
		if i := slices.Index(weekdayNames, lower[0]); i >= 0 {
			d.form, d.weekday = onWeekday, time.Weekday(i)
			return d, nil
		}
	}
	if len(words) != 1 {
		return Delay{}, notDelay(text, suggestDelay(lower))
	}
	if hint := suggestWeekday(lower[0]); hint != "" {
		return Delay{}, notDelay(text, hint)
	}
	length, err := ParseDuration(words[0])
	return Delay{length: length}, err
}

// readDelayTime reads the time of day at the end of the words, if there is one, and returns the words before it.
func readDelayTime(words []string) (Delay, []string, error) {
	last := len(words) - 1
	if last < 0 || !strings.Contains(words[last], ":") {
		return Delay{}, words, nil
	}
	at, err := ParseTimeOfDay(words[last])
	if err == nil && at == endOfDay {
		err = &durationError{"24:00 is the end of a day", "write 00:00"}
	}
	return Delay{timed: true, at: at}, words[:last], err
}

// counting completes a delay that begins with a number.
func (d Delay) counting(digits, unit, text string) (Delay, error) {
	most, times := 0, 1
	switch unit {
	case "month", "months":
		d.form, most = inMonths, maxMonths
	case "year", "years":
		d.form, most, times = inMonths, maxYears, 12
	case "working day", "working days":
		d.form, most = inWorkingDays, maxWorkingDays
	default:
		return Delay{}, d.wrongUnit(digits, unit, text)
	}
	if d.timed && d.form == inMonths {
		return Delay{}, notDelay(text, "a time of day goes with working days, a weekday and the last day of the month only")
	}
	n, err := strconv.Atoi(digits)
	switch {
	case strings.HasPrefix(digits, "-"), err == nil && n == 0:
		return Delay{}, &durationError{message: "must be positive"}
	case err != nil || n > most:
		return Delay{}, &durationError{message: "must be at most 100 years"}
	}
	d.count = n * times
	return d, nil
}

// notDelay says that a text is not a delay.
func notDelay(text, hint string) error {
	if hint == "" {
		hint = delayHint
	}
	return &durationError{fmt.Sprintf("%q is not a wait", shorten(text)), hint}
}

// wrongUnit answers a number of something that a delay does not count.
func (d Delay) wrongUnit(digits, unit, text string) error {
	switch unit {
	case "workday", "workdays", "work day", "work days", "business day", "business days", "weekday", "weekdays":
		return d.meant(digits, "working days", text)
	case "week", "weeks", "day", "days", "hour", "hours", "minute", "minutes", "second", "seconds":
		if d.timed {
			return notDelay(text, "")
		}
		short := strings.TrimLeft(digits, "0") + unit[:1]
		if _, err := ParseDuration(short); err != nil {
			return err
		}
		return &durationError{fmt.Sprintf("%q is not a duration", shorten(text)), fmt.Sprintf("did you mean %s?", short)}
	}
	for _, known := range []string{"months", "years", "working days"} {
		if suggest(unit, []string{known}) != "" {
			return d.meant(digits, known, text)
		}
	}
	return notDelay(text, "")
}

// meant answers a number of something that was probably meant to be a known unit.
func (d Delay) meant(digits, unit, text string) error {
	corrected, err := d.counting(digits, unit, text)
	if err != nil {
		return err
	}
	return notDelay(text, fmt.Sprintf("did you mean %s?", corrected))
}

// suggestDelay returns a hint for words that are no delay.
func suggestDelay(words []string) string {
	switch {
	case len(words) == 1:
		return suggestWeekday(words[0])
	case len(words) > 1 && words[0] == "last":
		return "did you mean last day of month?"
	default:
		return ""
	}
}
