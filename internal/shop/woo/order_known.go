package woo

import (
	"slices"
	"time"

	"klantreis/journey"
)

// What can become of an order. Each is told once.
const (
	toldBegun     = "begun"
	toldPlaced    = "placed"
	toldPaid      = "paid"
	toldFulfilled = "fulfilled"
	toldDelivered = "delivered"
	toldReturned  = "returned"
	toldCancelled = "cancelled"
	toldRefunded  = "refunded" // as a whole, whatever refunds follow
)

// knownOrder is what is known of an order between one look at it and the next. It holds nothing personal but the userId.
type knownOrder struct {
	// UserID is whose order it is. Empty until somebody is known.
	UserID string `json:"user,omitempty"`
	// Status and Modified are those of the newest version that was looked at, by the shop's clock.
	Status   text      `json:"status,omitempty"`
	Modified time.Time `json:"modified,omitzero"`
	// Gone is when we were told, by our clock, that the order is deleted. Zero for one that is there.
	Gone time.Time `json:"gone,omitzero"`
	// Told is what was told of it.
	Told []string `json:"told,omitempty"`
	// Refunds are the ids of the refunds that were told.
	Refunds []string `json:"refunds,omitempty"`
	// Content says in short what was ordered and for how much, so that a change of it is noticed.
	Content string `json:"content,omitempty"`
}

// look is how an order came to be seen.
type look struct {
	// at is when, by our clock.
	at time.Time
	// fresh is true when the shop was asked for it, or says that it is there again: not a message that may be late.
	fresh bool
}

// stale tells whether a version of the order is older than the one that is known. Instants of WooCommerce are whole seconds;
// of two versions of one second the status tells.
func (k *knownOrder) stale(o *order, seen look) bool {
	switch o.ModifiedAt.Compare(k.Modified) {
	case -1:
		return true
	case 0:
		restored := !k.Gone.IsZero() && seen.fresh
		return !restored && o.Status != k.Status && later(k.Status, o.Status)
	}
	return false
}

// goneBefore tells whether a version of the order was written before the order was deleted, and comes late.
func (k *knownOrder) goneBefore(o *order, seen look) bool {
	return !k.Gone.IsZero() && !seen.fresh && !o.ModifiedAt.After(k.Gone)
}

// deletedOrder says what follows when the shop deleted an order, of which only the id is left. One that was fulfilled was
// only tidied away.
func (m *mapper) deletedOrder(id text, known knownOrder, seen look) (knownOrder, []journey.Event) {
	if !known.Gone.IsZero() {
		return known, nil
	}
	known.Gone = seen.at
	return m.deleted(id, known)
}

// deleted says what follows from that an order is gone.
func (m *mapper) deleted(id text, known knownOrder) (knownOrder, []journey.Event) {
	known.Status = statusTrash
	told := func(what string) bool { return slices.Contains(known.Told, what) }
	if !told(toldPlaced) || told(toldFulfilled) || told(toldCancelled) || told(toldRefunded) {
		return known, nil
	}
	known.Told = append(slices.Clone(known.Told), toldCancelled)
	return known, []journey.Event{{
		MessageID: m.messageID("order", id, toldCancelled), Type: journey.TypeTrack, Name: journey.OrderCancelled,
		UserID: known.UserID, Timestamp: known.Gone,
		Properties: map[string]any{"order_id": string(id), "status": statusTrash},
	}}
}
