package journey

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
)

// The events whose meaning the core knows: Segment's e-commerce names, and those that the shop's aftercare adds.
const (
	OrderCompleted = "Order Completed"
	OrderFulfilled = "Order Fulfilled"
	OrderDelivered = "Order Delivered"
	OrderReturned  = "Order Returned"
	OrderRefunded  = "Order Refunded"
	OrderCancelled = "Order Cancelled"
)

// recentOrders is how many orders are remembered one by one.
const recentOrders = 20

var orderStatus = map[string]string{
	OrderFulfilled: "fulfilled",
	OrderDelivered: "delivered",
	OrderReturned:  "returned",
	OrderRefunded:  "refunded",
	OrderCancelled: "cancelled",
}

// changesFacts tells whether an event can change more than when the customer was last seen and in what language.
func changesFacts(e Event) bool {
	return e.Context["traits"] != nil || e.Type == TypeIdentify || e.Name == OrderCompleted || orderStatus[e.Name] != ""
}

// learn returns the facts with what the event tells added. It leaves the receiver as it was.
func (f Facts) learn(e Event) Facts {
	if f.FirstSeen.IsZero() || e.Timestamp.Before(f.FirstSeen) {
		f.FirstSeen = e.Timestamp
	}
	if e.Timestamp.After(f.LastSeen) {
		f.LastSeen = e.Timestamp
	}
	if traits, ok := e.Context["traits"].(map[string]any); ok {
		f.Traits = merge(f.Traits, traits)
	}
	if e.Type == TypeIdentify {
		f.Traits = merge(f.Traits, e.Traits)
	}
	f.Locale = locale(f, e)
	switch {
	case e.Name == OrderCompleted:
		f.order(e)
	case orderStatus[e.Name] != "":
		f.orderBecomes(propertyText(e, "order_id"), orderStatus[e.Name])
	}
	return f
}

func merge(old, add map[string]any) map[string]any {
	if len(add) == 0 {
		return old
	}
	merged := maps.Clone(old)
	if merged == nil {
		merged = make(map[string]any, len(add))
	}
	for _, name := range slices.Sorted(maps.Keys(add)) {
		value := add[name]
		_, known := merged[name]
		switch {
		case value == nil:
			delete(merged, name)
		case known || len(merged) < maxTraits:
			merged[name] = value
		}
	}
	return merged
}

// maxTraits is how many traits of one customer are remembered; further names are left out. It bounds what one decision
// has to read and write.
const maxTraits = 500

// locale takes the customer's own choice before what their browser says.
func locale(f Facts, e Event) string {
	if own, ok := f.Traits["locale"].(string); ok && own != "" {
		return own
	}
	if said, ok := e.Context["locale"].(string); ok && said != "" {
		return said
	}
	return f.Locale
}

func (f *Facts) order(e Event) {
	id := propertyText(e, "order_id")
	if id != "" && slices.ContainsFunc(f.RecentOrders, func(o Order) bool { return o.ID == id }) {
		return
	}
	total := orderTotal(e)
	f.Orders++
	if sum := f.TotalSpent + total; !math.IsInf(sum, 0) {
		f.TotalSpent = sum
	}
	if f.FirstOrderAt.IsZero() || e.Timestamp.Before(f.FirstOrderAt) {
		f.FirstOrderAt = e.Timestamp
	}
	if e.Timestamp.After(f.LastOrderAt) {
		f.LastOrderAt = e.Timestamp
	}
	f.RecentOrders = append(slices.Clone(f.RecentOrders), Order{ID: id, At: e.Timestamp, Total: total, Status: "completed"})
	if over := len(f.RecentOrders) - recentOrders; over > 0 {
		f.RecentOrders = f.RecentOrders[over:]
	}
}

func (f *Facts) orderBecomes(id, status string) {
	if id == "" {
		return
	}
	for i := range f.RecentOrders {
		if o := f.RecentOrders[i]; o.ID == id && o.Status != status {
			f.RecentOrders = slices.Clone(f.RecentOrders)
			f.RecentOrders[i].Status = status
			return
		}
	}
}

// orderTotal reads what the order is worth: total with everything, otherwise revenue, otherwise value.
func orderTotal(e Event) float64 {
	for _, name := range []string{"total", "revenue", "value"} {
		switch v := e.Properties[name].(type) {
		case float64:
			return v
		case string:
			if n, err := strconv.ParseFloat(v, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
				return n
			}
		}
	}
	return 0
}

func propertyText(e Event, name string) string {
	switch v := e.Properties[name].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// later returns the later of two instants.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
