package woo

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"klantreis/internal/shop"
	"klantreis/journey"
)

// event makes an event about the order.
func (c *orderChange) event(name, what string, at time.Time, properties map[string]any) journey.Event {
	return journey.Event{
		MessageID: c.messageID("order", c.order.ID, what), Type: journey.TypeTrack, Name: name, UserID: c.known.UserID,
		Timestamp: at, Properties: properties,
	}
}

// about says which order an event is about.
func (c *orderChange) about() map[string]any {
	return map[string]any{
		"order_id": string(c.order.ID), "order_number": string(c.order.Number), "status": string(c.order.Status),
		"currency": c.order.money.currency, "affiliation": c.shop,
	}
}

// properties says what was ordered, as Segment's e-commerce events do.
func (c *orderChange) properties() map[string]any {
	p := c.about()
	p["checkout_id"] = string(c.order.ID)
	p["total"] = c.order.money.total.Number()
	p["revenue"] = c.order.money.revenue.Number()
	p["shipping"] = c.order.money.shipping.Number()
	p["tax"] = c.order.money.tax.Number()
	p["discount"] = c.order.money.discount.Number()
	products := []any{}
	for _, line := range c.order.money.lines[:min(len(c.order.money.lines), mostLines)] {
		products = append(products, c.product(line))
	}
	p["products"] = products
	if c.order.PaymentMethod != "" {
		p["payment_method"] = string(c.order.PaymentMethod)
	}
	if len(c.order.CouponLines) > 0 {
		p["coupon"] = string(c.order.CouponLines[0].Code)
	}
	return p
}

// mostLines is how many lines of an order are told. An event has at most 32 KB.
const mostLines = 60

// product says what one line of the order is. Price is what one piece cost, rounded when the pieces cannot cost the same.
func (c *orderChange) product(line pricedLine) map[string]any {
	p := map[string]any{"name": line.Name.plain(), "price": line.each.Number(), "line_total": line.paid.Number()}
	quantity, err := strconv.ParseFloat(string(line.Quantity), 64)
	if err != nil || quantity <= 0 {
		quantity = 1
	}
	p["quantity"] = quantity
	for name, value := range map[string]text{"product_id": text(line.ProductID.id()), "variant_id": text(line.VariationID.id()), "sku": line.SKU} {
		if value != "" {
			p[name] = string(value)
		}
	}
	return p
}

// addressFor is how old an order may be for its address to be taken as that of the customer today.
const addressFor = 30 * 24 * time.Hour

// context says who the customer is and what they speak. Only what the customer or the shop just wrote is passed on, because
// of traits the last that arrives counts.
func (c *orderChange) context() map[string]any {
	billing := c.order.Billing.value
	if c.seen.at.Sub(c.order.CreatedAt.Time) > addressFor || billing.anonymised() {
		return nil
	}
	traits := billing.traits()
	if company := billing.Company.plain(); company != "" {
		traits["company"] = company
	}
	known := map[string]any{}
	if len(traits) > 0 {
		known["traits"] = traits
	}
	if lang := c.order.language(); lang != "" {
		known["locale"] = lang
	}
	if len(known) == 0 {
		return nil
	}
	return known
}

// anonymised tells whether the shop took out whose address it is.
func (a address) anonymised() bool { return strings.HasSuffix(string(a.Email), "@site.invalid") }

// traits says whose address it is.
func (a address) traits() map[string]any {
	if !shop.IsAddress(a.Email.plain()) {
		a.Email = ""
	}
	traits := texts(map[string]text{"email": a.Email, "firstName": a.FirstName, "lastName": a.LastName, "phone": a.Phone})
	street := a.Address1.plain()
	if second := a.Address2.plain(); second != "" {
		street += ", " + second
	}
	place := texts(map[string]text{
		"street": text(street), "city": a.City, "state": a.State, "postalCode": a.Postcode, "country": a.Country,
	})
	if len(place) > 0 {
		traits["address"] = place
	}
	return traits
}

// texts returns the texts that say something.
func texts(of map[string]text) map[string]any {
	said := make(map[string]any, len(of))
	for name := range maps.Keys(of) {
		if value := of[name].plain(); value != "" {
			said[name] = value
		}
	}
	return said
}
