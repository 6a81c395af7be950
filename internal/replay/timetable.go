package replay

import (
	"slices"
	"time"
)

const day = 24 * time.Hour

// A timer is some 50 ms late and a request takes a few more, which is an hour or two at a day a second. So whoever replays
// keeps away from instants at which a little more or less would make another mail the right one.
const (
	// apart is how far the events of one order are from each other.
	apart = 3 * time.Hour
	// guardBefore and guardAfter are how far a drawn event is from an instant at which a mail of its order falls due.
	// The second is longer: a mail may be late, but never early.
	guardBefore = 12 * time.Hour
	guardAfter  = 24 * time.Hour
)

// timetable finds free instants for the events of one order.
type timetable struct {
	taken   []time.Time
	due     []time.Time
	shifted int
}

// newTimetable returns the timetable of an order with what the books say.
func newTimetable(o Order) *timetable {
	t := &timetable{taken: []time.Time{o.Purchased}}
	if !o.HandedOver.IsZero() {
		t.taken = append(t.taken, o.HandedOver)
	}
	if !o.Delivered.IsZero() {
		t.taken = append(t.taken, o.Delivered)
		t.due = []time.Time{o.Delivered.Add(requestAfter), o.Delivered.Add(reminderAfter)}
	}
	return t
}

// place returns the wanted instant, or the first free one after it, and takes it.
func (t *timetable) place(wanted time.Time) time.Time {
	at := wanted
	for {
		free := t.after(at)
		if free.Equal(at) {
			break
		}
		at = free
	}
	if !at.Equal(wanted) {
		t.shifted++
	}
	t.taken = append(t.taken, at)
	return at
}

// after returns the end of a closed time that the instant lies in, or the instant itself.
func (t *timetable) after(at time.Time) time.Time {
	for _, due := range t.due {
		if at.After(due.Add(-guardBefore)) && at.Before(due.Add(guardAfter)) {
			return due.Add(guardAfter)
		}
	}
	near := func(other time.Time) bool { return at.Sub(other).Abs() < apart }
	if i := slices.IndexFunc(t.taken, near); i >= 0 {
		return t.taken[i].Add(apart)
	}
	return at
}
