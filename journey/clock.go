package journey

import (
	"math"
	"math/big"
	"time"
)

// Clock relates journey time to real time: journey = J0 + (real - R0) x Speed. The zero Clock is real time.
// It is exact to the nanosecond within 292 years of J0 and R0.
type Clock struct {
	// J0 is the journey instant that belongs to R0.
	J0 time.Time
	// R0 is the real instant at which the clock was set.
	R0 time.Time
	// Speed is how many journey seconds pass in a real one. Zero means 1.
	Speed float64
	// Started is true when J0 was chosen (--clock-start): clients then send journey time, and sentAt is ignored.
	Started bool
}

// Journey returns the journey instant of a real one.
func (c Clock) Journey(real time.Time) time.Time {
	if c.isReal() {
		return real.UTC()
	}
	num, den := scale(real.Sub(c.R0), c.speed())
	return c.J0.Add(nanoseconds(num.Div(num, den))).UTC()
}

// Real returns the first real instant at which a journey instant is reached.
func (c Clock) Real(journey time.Time) time.Time {
	if c.isReal() {
		return journey.UTC()
	}
	num, den := scale(journey.Sub(c.J0), new(big.Rat).Inv(c.speed()))
	// Rounded up, by rounding the negative down: a timer set for an instant rounded down would ring too early.
	num.Neg(num.Div(num.Neg(num), den))
	return c.R0.Add(nanoseconds(num)).UTC()
}

func (c Clock) isReal() bool {
	return (c.Speed == 0 || c.Speed == 1) && c.J0.Equal(c.R0)
}

func (c Clock) speed() *big.Rat {
	if c.Speed == 0 {
		return big.NewRat(1, 1)
	}
	return new(big.Rat).SetFloat64(c.Speed)
}

// scale returns d times by as a fraction. A float64 would lose microseconds over years.
func scale(d time.Duration, by *big.Rat) (num, den *big.Int) {
	return new(big.Int).Mul(big.NewInt(int64(d)), by.Num()), by.Denom()
}

// nanoseconds returns a count of them as a duration, at most the longest there is.
func nanoseconds(n *big.Int) time.Duration {
	switch {
	case n.IsInt64():
		return time.Duration(n.Int64())
	case n.Sign() < 0:
		return math.MinInt64
	default:
		return math.MaxInt64
	}
}
