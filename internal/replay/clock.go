package replay

import "time"

// Clock relates journey time to real time: journey = J0 + (real - R0) x Speed.
type Clock struct {
	// J0 is the journey instant that belongs to the real instant R0.
	J0 time.Time `json:"j0"`
	// R0 is a real instant.
	R0 time.Time `json:"r0"`
	// Speed is how many journey seconds pass in a real one.
	Speed float64 `json:"speed"`
}

// Journey returns the journey instant of a real one.
func (c Clock) Journey(real time.Time) time.Time {
	return c.J0.Add(time.Duration(float64(real.Sub(c.R0)) * c.Speed)).UTC()
}

// Real returns the real instant of a journey instant.
func (c Clock) Real(journey time.Time) time.Time {
	return c.R0.Add(c.real(journey.Sub(c.J0))).UTC()
}

// real returns the real duration of one in journey time.
func (c Clock) real(journey time.Duration) time.Duration {
	return time.Duration(float64(journey) / c.Speed)
}

// journey returns the journey duration of a real one.
func (c Clock) journey(real time.Duration) time.Duration {
	return time.Duration(float64(real) * c.Speed)
}
