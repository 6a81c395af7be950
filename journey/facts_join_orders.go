package journey

import (
	"maps"
	"slices"
	"time"
)

// joinOrders adds the orders of other. One that both have counts once.
func (f *Facts) joinOrders(other Facts) {
	for _, o := range other.RecentOrders {
		i := slices.IndexFunc(f.RecentOrders, func(known Order) bool { return o.ID != "" && known.ID == o.ID })
		if i >= 0 {
			other.uncount(o)
			f.joinOrder(i, o)
		}
	}
	early := append(slices.Clone(f.EarlyChanges), other.EarlyChanges...)
	f.EarlyChanges = nil

	f.Orders += other.Orders
	f.TotalSpent = rounded(finiteSum(f.TotalSpent, other.TotalSpent))
	f.FirstOrderAt = earliest(f.FirstOrderAt, other.FirstOrderAt)
	f.LastOrderAt = later(f.LastOrderAt, other.LastOrderAt)
	f.joinCategories(other)
	f.OlderGaps = Gaps{
		Count: f.OlderGaps.Count + other.OlderGaps.Count, Days: f.OlderGaps.Days + other.OlderGaps.Days,
		Until: later(f.OlderGaps.Until, other.OlderGaps.Until),
	}
	for _, o := range other.RecentOrders {
		f.remember(o)
	}
	for _, change := range early {
		f.changed(change)
	}
}

// uncount takes an order out, as if it had never been told.
func (f *Facts) uncount(o Order) {
	f.RecentOrders = slices.DeleteFunc(slices.Clone(f.RecentOrders), func(known Order) bool { return known.ID == o.ID })
	f.recount(o, Order{Status: statusCancelled})
}

// joinOrder adds to the order at a place among the recent ones what another customer's events told of it.
func (f *Facts) joinOrder(i int, o Order) {
	before := f.RecentOrders[i]
	after := before
	after.becomes(o.Status)
	for _, r := range o.Refunds {
		after.change(OrderChange{ID: o.ID, Refund: r})
	}
	f.RecentOrders = slices.Clone(f.RecentOrders)
	f.RecentOrders[i] = after
	f.recount(before, after)
}

func (f *Facts) joinCategories(other Facts) {
	if len(other.Categories) == 0 {
		return
	}
	joined := make(map[string]Bought, len(f.Categories)+len(other.Categories))
	maps.Copy(joined, f.Categories)
	for name, b := range other.Categories {
		known := joined[name]
		joined[name] = Bought{Quantity: rounded(finiteSum(known.Quantity, b.Quantity)), At: later(known.At, b.At)}
	}
	forget(joined, maxCategories, func(b Bought) time.Time { return b.At })
	f.Categories, f.FavouriteCategory = joined, favourite(joined)
}
