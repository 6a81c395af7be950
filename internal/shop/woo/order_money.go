package woo

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"klantreis/internal/shop"
)

// money is what an order is about.
type money struct {
	currency string
	// total is everything with tax; revenue the lines without tax and shipping.
	total, revenue, shipping, tax, discount shop.Money
	lines                                   []pricedLine
	// refunds are by id, and refunded is their sum. Positive amounts are money that was given back.
	refunds  map[text]shop.Money
	refunded shop.Money
}

// pricedLine is a line with what was paid for it, tax included, and for each of its pieces.
type pricedLine struct {
	lineItem
	paid, each shop.Money
}

// readOrder reads an order.
func readOrder(body []byte) (*order, error) {
	var o order
	if err := decode(body, &o, &o.ID); err != nil {
		return nil, err
	}
	if err := o.readMoney(); err != nil {
		return nil, err
	}
	return &o, nil
}

// readMoney reads all amounts of the order.
func (o *order) readMoney() error {
	r := amounts{currency: string(o.Currency)}
	m := money{
		currency: strings.ToUpper(r.currency), total: r.read("total", o.Total), shipping: r.read("shipping_total", o.ShippingTotal),
		tax: r.read("total_tax", o.TotalTax), discount: r.read("discount_total", o.DiscountTotal),
		revenue: r.read("total", ""), refunded: r.read("total", ""), refunds: map[text]shop.Money{},
	}
	for i, item := range o.LineItems {
		field := fmt.Sprintf("line_items[%d].", i)
		net := r.read(field+"total", item.Total)
		m.revenue = m.revenue.Plus(net)
		line := pricedLine{lineItem: item, paid: net.Plus(r.read(field+"total_tax", item.TotalTax))}
		line.each = perPiece(line.paid, item.Quantity)
		m.lines = append(m.lines, line)
	}
	for i, given := range o.Refunds {
		amount := r.read(fmt.Sprintf("refunds[%d].total", i), given.Total)
		amount.Minor = max(amount.Minor, -amount.Minor)
		m.refunds[given.ID] = amount
		m.refunded = m.refunded.Plus(amount)
	}
	o.money = m
	return r.err
}

// perPiece returns what each of several pieces cost, rounded to the smallest unit. Extensions sell by the metre, so a
// quantity may have decimals. Of a quantity that cannot be read there is one.
func perPiece(paid shop.Money, quantity text) shop.Money {
	if len(quantity) > longestNumber || strings.Trim(string(quantity), "0123456789.") != "" {
		return paid
	}
	n, ok := new(big.Rat).SetString(string(quantity))
	if !ok || n.Sign() <= 0 {
		return paid
	}
	each := new(big.Rat).Quo(new(big.Rat).SetInt64(paid.Minor), n)
	if minor, err := strconv.ParseInt(each.FloatString(0), 10, 64); err == nil {
		paid.Minor = minor
	}
	return paid
}

// longestNumber is more than any number of a payload has; it bounds the work on hostile input.
const longestNumber = 30

// amounts reads the amounts of one order, and keeps what is wrong with the first that cannot be read.
type amounts struct {
	currency string
	err      error
}

func (a *amounts) read(field string, amount text) shop.Money {
	money, err := shop.Parse(shop.Decimal(strings.TrimSpace(string(amount))), a.currency)
	if err != nil && a.err == nil {
		a.err = fmt.Errorf("%w: %s: %w", shop.ErrMalformed, field, err)
	}
	return money
}
