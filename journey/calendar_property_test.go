package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// calendarZones are zones of every kind: with and without changes of the clocks, by half an hour and by two hours, over
// midnight, for Ramadan, and with days that were skipped.
var calendarZones = []string{
	"UTC", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Cairo",
	"Africa/Casablanca", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Kiritimati", "Asia/Pyongyang",
}

func drawZone(t *rapid.T) *time.Location {
	return mustZone(t, rapid.SampledFrom(calendarZones).Draw(t, "zone"))
}

// drawInstant draws an instant of the years 2008 to 2060, half of the time close to a change of the zone's clocks or, where
// changes follow from a rule, to the end of a year.
func drawInstant(t *rapid.T, loc *time.Location) time.Time {
	from := mustInstant(t, "2008-01-01T00:00:00Z")
	at := from.Add(time.Duration(rapid.Int64Range(0, int64(53*365*day/time.Second)).Draw(t, "at")) * time.Second)
	if _, change := at.In(loc).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "at a change") {
		minutes := rapid.IntRange(-300, 300).Draw(t, "minutes from it")
		at = change.UTC().Add(time.Duration(minutes) * time.Minute)
	}
	return at.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 999_999_999}).Draw(t, "nanoseconds")))
}

// drawTime draws a time of day, mostly one at which clocks change.
func drawTime(t *rapid.T, most TimeOfDay) TimeOfDay {
	if rapid.Bool().Draw(t, "any time") {
		return TimeOfDay(rapid.IntRange(0, int(most)).Draw(t, "time"))
	}
	return rapid.SampledFrom([]TimeOfDay{0, 15, 60, 90, 105, 120, 135, 150, 180, 23 * 60, 1410, most}).Draw(t, "odd time")
}

func drawHours(t *rapid.T, most int) []Hours {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Hours {
		return Hours{
			Days: rapid.SampledFrom([]Weekdays{0, 1, 2, 62, 64, 65, 127}).Draw(t, "days"),
			From: drawTime(t, endOfDay-1),
			To:   drawTime(t, endOfDay),
		}
	}), 0, most).Draw(t, "hours")
}

// shownBy reports whether a span contains an instant, in the plainest words there are.
func shownBy(h Hours, t time.Time, loc *time.Location) bool {
	local := t.In(loc)
	minute, today := TimeOfDay(60*local.Hour()+local.Minute()), local.Weekday()
	yesterday := (today + 6) % 7
	switch {
	case h.From < h.To:
		return h.Days.Has(today) && h.From <= minute && minute < h.To
	case minute >= h.From:
		return h.Days.Has(today)
	default:
		return h.Days.Has(yesterday) && minute < h.To
	}
}

func allowedPlainly(t time.Time, loc *time.Location, closed, open []Hours) bool {
	for _, h := range closed {
		if shownBy(h, t, loc) {
			return false
		}
	}
	for _, h := range open {
		if shownBy(h, t, loc) {
			return true
		}
	}
	return len(open) == 0
}

// TestPropertyEarliestAllowed compares with a search through the minutes.
func TestPropertyEarliestAllowed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		closed, open := drawHours(t, 3), drawHours(t, 2)
		at := drawInstant(t, loc)
		got, ok := earliestAllowed(at, loc, closed, open)
		require.Equal(t, everAllowed(closed, open), ok)
		for try, n := at, 0; n < 16*24*60; n++ {
			if allowedPlainly(try, loc, closed, open) {
				require.True(t, ok)
				require.Equal(t, try.UTC(), got)
				break
			}
			try = try.Truncate(time.Minute).Add(time.Minute)
			require.False(t, ok && got.Before(try))
		}
		if !ok {
			return
		}
		require.False(t, got.Before(at), "earlier than asked")
		require.Equal(t, time.UTC, got.Location())
		for _, h := range closed {
			require.False(t, h.Contains(got, loc), "in closed hours")
		}
		again, _ := earliestAllowed(got, loc, closed, open)
		require.Equal(t, got, again, "not idempotent")
		after := at.Add(time.Duration(rapid.Int64Range(0, int64(3*day)).Draw(t, "later")))
		next, _ := earliestAllowed(after, loc, closed, open)
		require.False(t, next.Before(got), "not monotone")
	})
}

