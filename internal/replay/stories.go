package replay

import (
	"cmp"
	"slices"
)

// Stories reads events, in the order of posting, and returns what they say by order id. A customer is known by an
// identify event before the first order.
func Stories(events []Event) map[string]*Story {
	stories := map[string]*Story{}
	known := map[string]Event{}
	for i := range events {
		e := &events[i]
		if e.Type == "identify" {
			known[e.UserID] = *e
			continue
		}
		s := stories[e.order()]
		if s == nil {
			s = &Story{}
			s.Email, _ = known[e.UserID].Traits["email"].(string)
			s.Locale, _ = known[e.UserID].Traits["locale"].(string)
			stories[e.order()] = s
		}
		s.tell(e)
	}
	return stories
}

// tell adds an event to the story.
func (s *Story) tell(e *Event) {
	same := func(other Event) bool { return other.Name == e.Name && other.At.Equal(e.At) }
	switch {
	case e.Name == completed && s.Completed == nil:
		s.Completed = e
	case e.Name == delivered && s.Delivered == nil:
		s.Delivered = e
	case slices.Contains(calledOff, e.Name) && !slices.ContainsFunc(s.Ends, same):
		s.Ends = append(s.Ends, *e)
	}
}

// Expect lists the mails that the events, in the order of posting, should bring, sorted by order and time.
func Expect(events []Event) []Mail {
	var mails []Mail
	for order, story := range Stories(events) {
		mails = append(mails, story.mails(order)...)
	}
	slices.SortFunc(mails, func(a, b Mail) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), a.Earliest.Compare(b.Earliest))
	})
	return mails
}
