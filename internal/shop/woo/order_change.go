package woo

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"klantreis/internal/shop"
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

// orderChange compares an order with what is known of it.
type orderChange struct {
	*mapper
	order  *order
	known  knownOrder
	seen   look
	events []journey.Event
	// before is what was known.
	before knownOrder
}

// compareOrder compares an order with what was known of it, and returns what is known now, and what happened. A version that is
// not newer changes nothing, and neither does an order of nobody: one without an account and without an address.
func (m *mapper) compareOrder(o *order, known knownOrder, seen look) (knownOrder, []journey.Event) {
	if known.stale(o, seen) {
		return known, nil
	}
	c := orderChange{mapper: m, order: o, known: known, before: known, seen: seen}
	if !c.identify() {
		return known, nil
	}
	c.known.Status, c.known.Modified = o.Status, o.ModifiedAt.Time
	if !o.Billing.value.anonymised() {
		c.known.Content = c.content()
	}
	c.known.Told = slices.Clone(known.Told)
	c.known.Refunds = slices.Clone(known.Refunds)
	c.milestones()
	if known.goneBefore(o, seen) {
		now, events := m.deleted(o.ID, c.known)
		return now, append(c.events, events...)
	}
	c.known.Gone = time.Time{}
	c.updated()
	return c.known, c.events
}

// identify finds whose order it is. It stays with whom it was told of, unless the shop gives a guest's order to an account:
// then the two are one person, because the shop says so.
func (c *orderChange) identify() bool {
	userID := userID(c.order.CustomerID, c.order.Billing.value.Email)
	switch {
	case c.known.UserID == "":
		c.known.UserID = userID
	case shop.IsGuest(c.known.UserID) && c.order.CustomerID.id() != "":
		c.tell(journey.Event{
			MessageID: c.messageID("order", c.order.ID, "account"), Type: journey.TypeAlias, Name: journey.TypeAlias,
			PreviousID: c.known.UserID, UserID: userID, Timestamp: c.order.ModifiedAt.Time,
		})
		c.known.UserID = userID
	}
	return c.known.UserID != ""
}

// milestones tells what the order has come to since it was last told.
func (c *orderChange) milestones() {
	o := c.order
	if o.begun() && !c.has(toldPlaced) {
		c.milestone(toldBegun, "Checkout Started", o.CreatedAt)
	}
	if o.placed() {
		c.milestone(toldPlaced, journey.OrderCompleted, c.placedAt())
	}
	if !c.has(toldPlaced) {
		return
	}
	if !o.PaidAt.IsZero() {
		c.milestone(toldPaid, "Order Paid", o.PaidAt)
	}
	if o.fulfilled() {
		c.milestone(toldFulfilled, journey.OrderFulfilled, o.CompletedAt)
	}
	if c.delivered(o.Status) {
		c.milestone(toldDelivered, journey.OrderDelivered, o.ModifiedAt)
	}
	c.refunds()
	if o.Status == statusReturned {
		c.milestone(toldReturned, journey.OrderReturned, o.ModifiedAt)
	}
	if o.cancelled() {
		c.milestone(toldCancelled, journey.OrderCancelled, o.ModifiedAt)
	}
}

// placedAt is when the customer ordered: when the payment came, or when it was agreed to pay later.
func (c *orderChange) placedAt() gmt {
	if c.order.PaidAt.IsZero() || slices.Contains(offline, c.order.PaymentMethod) {
		return c.order.CreatedAt
	}
	return c.order.PaidAt
}

func (c *orderChange) has(told string) bool { return slices.Contains(c.known.Told, told) }

// milestone tells something once. What the shop does not date happened when the order was last changed.
func (c *orderChange) milestone(told, name string, at gmt) {
	if c.has(told) {
		return
	}
	c.known.Told = append(c.known.Told, told)
	if at.IsZero() {
		at = c.order.ModifiedAt
	}
	e := c.event(name, told, at.Time, c.properties())
	if told == toldBegun || told == toldPlaced {
		e.Context = c.context()
	}
	if told == toldBegun && c.order.PaymentURL != "" {
		e.Properties["url"] = string(c.order.PaymentURL)
	}
	c.tell(e)
}

// refunds tells every refund once, and a refund of the whole that no single refunds explain.
func (c *orderChange) refunds() {
	list := slices.SortedStableFunc(slices.Values(c.order.Refunds), func(a, b refund) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	for i, r := range list {
		if r.ID == "" || slices.Contains(c.known.Refunds, string(r.ID)) {
			continue
		}
		c.known.Refunds = append(c.known.Refunds, string(r.ID))
		if amount := c.order.money.refunds[r.ID]; amount.Minor != 0 && !c.has(toldRefunded) {
			c.refunded(string(r.ID), amount, r.Reason.plain(), i)
		}
	}
	if c.order.Status != statusRefunded || c.has(toldRefunded) {
		return
	}
	c.known.Told = append(c.known.Told, toldRefunded)
	rest := c.order.money.total
	if rest.Minor -= c.order.money.refunded.Minor; rest.Minor > 0 {
		c.refunded("rest", rest, "", len(list))
	}
}

// refunded tells a refund. Refunds that are seen together are told a microsecond apart: two at one instant would be one.
func (c *orderChange) refunded(id string, amount shop.Money, reason string, nth int) {
	properties := c.about()
	properties["refund_id"] = id
	properties["total"] = amount.Number()
	if reason != "" {
		properties["reason"] = reason
	}
	at := c.order.ModifiedAt.Time
	if at.IsZero() {
		at = c.seen.at
	}
	at = at.Add(time.Duration(nth) * time.Microsecond)
	c.tell(c.event(journey.OrderRefunded, "refund-"+id, at, properties))
}

// updated tells that an order that was told of is another one now: what was ordered, or a status that nothing else tells.
func (c *orderChange) updated() {
	if !slices.Contains(c.before.Told, toldPlaced) || c.order.Status == statusTrash {
		return
	}
	edited := c.known.Content != c.before.Content
	if !edited && (c.known.Status == c.before.Status || len(c.events) > 0) {
		return
	}
	version := strconv.FormatInt(c.order.ModifiedAt.Unix(), 36) + "-" + shop.Short(c.known.Content+" "+string(c.order.Status))
	e := c.event("Order Updated", "updated-"+version, c.order.ModifiedAt.Time, c.properties())
	if edited {
		e.Context = c.context()
	}
	c.tell(e)
}

// content says in short what was ordered, for how much, and where the mail about it goes.
func (c *orderChange) content() string {
	var sum strings.Builder
	fmt.Fprintf(&sum, "%s %s %s %s", c.order.money.currency, c.order.money.total, c.order.money.discount, c.order.Billing.value.Email)
	for _, line := range c.order.money.lines {
		fmt.Fprintf(&sum, " %s %s %s %s", line.ProductID, line.VariationID, line.Quantity, line.paid)
	}
	return shop.Short(sum.String())
}

func (c *orderChange) tell(e journey.Event) { c.events = append(c.events, e) }

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
