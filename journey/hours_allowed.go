package journey

import "time"

// furthestAllowed is how far earliestAllowed looks.
const furthestAllowed = 400 * day

// earliestAllowed returns the first instant, t or later, that lies in none of the closed hours and, when there are open
// hours, in at least one of those. It reports false when there is none within 400 days.
//
// It is exact and so never goes back: a later t never gives an earlier instant.
func earliestAllowed(t time.Time, loc *time.Location, closed, open []Hours) (time.Time, bool) {
	at := t.UTC()
	for last := at.Add(furthestAllowed); !at.After(last); {
		shown := readHand(at, loc)
		if hoursAllow(shown, closed, open) {
			return at, true
		}
		if at.Sub(t) > 8*day && !everAllowed(closed, open) {
			return time.Time{}, false // what is closed all week stays closed
		}
		at = nextChange(at, loc, shown, closed, open)
	}
	return time.Time{}, false
}

// hoursAllow reports whether a reading of the clock lies in no closed hours, and in open ones if there are any.
func hoursAllow(at hand, closed, open []Hours) bool {
	for _, h := range closed {
		if h.contain(at) {
			return false
		}
	}
	for _, h := range open {
		if h.contain(at) {
			return true
		}
	}
	return len(open) == 0
}

// nextChange returns the first instant after one at which hours may begin or end: when the clock comes to one of their
// ends, or when it is put forward or back.
func nextChange(at time.Time, loc *time.Location, shown hand, closed, open []Hours) time.Time {
	nearest := daySeconds
	for _, hours := range [2][]Hours{closed, open} {
		for _, h := range hours {
			nearest = min(nearest, secondsUntil(shown, h.From), secondsUntil(shown, h.To))
		}
	}
	next := time.Unix(at.Unix()+nearest, 0).UTC()
	if changed := nextClockChange(at, loc); !changed.IsZero() && changed.Before(next) {
		return changed
	}
	return next
}

// secondsUntil returns how long a clock takes to the next time of day: from 1 second to a day.
func secondsUntil(shown hand, next TimeOfDay) int64 {
	return daySeconds - (shown.second-60*int64(next)+daySeconds)%daySeconds
}

// everAllowed reports whether there is any time in a week that lies in no closed hours and, when there are open hours, in
// at least one of those.
func everAllowed(closed, open []Hours) bool {
	if len(closed) == 0 && len(open) == 0 {
		return true
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		for _, hours := range [2][]Hours{closed, open} {
			for _, h := range hours {
				// Allowed times begin where open hours begin or closed ones end.
				for _, begin := range [2]TimeOfDay{h.From, h.To % endOfDay} {
					if hoursAllow(hand{d, 60 * int64(begin)}, closed, open) {
						return true
					}
				}
			}
		}
	}
	return false
}
