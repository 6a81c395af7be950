package journey

import (
	"math"
	"slices"
)

// maxRefunds is how many refunds of one order count.
const maxRefunds = 20

// changeOf reads what became of an order; false when the event names none.
//
// Order Refunded is about the whole order, unless it tells an amount (total, revenue or value, or else the prices of its
// products): then that much was refunded.
func changeOf(e Event) (OrderChange, bool) {
	c := OrderChange{ID: propertyText(e, "order_id"), Status: orderStatus(e.Name)}
	if !isID(c.ID) {
		return OrderChange{}, false
	}
	if c.Status != statusRefunded {
		return c, true
	}
	amount, told := worth(e)
	if lines := orderLines(e); !told && len(lines) > 0 {
		for _, line := range lines {
			amount = finiteSum(amount, line.Price*line.Quantity)
		}
		told = true
	}
	if told {
		return OrderChange{ID: c.ID, Refund: Refund{At: e.Timestamp, Amount: math.Abs(amount)}}, true
	}
	return c, true
}

// change does to the order what became of it, and tells whether it was news. It leaves the former refunds as they were.
func (o *Order) change(c OrderChange) bool {
	if c.Status != "" {
		return o.becomes(c.Status)
	}
	if !o.refund(c.Refund) {
		return false
	}
	if refunded := o.refunded(); refunded > 0 && refunded > o.Total-0.005 {
		o.becomes(statusRefunded)
	}
	return true
}

func (o *Order) becomes(status string) bool {
	if slices.Index(statuses, status) <= slices.Index(statuses, o.Status) {
		return false
	}
	o.Status = status
	return true
}

// refund adds a refund. Of two with one timestamp, which are one refund told twice, the greater counts.
func (o *Order) refund(r Refund) bool {
	i := slices.IndexFunc(o.Refunds, func(known Refund) bool { return known.At.Equal(r.At) })
	switch {
	case i >= 0 && o.Refunds[i].Amount >= r.Amount, i < 0 && len(o.Refunds) >= maxRefunds:
		return false
	case i >= 0:
		o.Refunds = slices.Clone(o.Refunds)
		o.Refunds[i].Amount = r.Amount
	default:
		o.Refunds = append(slices.Clone(o.Refunds), r)
	}
	return true
}

// refunded returns the sum of the refunds of parts.
func (o *Order) refunded() float64 {
	sum := 0.0
	for _, r := range o.Refunds {
		sum = finiteSum(sum, r.Amount)
	}
	return sum
}

// counts tells whether the order counts as bought. One that was only returned does: what becomes of the money is told by
// its refund.
func (o *Order) counts() bool {
	return o.Status != statusCancelled && o.Status != statusRefunded
}

// spent returns what the order brought in.
func (o *Order) spent() float64 {
	if !o.counts() {
		return 0
	}
	return rounded(o.Total - o.refunded())
}
