package shopify

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"klantreis/internal/shop"
	"klantreis/journey"
)

// What Segment has no names for.
const (
	orderUpdated = "Order Updated"
	orderPaid    = "Order Paid"
)

// orderNews returns what is known of an order and was not told yet, and notes that it is. Without the order itself, or as long
// as nobody knows whose it is, nothing is told.
func (a *Adapter) orderNews(known *knownOrder, o *order, properties map[string]any) []event {
	if known.Owner == "" || known.Version.IsZero() {
		return nil
	}
	n := news{a: a, known: known, order: o}
	if properties != nil {
		n.content(properties)
	}
	if known.Order.Paid && properties != nil {
		// Shopify does not say when it was, so it is when that was seen first. Most are paid at once.
		n.once(orderPaid, "paid", o.UpdatedAt.Time, pick(properties, "total", "currency"))
	}
	n.parcels()
	n.refunds()
	if !known.Order.Cancelled.IsZero() {
		reason := map[string]any{}
		put(reason, "reason", o.CancelReason)
		n.once(journey.OrderCancelled, "cancelled", known.Order.Cancelled, reason)
	}
	return n.told
}

// news gathers what is told about one order.
type news struct {
	a     *Adapter
	known *knownOrder
	order *order
	told  []event
}

// once tells something that happens once to an order.
func (n *news) once(name, what string, at time.Time, properties map[string]any) {
	if _, told := n.known.Told[what]; !told {
		n.tell(name, what, "", at, properties)
	}
}

// tell tells something, and notes its version.
func (n *news) tell(name, what, version string, at time.Time, properties map[string]any) {
	if properties == nil {
		properties = map[string]any{}
	}
	properties["order_id"] = string(n.order.ID)
	id := what
	if version != "" {
		id += "-" + version
	}
	n.told = append(n.told, n.a.track(name, kindOrder, n.order.ID, id, n.known.Owner, at, properties))
	n.known.Told = with(n.known.Told, what, version)
}

// content tells what was ordered, and when that was changed.
func (n *news) content(properties map[string]any) {
	content := n.known.Order.Content
	switch told, completed := n.known.Told["completed"]; {
	case !completed:
		n.tell(journey.OrderCompleted, "completed", "", n.order.CreatedAt.Time, maps.Clone(properties))
		n.told[len(n.told)-1].Context = localeContext(n.order.Locale)
		n.known.Told = with(n.known.Told, "completed", content)
	case told != content && n.known.Order.Cancelled.IsZero(): // Who cancels an order takes everything out of it.
		version := content + "-" + strconv.FormatInt(n.order.UpdatedAt.Unix(), 36)
		n.tell(orderUpdated, "updated", version, n.order.UpdatedAt.Time, maps.Clone(properties))
		n.known.Told = with(n.known.Told, "completed", content)
	}
}

// parcels tells that everything was sent, and that everything arrived.
func (n *news) parcels() {
	if !n.known.Order.Fulfilled {
		return
	}
	var sent, delivered time.Time
	missing, parcels := false, 0
	for _, p := range n.known.Parcels {
		if p.Void {
			continue
		}
		parcels++
		sent, delivered = later(sent, p.Sent), later(delivered, p.Delivered)
		missing = missing || p.Delivered.IsZero()
	}
	if sent.IsZero() {
		sent = n.known.Version
	}
	n.once(journey.OrderFulfilled, "fulfilled", sent, nil)
	if parcels > 0 && !missing {
		n.once(journey.OrderDelivered, "delivered", delivered, nil)
	}
}

// refunds tells what was given back, and that everything came back.
func (n *news) refunds() {
	returned, last := int64(0), time.Time{}
	for _, refundID := range slices.Sorted(maps.Keys(n.known.Refunds)) {
		r := n.known.Refunds[refundID]
		if r.Returned > 0 {
			returned, last = returned+r.Returned, later(last, r.At)
		}
		amount := r.amount(n.known.Order)
		what, version := "refund-"+string(refundID), strconv.FormatInt(amount.Minor, 10)
		if amount.Minor <= 0 || n.known.Told[what] == version {
			continue
		}
		properties := map[string]any{"refund_id": string(refundID), "total": amount.Number(), "currency": amount.Currency}
		if r.Paid.Currency != amount.Currency {
			properties["presentment"] = presentment(r.Paid)
		}
		n.tell(journey.OrderRefunded, what, version, r.instant(refundID), properties)
	}
	if ordered := n.known.Order.Ordered; ordered > 0 && returned >= ordered {
		n.once(journey.OrderReturned, "returned", last, nil)
	}
}

// presentment is an amount in the currency in which the customer pays, when that is not the shop's.
func presentment(m shop.Money) map[string]any {
	return map[string]any{"total": m.Number(), "currency": m.Currency}
}

// pick returns some of the properties.
func pick(properties map[string]any, names ...string) map[string]any {
	picked := make(map[string]any, len(names))
	for _, name := range names {
		if value, ok := properties[name]; ok {
			picked[name] = value
		}
	}
	return picked
}
