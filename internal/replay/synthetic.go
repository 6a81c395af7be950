package replay

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Synthetic returns orders drawn from a seed, for when the real ones are not at hand: ten a day, handed over within five
// days and delivered within another twenty. A few are never delivered.
func Synthetic(n int, seed uint64) []Order {
	rng := rand.New(rand.NewPCG(seed, 0))
	at := time.Date(2017, time.November, 1, 12, 0, 0, 0, time.UTC)
	orders := make([]Order, n)
	for i := range orders {
		at = at.Add(between(rng, time.Minute, 287*time.Minute))
		o := Order{ID: fmt.Sprintf("%016x%016x", rng.Uint64(), rng.Uint64()), Purchased: at}
		switch dice := rng.Float64(); {
		case dice < 0.01:
			o.Cancelled = true
		case dice < 0.03:
			o.HandedOver = at.Add(between(rng, 6*time.Hour, 5*day))
		default:
			o.HandedOver = at.Add(between(rng, 6*time.Hour, 5*day))
			o.Delivered = o.HandedOver.Add(between(rng, day, 20*day))
		}
		orders[i] = o
	}
	return orders
}

// between draws a whole number of minutes.
func between(rng *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(rng.Int64N(int64((to-from)/time.Minute)+1))*time.Minute
}
