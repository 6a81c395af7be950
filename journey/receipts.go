package journey

import "time"

// Receipts is how far the receipts of a customer's events have come. The zero value is before the first.
type Receipts struct {
	// Seq is the highest place of an event in the order of arrival.
	Seq int64
	// At is the latest receipt.
	At time.Time
}

// Follow sees to it that the receipts of a customer never run backwards, although the clocks that stamp them may be set back
// and those of several machines differ: of two events the one that arrived later must not seem to be the older one, or an
// objection would be taken for older than the consent that it takes back. An event that arrived after all before, at a
// receipt earlier by a step, is moved by that step, its timestamp with it, so that it stays as old as it was. It returns the
// places of the events that were moved, and how far the receipts are then. The events are in order of arrival, and are
// changed in place.
//
// A step longer than most is not followed: a clock that was years ahead for a moment must not stop time for a customer. Time
// goes on from there.
func (r Receipts) Follow(events []Event, most time.Duration) (moved []int, after Receipts) {
	for i := range events {
		e := &events[i]
		if e.Seq <= r.Seq {
			continue // It came to this customer late, from a visitor or another customer.
		}
		r.Seq = e.Seq
		if step := r.At.Sub(e.ReceivedAt); step > 0 && step <= most {
			e.ReceivedAt = r.At
			if !e.Imported {
				e.Timestamp = e.Timestamp.Add(step)
			}
			moved = append(moved, i)
		}
		r.At = e.ReceivedAt
	}
	return moved, r
}

// Backwards tells whether any of the events, in order of arrival, has a receipt before that of one that arrived earlier.
func (r Receipts) Backwards(events []Event) bool {
	for i := range events {
		e := &events[i]
		if e.Seq <= r.Seq {
			continue
		}
		if e.ReceivedAt.Before(r.At) {
			return true
		}
		r = Receipts{Seq: e.Seq, At: e.ReceivedAt}
	}
	return false
}
