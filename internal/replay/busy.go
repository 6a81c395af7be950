package replay

import (
	"slices"
	"time"
)

const (
	// unhurried is how long an order of a short replay may take: one slow parcel would keep everybody waiting.
	unhurried = 28 * day
	// perDay is how many orders of a short replay should come on an average day. At a day a second it is as many a second.
	perDay = 10
)

// Busy returns n consecutive orders from a time when as near as possible to ten came on an average day: oldest first and
// with their real gaps. Orders that took more than 28 days are passed over. With n zero, or when there are no more orders
// than n, it returns all of them.
func Busy(orders []Order, n int) []Order {
	orders = slices.Clone(orders)
	slices.SortStableFunc(orders, func(a, b Order) int { return a.Purchased.Compare(b.Purchased) })
	if n <= 0 || n >= len(orders) {
		return orders
	}
	orders = slices.DeleteFunc(orders, func(o Order) bool { return o.last().Sub(o.Purchased) > unhurried })
	n = min(n, len(orders))
	// How far a time span is from the one wanted.
	off := func(i int) time.Duration {
		return (orders[i+n-1].Purchased.Sub(orders[i].Purchased) - time.Duration(n)*day/perDay).Abs()
	}
	best := 0
	for i := 0; i+n <= len(orders); i++ {
		if off(i) < off(best) {
			best = i
		}
	}
	return orders[best : best+n]
}
