package journey

import (
	"fmt"
	"regexp"
	"time"
)

// TimeOfDay is a time on the customer's clock, in minutes after local midnight: 0 to 1440. 1440 is written 24:00, is the
// midnight that ends the day, and makes sense only where a span of time ends.
type TimeOfDay int

// endOfDay is 24:00.
const endOfDay TimeOfDay = 24 * 60

var timeOfDayPattern = regexp.MustCompile(`^([0-9]{1,2})[:.]([0-9]{2})$`)

// ParseTimeOfDay reads a time of day on a 24-hour clock, such as "09:00". It takes "24:00"; who needs a time at which
// something begins must refuse that.
func ParseTimeOfDay(text string) (TimeOfDay, error) {
	wrong := &durationError{fmt.Sprintf("%q is not a time of day", shorten(text)), "write hours and minutes, such as 09:00 or 21:30"}
	groups := timeOfDayPattern.FindStringSubmatch(text)
	if groups == nil {
		return 0, wrong
	}
	at := TimeOfDay(60*smallNumber(groups[1]) + smallNumber(groups[2]))
	switch {
	case groups[2] > "59" || at > endOfDay:
		wrong.hint = "the last minute of a day is 23:59"
		return 0, wrong
	case at.String() != text:
		wrong.hint = fmt.Sprintf("did you mean %s?", at)
		return 0, wrong
	}
	return at, nil
}

// smallNumber reads digits that are known to be digits, and few.
func smallNumber(digits string) int {
	n := 0
	for _, digit := range digits {
		n = 10*n + int(digit-'0')
	}
	return n
}

// String writes the time as ParseTimeOfDay reads it: "09:00".
func (t TimeOfDay) String() string {
	return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60)
}

// sinceMidnight is how far the hands of a clock have moved since midnight.
func (t TimeOfDay) sinceMidnight() time.Duration {
	return time.Duration(t) * time.Minute
}
