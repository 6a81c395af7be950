package journey

import "time"

// furthestOffset is more than any local time has ever differed from UTC.
const furthestOffset = 24 * time.Hour

// localInstant returns the instant at which clocks in a zone show a time of day on a date. The date may overflow: the
// 32nd of December is the 1st of January. A local time that is skipped when the clocks go forward means the first
// instant after the gap; one that comes twice when they go back means the first of the two.
func localInstant(loc *time.Location, year int, month time.Month, day int, at TimeOfDay) time.Time {
	return firstShowing(loc, time.Date(year, month, day, 0, int(at), 0, 0, time.UTC))
}

// firstShowing is localInstant for a reading of wallClock.
func firstShowing(loc *time.Location, wall time.Time) time.Time {
	from := wall.Add(-furthestOffset)
	for {
		_, offset := from.In(loc).Zone()
		shown := wall.Add(-time.Duration(offset) * time.Second)
		if shown.Before(from) {
			return from // the change at `from` skipped it
		}
		until := nextClockChange(from, loc)
		if until.IsZero() || shown.Before(until) {
			return shown
		}
		from = until
	}
}

// nextClockChange returns an instant after t up to which the clocks in a zone are not changed, or the zero time when they
// never are again. They need not be changed then: a year's end may be returned, too.
func nextClockChange(t time.Time, loc *time.Location) time.Time {
	_, until := t.In(loc).ZoneBounds()
	// Where a zone's changes follow from a rule, the time package ends every year after 365 days. On the last day of a
	// leap year that end has passed.
	if !until.IsZero() && !until.After(t) {
		until = until.Add(day)
	}
	return until.UTC()
}

// wallClock returns what the calendar and clock in a zone show at an instant, as if the zone were UTC: arithmetic with it
// knows no changes of the clocks. Only firstShowing makes an instant of it again.
func wallClock(t time.Time, loc *time.Location) time.Time {
	_, offset := t.In(loc).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// midnight returns the midnight with which the date of a wall clock's reading began.
func midnight(wall time.Time) time.Time {
	return wall.Truncate(day)
}

// lastOfMonth returns the midnight with which the last day of a month began, some months after that of a date.
func lastOfMonth(date time.Time, months int) time.Time {
	return time.Date(date.Year(), date.Month()+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC)
}
