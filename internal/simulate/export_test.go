package simulate

import "klantreis/journey"

// Know makes facts known that no event has told.
func (c *Customer) Know(f journey.Facts) { c.state.Facts = f }
