package journey

import "time"

// Gaps are sufficient statistics of the times between a customer's orders. Orders of one day (UTC) are one occasion.
type Gaps struct {
	// Count is how many gaps there are.
	Count int64 `json:"count,omitempty"`
	// Days is the sum of their lengths.
	Days float64 `json:"days,omitempty"`
	// Until is the last order. Zero without one.
	Until time.Time `json:"until,omitzero"`
}

// Gaps returns the gaps between the orders that count as bought. A late order finds its place among the recent ones; one
// that is older than all of these changes nothing.
func (f *Facts) Gaps() Gaps {
	g := f.OlderGaps
	for i := range f.RecentOrders {
		g = g.with(&f.RecentOrders[i])
	}
	return g
}

// with returns the gaps with one to the order added. It is to be told of orders by time.
func (g Gaps) with(o *Order) Gaps {
	if !o.counts() || o.At.Before(g.Until) {
		return g
	}
	if !g.Until.IsZero() {
		if n := dayNumber(o.At) - dayNumber(g.Until); n > 0 {
			g.Count++
			g.Days += float64(n)
		}
	}
	g.Until = o.At
	return g
}

// dayNumber counts the days (UTC) since 1970.
func dayNumber(t time.Time) int64 {
	const seconds = 24 * 60 * 60
	n := t.Unix()
	if n < 0 {
		n -= seconds - 1
	}
	return n / seconds
}
