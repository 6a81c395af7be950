package shopify

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"klantreis/internal/shop"
)

// knownOrder is what is known of an order, and what of it was told. What comes before the order itself, such as a refund,
// waits in it until it is known whose the order is.
type knownOrder struct {
	Owner string `json:"owner,omitempty"`
	// Version is the newest version that was seen.
	Version time.Time  `json:"version,omitzero"`
	Order   orderFacts `json:"order,omitzero"`
	// Refunds and Parcels are those that were seen, by id.
	Refunds map[id]knownRefund `json:"refunds,omitempty"`
	Parcels map[id]knownParcel `json:"parcels,omitempty"`
	// Told are the events that were told, by what they say.
	Told map[string]string `json:"told,omitempty"`
}

// orderFacts is what is known of an order itself.
type orderFacts struct {
	Currency      string `json:"currency,omitempty"`
	TaxesIncluded bool   `json:"taxesIncluded,omitempty"`
	// Content says in short what was ordered.
	Content   string    `json:"content,omitempty"`
	Paid      bool      `json:"paid,omitempty"`
	Fulfilled bool      `json:"fulfilled,omitempty"`
	Cancelled time.Time `json:"cancelled,omitzero"`
	// Ordered is how many pieces were ordered that are still wanted or were.
	Ordered int64 `json:"ordered,omitempty"`
}

// knownParcel is a part of an order that was sent.
type knownParcel struct {
	Sent      time.Time `json:"sent,omitzero"`
	Delivered time.Time `json:"delivered,omitzero"`
	Void      bool      `json:"void,omitempty"`
}

// knownRefund is a refund.
type knownRefund struct {
	At time.Time `json:"at"`
	// Paid is what went back to the customer, in the currency in which they paid.
	Paid shop.Money `json:"paid,omitzero"`
	// Goods, Tax and Other are what it was for, in the currency of the shop.
	Goods shop.Money `json:"goods,omitzero"`
	Tax   shop.Money `json:"tax,omitzero"`
	Other shop.Money `json:"other,omitzero"`
	// Returned counts the pieces that came back.
	Returned int64 `json:"returned,omitempty"`
	// Lines are how many pieces of each line were refunded, with money: an edit takes pieces away without.
	Lines map[id]int64 `json:"lines,omitempty"`
}

// order returns what an order tells, after what it tells about its customer.
func (a *Adapter) order(o *order) ([]shop.Change, error) {
	switch {
	case o.ID == "":
		return nil, missing("id")
	case o.CreatedAt.IsZero() || o.UpdatedAt.IsZero():
		return nil, missing("updated_at")
	case o.Test:
		return nil, nil
	}
	email := o.Email
	if email == "" {
		email = o.ContactEmail
	}
	by, changes := a.who(o.Customer, email, o.UpdatedAt, o.ShippingAddress, o.BillingAddress)
	refunds := make(map[id]knownRefund, len(o.Refunds))
	for i := range o.Refunds {
		refund, err := o.Refunds[i].read()
		if err != nil {
			return nil, err
		}
		refunds[o.Refunds[i].ID] = refund
	}
	properties, err := a.orderProperties(o, refunds)
	if err != nil {
		return nil, err
	}
	return append(changes, compared(kindOrder, string(o.ID), func(known *knownOrder) (string, []event) {
		if o.UpdatedAt.Before(known.Version) {
			return known.Owner, nil
		}
		known.see(o, refunds)
		told := a.owned(known, o, by)
		return known.Owner, append(told, a.orderNews(known, o, properties)...)
	})), nil
}

// see takes over what a version of an order says.
func (k *knownOrder) see(o *order, refunds map[id]knownRefund) {
	k.Version = o.UpdatedAt.Time
	for refundID, refund := range refunds {
		k.refund(refundID, refund)
	}
	for i := range o.Fulfilments {
		k.parcel(&o.Fulfilments[i])
	}
	paid := slices.Contains([]string{"paid", "partially_refunded", "refunded"}, o.FinancialStatus)
	content, ordered := o.content(k.Refunds)
	k.Order = orderFacts{
		Currency: strings.ToUpper(o.Currency), TaxesIncluded: o.TaxesIncluded, Content: content, Ordered: ordered,
		Paid: k.Order.Paid || paid, Fulfilled: o.FulfilStatus == "fulfilled", Cancelled: o.CancelledAt.Time,
	}
}

