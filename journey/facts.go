package journey

import "time"

// Facts are what the events have told about a customer. Conditions see them as `customer`.
type Facts struct {
	// Traits are the newest values given by identify.
	Traits map[string]any `json:"traits,omitempty"`
	// Locale is the newest language tag seen in a trait or in an event's context.
	Locale string `json:"locale,omitempty"`
	// FirstSeen is the timestamp of the earliest event.
	FirstSeen time.Time `json:"firstSeen,omitzero"`
	// LastSeen is the timestamp of the latest event.
	LastSeen time.Time `json:"lastSeen,omitzero"`
	// Orders are how many orders the customer completed; a repeated order id counts once.
	Orders int64 `json:"orders,omitempty"`
	// TotalSpent is the sum of the totals of these orders, in the shop's currency.
	TotalSpent float64 `json:"totalSpent,omitempty"`
	// FirstOrderAt and LastOrderAt are the timestamps of the first and the last order.
	FirstOrderAt time.Time `json:"firstOrderAt,omitzero"`
	LastOrderAt  time.Time `json:"lastOrderAt,omitzero"`
	// RecentOrders are the last orders, newest last, at most 20.
	RecentOrders []Order `json:"recentOrders,omitempty"`
}

// Order is what is remembered of one order.
type Order struct {
	// ID is the shop's order id.
	ID string `json:"id"`
	// At is when it was completed.
	At time.Time `json:"at"`
	// Total is its value, in the shop's currency.
	Total float64 `json:"total"`
	// Status is completed, fulfilled, delivered, returned, refunded or cancelled.
	Status string `json:"status"`
}
