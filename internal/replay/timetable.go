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
	// guardBefore is how long before an instant at which a mail of its order falls due a drawn event may not come.
	guardBefore = 12 * time.Hour
)

// timetable finds free instants for the events of one order.
type timetable struct {
	taken   []time.Time
	closed  []closedTime
	shifted int
}

// closedTime is a time around a mail that falls due, in which an event would make it unclear whether the mail is right.
type closedTime struct {
	from, to time.Time
}

// newTimetable returns the timetable of an order with what the books say. A mail may be late by as much as late. A reminder
// falls due a week after its request was handed over, so both latenesses add up.
func newTimetable(o Order, late time.Duration) *timetable {
	t := &timetable{taken: []time.Time{o.Purchased}}
	if !o.HandedOver.IsZero() {
		t.taken = append(t.taken, o.HandedOver)
	}
	if !o.Delivered.IsZero() {
		t.taken = append(t.taken, o.Delivered)
		asked, reminded := o.Delivered.Add(requestAfter), o.Delivered.Add(reminderAfter)
		t.closed = []closedTime{
			{asked.Add(-guardBefore), asked.Add(late)},
			{reminded.Add(-guardBefore), reminded.Add(2 * late)},
		}
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
	for _, closed := range t.closed {
		if at.After(closed.from) && at.Before(closed.to) {
			return closed.to
		}
	}
	near := func(other time.Time) bool { return at.Sub(other).Abs() < apart }
	if i := slices.IndexFunc(t.taken, near); i >= 0 {
		return t.taken[i].Add(apart)
	}
	return at
}
