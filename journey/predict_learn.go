package journey

import (
	"math"
)

const (
	// enoughCustomers is of how many customers gaps must be known before a shop has a rhythm of its own.
	enoughCustomers = 20
	// The shop's strength is looked for between these. The more alike the customers are, the greater it is.
	weakest, strongest = 0.5, 20.0
)

// LearnRhythm returns the rhythm of a shop from the gaps of its customers: the one under which these gaps are likeliest
// (empirical Bayes, by maximum likelihood). Customers without a gap say nothing. Of fewer than 20 with one it returns the
// default. Replenish stays nil. The gaps of a young shop are short, because the long ones have not ended yet: learn again
// as it grows older.
func LearnRhythm(gaps []Gaps) Rhythm {
	var told manyGaps
	for _, g := range gaps {
		if g.Count > 0 && g.Days > 0 && !math.IsInf(g.Days, 0) {
			told = append(told, g)
		}
	}
	if len(told) < enoughCustomers {
		return Rhythm{MeanGap: defaultMeanGap, Strength: defaultStrength}
	}
	strength := highest(math.Log(weakest), math.Log(strongest), func(x float64) float64 {
		a := math.Exp(x) + 1
		return told.likelihood(a, told.scale(a))
	})
	strength = math.Exp(strength)
	return Rhythm{MeanGap: days(told.scale(strength+1) / strength), Strength: strength}
}

// manyGaps are the gaps of many customers.
type manyGaps []Gaps

// likelihood is the logarithm of how likely the gaps are when the rates of customers follow Gamma(a, b), but for what does
// not depend on a and b.
func (gaps manyGaps) likelihood(a, b float64) float64 {
	sum, logB := 0.0, math.Log(b)
	gammaA, _ := math.Lgamma(a)
	for _, g := range gaps {
		n := float64(g.Count)
		gammaN, _ := math.Lgamma(a + n)
		sum += a*logB - (a+n)*math.Log(b+g.Days) + gammaN - gammaA
	}
	return sum
}

// scale returns the b that makes the gaps likeliest for this a: where the likelihood's slope, which only falls, is zero.
func (gaps manyGaps) scale(a float64) float64 {
	low, high := math.Log(1e-3), math.Log(1e9)
	for range 60 {
		b, slope := math.Exp((low+high)/2), 0.0
		for _, g := range gaps {
			slope += a - (a+float64(g.Count))*b/(b+g.Days)
		}
		if slope > 0 {
			low = math.Log(b)
		} else {
			high = math.Log(b)
		}
	}
	return math.Exp((low + high) / 2)
}

// highest returns where between low and high a function with one peak is highest, by golden section.
func highest(low, high float64, f func(float64) float64) float64 {
	ratio := (math.Sqrt(5) - 1) / 2
	left, right := high-ratio*(high-low), low+ratio*(high-low)
	atLeft, atRight := f(left), f(right)
	for range 30 {
		if atLeft > atRight {
			high, right, atRight = right, left, atLeft
			left = high - ratio*(high-low)
			atLeft = f(left)
		} else {
			low, left, atLeft = left, right, atRight
			right = low + ratio*(high-low)
			atRight = f(right)
		}
	}
	return (low + high) / 2
}
