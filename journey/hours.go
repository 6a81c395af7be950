package journey

import "time"

// Hours is a span of the customer's local time that comes back on days of the week: from From to To, To excluded. When
// From is later than To it ends on the next day. When both are the same it lasts a whole day, from From to From.
type Hours struct {
	// Days are the days on which it begins. Zero means every day.
	Days Weekdays
	// From and To are the times at which it begins and ends, To excluded. Only To may be 24:00.
	From, To TimeOfDay
}

// Contains reports whether clocks in a zone show a time within the span at an instant. The reading of the clock alone
// decides: a span within an hour that comes twice comes twice, one within an hour that is skipped does not come at all.
func (h Hours) Contains(t time.Time, loc *time.Location) bool {
	return h.contain(readHand(t, loc))
}

// hand is what a clock with the days of the week on it shows.
type hand struct {
	weekday time.Weekday
	second  int64 // since midnight
}

const (
	daySeconds = int64(day / time.Second)
	epochDay   = time.Thursday // 1 January 1970
)

// readHand returns what such a clock shows in a zone at an instant.
func readHand(t time.Time, loc *time.Location) hand {
	_, offset := t.In(loc).Zone()
	wall := t.Unix() + int64(offset)
	second := (wall%daySeconds + daySeconds) % daySeconds
	days := (wall - second) / daySeconds
	return hand{weekday: time.Weekday(((days+int64(epochDay))%7 + 7) % 7), second: second}
}

// contain is Contains for a reading of the clock.
func (h Hours) contain(at hand) bool {
	from, to := 60*int64(h.From), 60*int64(h.To)
	if from < to {
		return from <= at.second && at.second < to && h.Days.Has(at.weekday)
	}
	if at.second >= from {
		return h.Days.Has(at.weekday)
	}
	return at.second < to && h.Days.Has((at.weekday+6)%7)
}
