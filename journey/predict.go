package journey

import "time"

// Rhythm is how often the shop's customers order, and how surely: what is thought of a customer of whom little is known.
// The zero value stands for the default: 60 days, worth two gaps. LearnRhythm finds the shop's own.
//
// The model behind it is the oldest one of repeat buying (Ehrenberg, "The pattern of consumer purchases", Applied
// Statistics 8, 1959): a customer's gaps between orders are exponential with a rate of their own, and the rates of all
// customers follow a gamma distribution. Of n gaps that sum up to t the rate is then known as Gamma(a + n, b + t), with
// a = Strength + 1 and b = Strength x MeanGap (Fader and Hardie, "A note on deriving the Pareto/NBD model", 2005, use the
// same update), so that everything has a closed form:
//
//	the next gap lasts           (b + t) / (a + n - 1): the mean of MeanGap, counted Strength times, and the own gaps
//	after s without an order, a further  (b + t + s) / (a + n - 1): the silence counts as a gap that has not ended
type Rhythm struct {
	// MeanGap is the mean time between two orders of a customer who orders again. Zero means 60 days.
	MeanGap time.Duration
	// Strength is how many gaps of a customer's own weigh as much as MeanGap. Zero means 2.
	Strength float64
	// Replenish returns after how long a product is used up, and whether that is known. It is asked about the lines of the
	// last order; the first answer stands in for MeanGap. Nil when the map names no products. It is asked whenever a
	// Customer is made, so leave it nil when no expression of the map mentions next_order_expected.
	Replenish func(Line) (time.Duration, bool) `json:"-"`
}

const (
	defaultMeanGap  = 60 * day
	defaultStrength = 2.0
	// longestGap bounds what is predicted, so that it can be written as a date.
	longestGap = 100 * 365 * day
)

// expect returns when the next order is expected, given that there will be one; zero without any order.
//
// An expectation stands until it has passed: last order and expected gap. From then on it is what the silence leaves: it
// lies after now, and the further the longer the silence already is.
func (r Rhythm) expect(f *Facts, now time.Time) time.Time {
	if f.LastOrderAt.IsZero() {
		return time.Time{}
	}
	strength := r.Strength
	if strength <= 0 {
		strength = defaultStrength
	}
	gaps := f.Gaps()
	weight := strength + float64(gaps.Count)
	told := strength*r.meanGap(f).Hours()/24 + gaps.Days
	expected := f.LastOrderAt.Add(days(told / weight))
	if now.Before(expected) {
		return expected
	}
	silence := now.Sub(f.LastOrderAt).Hours() / 24
	return now.Add(days((told + silence) / weight))
}

// meanGap returns what is thought of the next gap before the customer's own ones are looked at.
func (r Rhythm) meanGap(f *Facts) time.Duration {
	if r.Replenish != nil {
		for _, line := range f.lastOrder().Lines {
			if every, ok := r.Replenish(line); ok && every > 0 {
				return every
			}
		}
	}
	if r.MeanGap <= 0 {
		return defaultMeanGap
	}
	return r.MeanGap
}

// lastOrder returns the last order that counts as bought.
func (f *Facts) lastOrder() Order {
	for i := len(f.RecentOrders) - 1; i >= 0; i-- {
		if f.RecentOrders[i].counts() {
			return f.RecentOrders[i]
		}
	}
	return Order{}
}

// days returns a length in days as a duration: more than nothing and at most longestGap.
func days(n float64) time.Duration {
	return max(time.Second, time.Duration(min(n, longestGap.Hours()/24)*float64(day)))
}
