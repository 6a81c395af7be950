package journey

import (
	"fmt"
	"strings"
	"time"
)

// Weekdays is a set of days of the week. The zero set stands for every day.
type Weekdays uint8

// weekdayNames are the names of the days in lower case, in the order of time.Weekday.
var weekdayNames = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// ParseWeekday reads the English name of a day of the week, in any case: "monday".
func ParseWeekday(name string) (time.Weekday, error) {
	lower := strings.ToLower(name)
	for i, known := range weekdayNames {
		if lower == known {
			return time.Weekday(i), nil
		}
	}
	return 0, &durationError{fmt.Sprintf("%q is not a day of the week", shorten(name)), suggestWeekday(lower)}
}

// suggestWeekday returns a hint for a misspelt or shortened name of a day.
func suggestWeekday(word string) string {
	for _, known := range weekdayNames {
		if len(word) >= 2 && strings.HasPrefix(known, strings.TrimSuffix(word, ".")) {
			return fmt.Sprintf("did you mean %s?", known)
		}
	}
	return suggest(word, weekdayNames)
}

// ParseWeekdays reads the names of days. No name at all gives the zero set, every day.
func ParseWeekdays(names []string) (Weekdays, error) {
	var days Weekdays
	for _, name := range names {
		d, err := ParseWeekday(name)
		if err != nil {
			return 0, err
		}
		days = days.With(d)
	}
	return days, nil
}

// With returns the set with a day added to those that are named. Added to the zero set, it is the only day.
func (w Weekdays) With(d time.Weekday) Weekdays {
	return w | 1<<d
}

// Has reports whether a day belongs to the set.
func (w Weekdays) Has(d time.Weekday) bool {
	return w == 0 || w&(1<<d) != 0
}

// String lists the days from Monday on: "monday, tuesday", or "every day".
func (w Weekdays) String() string {
	if w == 0 || w == 1<<7-1 {
		return "every day"
	}
	var names []string
	for i := range weekdayNames {
		if d := time.Weekday((i + 1) % 7); w.Has(d) {
			names = append(names, weekdayNames[d])
		}
	}
	return strings.Join(names, ", ")
}
