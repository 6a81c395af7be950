package replay

import (
	"fmt"
	"slices"
	"time"
)

// The templates of the map.
const (
	confirmation = "order-confirmation"
	request      = "review-request"
	reminder     = "review-reminder"
)

const (
	// requestAfter and reminderAfter count from the delivery.
	requestAfter  = 7 * day
	reminderAfter = 14 * day
	// fresh is how old an event may be when it is taken, to start anything.
	fresh = 24 * time.Hour
)

// calledOff are the events after which nobody is asked for a review of that order.
var calledOff = []string{refunded, returned, cancelled, reviewed}

// Mail is one mail that should arrive.
type Mail struct {
	// Template and Order say which.
	Template, Order string
	// Email and Locale are the customer's.
	Email, Locale string
	// Earliest is the instant before which it must not come, and Due the one from which its lateness counts, in journey
	// time. Due is later when the event itself was posted late.
	Earliest, Due time.Time
}

// follows puts a reminder off until a week after its request really came. The engine notes a hand-over somewhere between
// its call of the provider and the answer, so the reminder may come that much earlier. Without a request it stays.
func (m *Mail) follows(requested time.Time, handover time.Duration) {
	due := requested.Add(reminderAfter - requestAfter)
	if earliest := due.Add(-handover); earliest.After(m.Earliest) {
		m.Earliest = earliest
	}
	if due.After(m.Due) {
		m.Due = due
	}
}

// Story is what the events say of one order.
type Story struct {
	// Email and Locale are those of the customer.
	Email, Locale string
	// Completed and Delivered are the first of these events; nil when there is none.
	Completed, Delivered *Event
	// Ends are the events that call the review off, in the order of posting and without those that were posted again.
	Ends []Event
}

// endedBefore tells whether the review was called off before an instant.
func (s *Story) endedBefore(at time.Time) bool {
	return slices.ContainsFunc(s.Ends, func(e Event) bool { return e.At.Before(at) })
}

// overtaken says what called the review off after a mail was due, because an engine that is late then sends none.
func (s *Story) overtaken(due time.Time) string {
	after := func(e Event) bool { return !e.At.Before(due) }
	i := slices.IndexFunc(s.Ends, after)
	if i < 0 {
		return ""
	}
	return fmt.Sprintf(", %s before %s", s.Ends[i].At.Sub(due).Round(time.Minute), s.Ends[i].Name)
}

// unclear tells whether the replay itself was so late that nobody can say what is right: an event that happened before a
// mail fell due was taken after it, or one that starts something was no longer fresh.
func (s *Story) unclear() bool {
	for _, start := range []*Event{s.Completed, s.Delivered} {
		if start != nil && start.Taken.Sub(start.At) >= fresh {
			return true
		}
	}
	if s.Delivered == nil {
		return false
	}
	for _, due := range []time.Time{s.Delivered.At.Add(requestAfter), s.Delivered.At.Add(reminderAfter)} {
		crosses := func(e Event) bool { return e.At.Before(due) && !e.Taken.Before(due) }
		if crosses(*s.Delivered) || slices.ContainsFunc(s.Ends, crosses) {
			return true
		}
	}
	return false
}

// mails lists the mails that the order should bring:
//
//   - a confirmation, once, when it was completed;
//   - a review request seven days after its first delivery, unless the order was refunded, returned, cancelled or
//     reviewed before, be it even before the delivery;
//   - a reminder another seven days later, unless one of these happened meanwhile.
func (s *Story) mails(order string) []Mail {
	mail := func(template string, earliest, due time.Time) Mail {
		return Mail{Template: template, Order: order, Email: s.Email, Locale: s.Locale, Earliest: earliest, Due: due}
	}
	var mails []Mail
	if s.Completed != nil {
		due := s.Completed.At
		if s.Completed.Offered.After(due) {
			due = s.Completed.Offered
		}
		mails = append(mails, mail(confirmation, s.Completed.At, due))
	}
	if s.Delivered == nil {
		return mails
	}
	asked := s.Delivered.At.Add(requestAfter)
	if s.endedBefore(asked) {
		return mails
	}
	mails = append(mails, mail(request, asked, asked))
	reminded := s.Delivered.At.Add(reminderAfter)
	if s.endedBefore(reminded) {
		return mails
	}
	return append(mails, mail(reminder, reminded, reminded))
}
