package journey

import (
	"math"
	"slices"
)

// The states of an order.
const (
	statusCompleted = "completed"
	statusFulfilled = "fulfilled"
	statusDelivered = "delivered"
	statusReturned  = "returned"
	statusRefunded  = "refunded"
	statusCancelled = "cancelled"
)

const (
	// recentOrders is how many orders are remembered one by one.
	recentOrders = 20
	// recentLines is of how many of them the lines are remembered.
	recentLines = 5
	// earlyChanges is how many changes of orders not yet known are remembered.
	earlyChanges = 10
)

// statuses are the states of an order, each of which may follow those before it. So a late event takes nothing back.
var statuses = []string{statusCompleted, statusFulfilled, statusDelivered, statusReturned, statusRefunded, statusCancelled}

// orderStatus returns the state into which an event brings an order; "" for other events.
func orderStatus(event string) string {
	switch event {
	case OrderFulfilled:
		return statusFulfilled
	case OrderDelivered:
		return statusDelivered
	case OrderReturned:
		return statusReturned
	case OrderRefunded:
		return statusRefunded
	case OrderCancelled:
		return statusCancelled
	}
	return ""
}

// order notes a completed order. One whose id is among the recent orders is known already.
func (f *Facts) order(e Event) {
	id := propertyText(e, "order_id")
	if !isID(id) {
		id = ""
	}
	if id != "" && slices.ContainsFunc(f.RecentOrders, func(o Order) bool { return o.ID == id }) {
		return
	}
	o := Order{
		ID: id, At: e.Timestamp, Total: orderTotal(e), Currency: truncate(propertyText(e, "currency")),
		Status: statusCompleted, Lines: orderLines(e),
	}
	for _, change := range f.EarlyChanges {
		if change.ID == id {
			o.change(change)
		}
	}
	if id != "" {
		f.EarlyChanges = slices.DeleteFunc(slices.Clone(f.EarlyChanges), func(c OrderChange) bool { return c.ID == id })
	}
	f.remember(o)
	f.recount(Order{Status: statusCancelled}, o)
}

// remember puts the order among the recent ones; the oldest gives way.
func (f *Facts) remember(o Order) {
	orders := append(slices.Clone(f.RecentOrders), o)
	slices.SortStableFunc(orders, func(a, b Order) int { return a.At.Compare(b.At) })
	for len(orders) > recentOrders {
		f.OlderGaps = f.OlderGaps.with(&orders[0])
		orders = orders[1:]
	}
	for i := range orders[:max(0, len(orders)-recentLines)] {
		orders[i].Lines = nil
	}
	f.RecentOrders = orders
}

// orderBecomes notes what became of an order. When the order is not known yet, it waits for it.
func (f *Facts) orderBecomes(e Event) {
	if change, ok := changeOf(e); ok {
		f.changed(change)
	}
}

// changed notes a change of an order.
func (f *Facts) changed(change OrderChange) {
	i := slices.IndexFunc(f.RecentOrders, func(o Order) bool { return o.ID == change.ID })
	if i < 0 {
		if !slices.Contains(f.EarlyChanges, change) {
			f.EarlyChanges = appendBounded(f.EarlyChanges, change, earlyChanges)
		}
		return
	}
	before := f.RecentOrders[i]
	after := before
	if !after.change(change) {
		return
	}
	f.RecentOrders = slices.Clone(f.RecentOrders)
	f.RecentOrders[i] = after
	f.recount(before, after)
}

// recount brings what is counted over all orders from what one of them was to what it is.
func (f *Facts) recount(before, after Order) {
	f.TotalSpent = rounded(finiteSum(finiteSum(f.TotalSpent, -before.spent()), after.spent()))
	switch {
	case !before.counts() && after.counts():
		f.Orders++
		if f.FirstOrderAt.IsZero() || after.At.Before(f.FirstOrderAt) {
			f.FirstOrderAt = after.At
		}
		f.LastOrderAt = later(f.LastOrderAt, after.At)
		f.bought(after, 1)
	case before.counts() && !after.counts():
		f.Orders--
		f.uncounted()
		f.bought(before, -1)
	}
}

// uncounted finds the first and the last order again, after one of them counts no longer. Orders that are not among the
// recent ones are older than all of these.
func (f *Facts) uncounted() {
	first, last, n := Order{}, Order{}, int64(0)
	for _, o := range f.RecentOrders {
		if !o.counts() {
			continue
		}
		if n++; n == 1 {
			first = o
		}
		last = o
	}
	if f.Orders <= n {
		f.FirstOrderAt = first.At
	}
	switch {
	case n > 0:
		f.LastOrderAt = last.At
	case f.Orders <= 0:
		f.LastOrderAt = first.At
	case !f.OlderGaps.Until.IsZero():
		f.LastOrderAt = f.OlderGaps.Until
	}
}

// rounded takes away what adding and subtracting fractions leaves behind, so that what was refunded sums up to zero.
func rounded(sum float64) float64 {
	if math.Abs(sum) > 1e9 {
		return sum
	}
	return math.Round(sum*1e6) / 1e6
}

// orderTotal reads what the order is worth: total with everything, otherwise revenue, otherwise value.
func orderTotal(e Event) float64 {
	total, _ := worth(e)
	return total
}

// worth returns the first of total, revenue and value that is a number.
func worth(e Event) (amount float64, told bool) {
	for _, name := range []string{"total", "revenue", "value"} {
		if n, ok := number(e.Properties[name]); ok {
			return n, true
		}
	}
	return 0, false
}
