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
