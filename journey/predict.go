package journey

import "time"

// Rhythm is how often the shop's customers order, and how surely: what is thought of a customer of whom little is known.
// The zero value stands for the default rhythm.
type Rhythm struct {
	// MeanGap is the mean time between two orders of a customer who orders again.
	MeanGap time.Duration
	// Strength is how many gaps of a customer's own weigh as much as MeanGap.
	Strength float64
	// Replenish returns after how long a product is used up, and whether that is known. Nil when the map names no product.
	// It is asked at every new Customer, so leave it nil when no expression mentions next_order_expected.
	Replenish func(Line) (time.Duration, bool)
}
