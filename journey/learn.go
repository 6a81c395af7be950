package journey

import (
	"maps"
	"slices"
	"time"
)

// The events whose meaning the core knows: Segment's e-commerce names, and those that the shop's aftercare adds.
const (
	OrderCompleted = "Order Completed"
	OrderFulfilled = "Order Fulfilled"
	OrderDelivered = "Order Delivered"
	OrderReturned  = "Order Returned"
	OrderRefunded  = "Order Refunded"
	OrderCancelled = "Order Cancelled"

	SurveyAnswered   = "Survey Answered"
	ConsentGiven     = "Consent Given"
	ConsentWithdrawn = "Consent Withdrawn"
	// ConsentRequested asks a customer to confirm a consent. It says nothing by itself: a touchpoint answers it with a mail.
	ConsentRequested = "Consent Requested"
	// PreferencesChanged tells how often a customer wants mail, and from when on.
	PreferencesChanged = "Preferences Changed"
	TaskCreated        = "Task Created"
	TaskCompleted      = "Task Completed"
)

// changesFacts tells whether an event can change more than when the customer was last seen, in what language and where.
func changesFacts(e Event) bool {
	if e.Type == TypeIdentify || e.Context["traits"] != nil || hasCampaign(e) {
		return true
	}
	switch e.Name {
	case OrderCompleted, SurveyAnswered, ConsentGiven, ConsentWithdrawn, PreferencesChanged, TaskCreated, TaskCompleted:
		return true
	}
	return orderStatus(e.Name) != ""
}

// learn returns the facts with what the event tells added. It leaves the receiver as it was.
//
// An event that is told again changes nothing. What has a timestamp to go by (the first and last times, campaigns,
// scores, consents, orders and what became of them) does not depend on the order in which events arrive; traits do: of
// them the one that arrived last counts.
func (f Facts) learn(e Event) Facts {
	if f.FirstSeen.IsZero() || e.Timestamp.Before(f.FirstSeen) {
		f.FirstSeen = e.Timestamp
	}
	if e.Timestamp.After(f.LastSeen) && !e.unattended() {
		f.LastSeen = e.Timestamp
	}
	if traits, ok := e.Context["traits"].(map[string]any); ok {
		f.Traits = merge(f.Traits, traits)
	}
	if e.Type == TypeIdentify {
		f.consent(e)
		f.Traits = merge(f.Traits, e.Traits)
	}
	f.Locale, f.Timezone, f.Country = locale(f, e), timezone(f, e), country(f, e)
	f.campaign(e)
	switch e.Name {
	case OrderCompleted:
		f.order(e)
	case OrderFulfilled, OrderDelivered, OrderReturned, OrderRefunded, OrderCancelled:
		f.orderBecomes(e)
	case SurveyAnswered:
		f.score(e)
	case ConsentGiven, ConsentWithdrawn:
		f.consent(e)
	case PreferencesChanged:
		f.preferences(e)
	case TaskCreated:
		f.openTask(propertyText(e, "task_id"))
	case TaskCompleted:
		f.closeTask(propertyText(e, "task_id"))
	}
	return f
}

func merge(old, add map[string]any) map[string]any {
	if len(add) == 0 {
		return old
	}
	merged := maps.Clone(old)
	if merged == nil {
		merged = make(map[string]any, len(add))
	}
	for _, name := range slices.Sorted(maps.Keys(add)) {
		value := add[name]
		_, known := merged[name]
		switch {
		case value == nil:
			delete(merged, name)
		case known || len(merged) < maxTraits:
			merged[name] = value
		}
	}
	return merged
}

// maxTraits is how many traits of one customer are remembered; further names are left out. It bounds what one decision
// has to read and write.
const maxTraits = 500

// later returns the later of two instants.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
