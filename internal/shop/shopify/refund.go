package shopify

import (
	"strconv"
	"time"

	"klantreis/internal/shop"
)

// read returns what is known of a refund.
func (r *orderRefund) read() (knownRefund, error) {
	known := knownRefund{At: r.CreatedAt.Time}
	if known.At.IsZero() {
		known.At = r.ProcessedAt.Time
	}
	for _, t := range r.Transactions {
		if t.Kind != "refund" || t.Status != "success" {
			continue
		}
		paid, err := shop.Parse(t.Amount, t.Currency)
		if err != nil {
			return known, err
		}
		known.Paid = known.Paid.Plus(paid)
	}
	for _, a := range r.Adjustments {
		for _, part := range []moneySet{a.AmountSet, a.TaxSet} {
			m, err := part.Shop.money()
			if err != nil {
				return known, err
			}
			known.Other = known.Other.Plus(m)
		}
	}
	for _, l := range r.Lines {
		goods, err := l.SubtotalSet.Shop.money()
		if err != nil {
			return known, err
		}
		tax, err := l.TaxSet.Shop.money()
		if err != nil {
			return known, err
		}
		known.Goods, known.Tax = known.Goods.Plus(goods), known.Tax.Plus(tax)
		if l.Restock == "return" {
			known.Returned += max(l.Quantity, 0)
		}
		if len(r.Transactions) > 0 {
			known.Lines = with(known.Lines, l.LineID, known.Lines[l.LineID]+l.Quantity)
		}
	}
	return known, nil
}

// amount returns what was refunded in the currency of the shop. When the customer paid in another one, it is put together
// from what it was for: adjustments are negative when they give something back beside the goods.
func (r knownRefund) amount(o orderFacts) shop.Money {
	if r.Paid.Minor == 0 || o.Currency == "" || r.Paid.Currency == o.Currency {
		return r.Paid
	}
	m := r.Goods.Plus(r.Other.Times(-1))
	if !o.TaxesIncluded {
		m = m.Plus(r.Tax)
	}
	m.Currency = o.Currency
	return m
}

// instant returns when it was. Shopify tells it to the second; two refunds of an order in one second must not pass for one.
func (r knownRefund) instant(refundID id) time.Time {
	n, err := strconv.ParseUint(string(refundID[max(0, len(refundID)-6):]), 10, 64)
	if err != nil {
		return r.At
	}
	return r.At.Add(time.Duration(n) * time.Microsecond)
}
