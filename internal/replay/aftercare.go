package replay

import (
	"math/rand/v2"
	"time"
)

// drawn is an event that the books do not know.
type drawn struct {
	name string
	at   time.Time
}

// twoWeeks is the time after a delivery in which customers return and review.
const twoWeeks = 14 * day

// aftercare draws what the customer did with an order. The draws are independent of each other, so that some reviewed
// orders are returned and some refunded ones delivered all the same.
func aftercare(o Order, rng *rand.Rand) []drawn {
	var all []drawn
	chance := func(share float64, name string, from, to time.Time) {
		happens, at := rng.Float64() < share, from.Add(between(rng, 0, to.Sub(from)))
		if happens {
			all = append(all, drawn{name: name, at: at})
		}
	}
	if o.Delivered.IsZero() {
		cancels := 0.5
		if o.Cancelled {
			cancels = 1
		}
		chance(cancels, cancelled, o.Purchased, o.Purchased.Add(10*day))
		chance(0.3, refunded, o.Purchased, o.Purchased.Add(20*day))
		return all
	}
	early := 0.02
	if o.Cancelled {
		early = 1
	}
	chance(early, cancelled, o.Purchased, o.Delivered)
	chance(0.03, refunded, o.Purchased, o.Delivered)
	chance(0.01, reviewed, o.Purchased, o.Delivered)
	chance(0.45, reviewed, o.Delivered, o.Delivered.Add(twoWeeks))
	chance(0.05, returned, o.Delivered, o.Delivered.Add(twoWeeks))
	chance(0.04, refunded, o.Delivered, o.Delivered.Add(twoWeeks))
	chance(0.01, cancelled, o.Delivered, o.Delivered.Add(twoWeeks))
	// The second parcel of an order. The wait counts from the first.
	chance(0.03, delivered, o.Delivered.Add(day), o.Delivered.Add(5*day))
	return all
}
