package woo

import "fmt"

// money is what an order is about, in minor units of its currency.
type money struct {
	exponent int
	// total is everything with tax; revenue the lines without tax and shipping.
	total, revenue, shipping, tax, discount int64
	lines                                   []pricedLine
	// refunds are by id, and refunded is their sum. Positive numbers are money that was given back.
	refunds  map[text]int64
	refunded int64
}

// pricedLine is a line with what was paid for it, tax included, and for each of its pieces.
type pricedLine struct {
	lineItem
	paid, each int64
}

// value returns an amount as a property of an event.
func (m money) value(minor int64) float64 { return decimal(minor, m.exponent) }

// readMoney reads all amounts of the order.
func (c *orderChange) readMoney() error {
	o := c.order
	r := amounts{exponent: exponent(string(o.Currency))}
	m := money{
		exponent: r.exponent, total: r.read("total", o.Total), shipping: r.read("shipping_total", o.ShippingTotal),
		tax: r.read("total_tax", o.TotalTax), discount: r.read("discount_total", o.DiscountTotal), refunds: map[text]int64{},
	}
	for i, item := range o.LineItems {
		field := fmt.Sprintf("line_items[%d].", i)
		net := r.read(field+"total", item.Total)
		m.revenue += net
		line := pricedLine{lineItem: item, paid: net + r.read(field+"total_tax", item.TotalTax)}
		line.each = perPiece(line.paid, item.Quantity)
		m.lines = append(m.lines, line)
	}
	for i, given := range o.Refunds {
		amount := r.read(fmt.Sprintf("refunds[%d].total", i), given.Total)
		if amount < 0 {
			amount = -amount
		}
		m.refunds[given.ID] = amount
		m.refunded += amount
	}
	c.money = m
	return r.err
}
