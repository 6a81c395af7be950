package journey

import (
	"fmt"
	"time"
)

// Delay is how long a wait lasts: an exact duration, or a point on the customer's calendar. The zero Delay is no wait at
// all. Delays are equal (==) when they mean the same.
type Delay struct {
	form    delayForm
	length  time.Duration // of exactly
	count   int           // of inMonths and inWorkingDays
	weekday time.Weekday  // of onWeekday
	timed   bool          // at was written
	at      TimeOfDay
}

type delayForm uint8

const (
	exactly       delayForm = iota // 1d12h
	inMonths                       // 2 months, 1 year
	inWorkingDays                  // 3 working days, 3 working days 10:00
	onWeekday                      // next tuesday, next tuesday 10:00
	atClock                        // 10:00
	onLastOfMonth                  // last day of month, last day of month 09:00
)

// IsZero reports whether there is nothing to wait for.
func (d Delay) IsZero() bool {
	return d == Delay{}
}

// Exact returns the duration of a delay that is one: "7d" is 168 hours, however the clocks change. It reports false for
// a delay that depends on the calendar.
func (d Delay) Exact() (time.Duration, bool) {
	return d.length, d.form == exactly
}

// After returns the instant, in UTC, at which a wait that began at t is over, for a customer in a zone. It is never
// before t.
//
// A duration passes in absolute time. Everything else is reckoned on the customer's calendar and clock; where no time
// of day is written, the end has the same local time of day as t:
//   - months and years: the same day of a later month, or its last day if it is too short. A month after 31 January is
//     28 or 29 February.
//   - working days: Monday to Friday, holidays included. The first after a Friday, a Saturday or a Sunday is the Monday.
//   - a weekday with a time: the first such instant after t, which may be on the same day. Without a time: on a later
//     date, a week later if it is that weekday already. "next" changes nothing.
//   - a time of day alone: the first such instant after t.
//   - last day of month: as with weekdays, this month's if that is still to come, otherwise the next month's.
//
// A local time that is skipped when the clocks go forward means the first instant after the gap; one that comes twice
// means the first of the two.
func (d Delay) After(t time.Time, loc *time.Location) time.Time {
	wall := wallClock(t, loc)
	today := midnight(wall)
	since := wall.Sub(today)
	if d.timed {
		since = d.at.sinceMidnight()
	}
	switch d.form {
	case exactly:
		return t.Add(d.length).UTC()
	case inMonths:
		return later(t.UTC(), firstShowing(loc, monthsAfter(today, d.count).Add(since)))
	case inWorkingDays:
		return later(t.UTC(), firstShowing(loc, workingDaysAfter(today, d.count).Add(since)))
	default:
		// Where the clocks go back over midnight, even tomorrow's time of day may have come already.
		for n := 0; ; n++ {
			if at := firstShowing(loc, d.turn(today, n).Add(since)); at.After(t) {
				return at
			}
		}
	}
}

// turn returns the nth date, counted from 0, on which a delay that comes round may end, today included.
func (d Delay) turn(today time.Time, n int) time.Time {
	switch d.form {
	case onWeekday:
		return today.AddDate(0, 0, int(d.weekday-today.Weekday()+7)%7+7*n)
	case onLastOfMonth:
		return lastOfMonth(today, n)
	default:
		return today.AddDate(0, 0, n)
	}
}

// monthsAfter returns the date some months after another, or the last of that month when it has no such day.
func monthsAfter(date time.Time, months int) time.Time {
	last := lastOfMonth(date, months)
	return last.AddDate(0, 0, min(date.Day(), last.Day())-last.Day())
}

// workingDaysAfter returns the nth date after another that is neither Saturday nor Sunday.
func workingDaysAfter(date time.Time, n int) time.Time {
	for date.Weekday() == time.Saturday || date.Weekday() == time.Sunday {
		date = date.AddDate(0, 0, -1)
	}
	days := n/5*7 + n%5
	if date.Weekday()+time.Weekday(n%5) > time.Friday {
		days += 2
	}
	return date.AddDate(0, 0, days)
}

// String writes the delay as ParseDelay reads it: "1d12h", "2 months", "3 working days 10:00", "next tuesday".
func (d Delay) String() string {
	text := ""
	switch d.form {
	case exactly:
		return FormatDuration(d.length)
	case inMonths:
		if d.count%12 == 0 {
			return countText(d.count/12, "year")
		}
		return countText(d.count, "month")
	case atClock:
		return d.at.String()
	case inWorkingDays:
		text = countText(d.count, "working day")
	case onWeekday:
		text = "next " + weekdayNames[d.weekday]
	case onLastOfMonth:
		text = "last day of month"
	}
	if d.timed {
		text += " " + d.at.String()
	}
	return text
}

// countText writes a number of things.
func countText(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
