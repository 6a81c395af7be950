package journey

import "time"

// Customer is what conditions see as `customer`.
type Customer struct {
	// Phase is the id of the phase the customer is in; empty before the first.
	Phase string `cel:"phase"`
	// PhaseSince is when the customer entered it.
	PhaseSince time.Time `cel:"phase_since"`
	// Traits are the newest values given by identify.
	Traits map[string]any `cel:"traits"`
	// Locale is the customer's language tag; empty when unknown.
	Locale string `cel:"locale"`
	// FirstSeen is the timestamp of the earliest event.
	FirstSeen time.Time `cel:"first_seen"`
	// LastSeen is the timestamp of the latest event.
	LastSeen time.Time `cel:"last_seen"`
	// Orders are how many orders the customer completed.
	Orders int64 `cel:"orders"`
	// TotalSpent is the sum of the totals of these orders, in the shop's currency.
	TotalSpent float64 `cel:"total_spent"`
	// AverageOrder is TotalSpent divided by Orders; zero without orders.
	AverageOrder float64 `cel:"average_order"`
	// FirstOrderAt is the timestamp of the first order; 1 January 1970 without one, and has(customer.first_order_at) is false then.
	FirstOrderAt time.Time `cel:"first_order_at"`
	// LastOrderAt is the timestamp of the last order; 1 January 1970 without one, and has(customer.last_order_at) is false then.
	LastOrderAt time.Time `cel:"last_order_at"`
}

func (s *State) customer() *Customer {
	f := &s.Facts
	c := &Customer{
		Phase: s.Phase, PhaseSince: s.PhaseSince, Traits: f.Traits, Locale: f.Locale,
		FirstSeen: f.FirstSeen, LastSeen: f.LastSeen,
		Orders: f.Orders, TotalSpent: f.TotalSpent, FirstOrderAt: f.FirstOrderAt, LastOrderAt: f.LastOrderAt,
	}
	if c.Traits == nil {
		c.Traits = map[string]any{}
	}
	if f.Orders > 0 {
		c.AverageOrder = f.TotalSpent / float64(f.Orders)
	}
	return c
}