// content says in short what is ordered, and counts it. What was refunded for money still is: only an edit changes it.
func (o *order) content(refunds map[id]knownRefund) (string, int64) {
	ordered, lines := int64(0), make([]string, 0, len(o.Lines))
	for _, l := range o.Lines {
		quantity := l.ordered(refunds)
		if quantity > 0 {
			ordered += quantity
			lines = append(lines, fmt.Sprintf("%s*%d@%s", l.ID, quantity, l.Price))
		}
	}
	slices.Sort(lines)
	return shop.Short(strings.Join(lines, " ")), ordered
}

// ordered returns how many pieces of a line are ordered: what is left of it, and what was refunded.
func (l *line) ordered(refunds map[id]knownRefund) int64 {
	if l.Current == nil {
		return l.Quantity
	}
	quantity := *l.Current
	for _, r := range refunds {
		quantity += r.Lines[l.ID]
	}
	return quantity
}

// refund takes over what is known of a refund. A payment that was pending may have gone through since.
func (k *knownOrder) refund(refundID id, r knownRefund) {
	if was, ok := k.Refunds[refundID]; ok && (was.Paid.Minor > r.Paid.Minor || was.Paid == r.Paid && was.Goods.Minor > r.Goods.Minor) {
		return
	}
	k.Refunds = with(k.Refunds, refundID, r)
}

// parcel takes over what is known of a parcel.
func (k *knownOrder) parcel(f *fulfilment) {
	p := k.Parcels[f.ID]
	p.Sent = f.CreatedAt.Time
	p.Void = f.Status == "cancelled" || f.Status == "error" || f.Status == "failure"
	if f.Shipment == "delivered" && p.Delivered.IsZero() {
		p.Delivered = f.UpdatedAt.Time
	}
	k.Parcels = with(k.Parcels, f.ID, p)
}

// owned finds whose the order is. That of a guest may become that of a customer, who then is the same person; nobody else's
// changes hands.
func (a *Adapter) owned(known *knownOrder, o *order, by buyer) []event {
	userID := by.userID
	switch {
	case userID == "" || userID == known.Owner:
	case known.Owner == "":
		known.Owner = userID
		if shop.IsGuest(userID) {
			return []event{a.guest(by, kindOrder, o.ID, o.CreatedAt.Time)}
		}
	case shop.IsGuest(known.Owner) && !shop.IsGuest(userID):
		former := known.Owner
		known.Owner = userID
		return []event{a.alias(former, userID, kindOrder, o.ID, o.UpdatedAt.Time)}
	}
	return nil
}

// partly returns what something tells about an order that it does not hold.
func (a *Adapter) partly(orderID id, see func(known *knownOrder)) []shop.Change {
	return []shop.Change{compared(kindOrder, string(orderID), func(known *knownOrder) (string, []event) {
		see(known)
		return known.Owner, a.orderNews(known, &order{ID: orderID}, nil)
	})}
}

// refund returns what a refund tells.
func (a *Adapter) refund(r *orderRefund) ([]shop.Change, error) {
	if r.ID == "" || r.OrderID == "" {
		return nil, missing("order_id")
	}
	refund, err := r.read()
	if err != nil {
		return nil, err
	}
	return a.partly(r.OrderID, func(known *knownOrder) { known.refund(r.ID, refund) }), nil
}

// fulfilment returns what a parcel tells.
func (a *Adapter) fulfilment(f *fulfilment) ([]shop.Change, error) {
	if f.ID == "" || f.OrderID == "" {
		return nil, missing("order_id")
	}
	return a.partly(f.OrderID, func(known *knownOrder) { known.parcel(f) }), nil
}

// fulfilmentEvent returns what is told about the way of a parcel.
func (a *Adapter) fulfilmentEvent(e *fulfilmentEvent) ([]shop.Change, error) {
	if e.OrderID == "" || e.FulfilmentID == "" {
		return nil, missing("order_id")
	}
	if e.Status != "delivered" {
		return nil, nil
	}
	at := e.HappenedAt.Time
	if at.IsZero() {
		at = e.CreatedAt.Time
	}
	return a.partly(e.OrderID, func(known *knownOrder) {
		p := known.Parcels[e.FulfilmentID]
		if p.Delivered.IsZero() || at.Before(p.Delivered) {
			p.Delivered = at
		}
		known.Parcels = with(known.Parcels, e.FulfilmentID, p)
	}), nil
}

// with returns the map with a value. It leaves the given one as it was.
func with[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	m = maps.Clone(m)
	if m == nil {
		m = make(map[K]V, 1)
	}
	m[key] = value
	return m
}