// TestPropertyLocalInstant compares with a search through the minutes around a local time.
func TestPropertyLocalInstant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		date, at := wallClock(drawInstant(t, loc), loc), drawTime(t, endOfDay)
		year, month, dayOfMonth := date.Date()
		got := localInstant(loc, year, month, dayOfMonth, at)

		asked := time.Date(year, month, dayOfMonth, 0, int(at), 0, 0, time.UTC)
		// Fifteen hours before, no clock shows as late a time, unless a day is repeated, which none of the zones did.
		first := asked.Add(-15 * time.Hour)
		for !wallClock(first, loc).Equal(asked) && !wallClock(first, loc).After(asked) {
			first = first.Add(time.Minute)
		}
		require.Equal(t, first, got)
	})
}

// drawDelay draws a delay of any form.
func drawDelay(t *rapid.T) Delay {
	d := Delay{form: rapid.SampledFrom([]delayForm{exactly, inMonths, inWorkingDays, onWeekday, atClock, onLastOfMonth}).Draw(t, "form")}
	switch d.form {
	case exactly:
		d.length = time.Duration(rapid.Int64Range(1, int64(maxDuration/time.Second)).Draw(t, "seconds")) * time.Second
		return d
	case inMonths:
		d.count = rapid.IntRange(1, 1200).Draw(t, "months")
		return d
	case inWorkingDays:
		d.count = rapid.OneOf(rapid.IntRange(1, 12), rapid.IntRange(1, maxWorkingDays)).Draw(t, "working days")
	case onWeekday:
		d.weekday = time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday"))
	case atClock, onLastOfMonth:
	}
	if d.form == atClock || rapid.Bool().Draw(t, "timed") {
		d.timed, d.at = true, drawTime(t, endOfDay-1)
	}
	return d
}

func TestPropertyDelayComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDelay(t)
		again, err := ParseDelay(d.String())
		require.NoError(t, err)
		require.Equal(t, d, again)
	})
}

func TestPropertyDelayAfter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, loc := drawDelay(t), drawZone(t)
		from := drawInstant(t, loc)
		until := d.After(from, loc)
		require.False(t, until.Before(from))
		require.Equal(t, time.UTC, until.Location())
		began, ended := wallClock(from, loc), wallClock(until, loc)
		asked := began.Sub(midnight(began))
		if d.timed {
			asked = d.at.sinceMidnight()
		}
		shown := ended.Sub(midnight(ended))
		if d.form != exactly && shown != asked {
			changed, _ := until.In(loc).ZoneBounds()
			require.Equal(t, changed.UTC(), until, "another time of day, and the clocks were not put forward")
			return
		}
		switch d.form {
		case exactly:
			require.Equal(t, d.length, until.Sub(from))
		case inWorkingDays:
			require.NotContains(t, []time.Weekday{time.Saturday, time.Sunday}, ended.Weekday())
			count := 0
			for date := midnight(began); date.Before(midnight(ended)); {
				if date = date.AddDate(0, 0, 1); date.Weekday() != time.Saturday && date.Weekday() != time.Sunday {
					count++
				}
			}
			require.Equal(t, d.count, count)
		case onWeekday:
			require.Equal(t, d.weekday, ended.Weekday())
			require.LessOrEqual(t, midnight(ended).Sub(midnight(began)), 7*day)
		case atClock:
			require.LessOrEqual(t, midnight(ended).Sub(midnight(began)), 2*day)
		case onLastOfMonth:
			require.Equal(t, 1, midnight(ended).AddDate(0, 0, 1).Day())
		case inMonths:
			months := 12*(ended.Year()-began.Year()) + int(ended.Month()) - int(began.Month())
			require.Equal(t, d.count, months)
			require.True(t, ended.Day() == began.Day() || ended.Day() < began.Day() && ended.AddDate(0, 0, 1).Day() == 1)
		}
	})
}

func TestPropertyDateOccurrence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		date := time.Unix(rapid.Int64Range(-2e9, 2e9).Draw(t, "date"), 0).UTC().Format(time.DateOnly)
		offset, at := rapid.IntRange(-900, 900).Draw(t, "offset"), drawTime(t, endOfDay-1)
		after := drawInstant(t, loc)
		yearly, ok := dateOccurrence(date, after, offset, at, true, loc)
		require.True(t, ok)
		require.True(t, yearly.After(after))
		_, ok = dateOccurrence(date, after, offset, at, false, loc)
		if ok {
			only, _ := dateOccurrence(date, after, offset, at, false, loc)
			require.Equal(t, only, yearly)
		}
		next, _ := dateOccurrence(date, yearly, offset, at, true, loc)
		days := next.Sub(yearly).Hours() / 24
		require.InDelta(t, 365.5, days, 2.1) // 29 February, the change of the clocks, a skipped day
		before, _ := dateOccurrence(date, yearly.Add(-time.Nanosecond), offset, at, true, loc)
		require.Equal(t, yearly, before)
	})
}
