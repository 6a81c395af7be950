package simulate

import (
	"slices"

	"klantreis/journey"
)

// apply writes an outcome to the customer. It is the one place that knows what an outcome can hold.
func (c *Customer) apply(out *journey.Outcome) {
	runs, exposures := c.state.Runs, c.state.Exposures
	c.state = out.State
	c.state.Runs, c.state.Exposures = runs, exposures
	for i := range out.State.Runs {
		c.keepRun(&out.State.Runs[i])
	}
	for i := range out.State.Exposures {
		c.keepExposure(&out.State.Exposures[i])
	}
	c.next = out.Next
	if len(out.Withdrawn) > 0 {
		c.open = slices.DeleteFunc(c.open, func(m journey.Message) bool { return slices.Contains(out.Withdrawn, m.ID) })
	}
	c.open = append(c.open, out.Messages...)
}

// keepRun keeps a run that was started or changed: among those under way, in the order of their start, or as the last one
// of its kind.
func (c *Customer) keepRun(r *journey.Run) {
	i := slices.IndexFunc(c.state.Runs, func(old journey.Run) bool { return old.ID == r.ID })
	if i < 0 && r.StartedAt.After(c.started[r.Touchpoint]) {
		c.started[r.Touchpoint] = r.StartedAt
	}
	switch active := r.Status == journey.RunActive; {
	case active && i < 0:
		c.state.Runs = append(c.state.Runs, *r)
	case active:
		c.state.Runs[i] = *r
	default:
		if i >= 0 {
			c.state.Runs = slices.Delete(c.state.Runs, i, i+1)
		}
		c.keepEnded(*r)
	}
}

func (c *Customer) keepEnded(r journey.Run) {
	key := runKey{r.Touchpoint, r.Key}
	if c.last[key].Nth > r.Nth {
		return
	}
	r.Trigger = journey.Event{}
	c.last[key] = r
}

// keepExposure keeps an exposure that was made or changed, until it is closed.
func (c *Customer) keepExposure(x *journey.Exposure) {
	i := slices.IndexFunc(c.state.Exposures, func(old journey.Exposure) bool { return old.RunID == x.RunID })
	switch {
	case i < 0 && !x.Closed:
		c.state.Exposures = append(c.state.Exposures, *x)
	case i >= 0 && !x.Closed:
		c.state.Exposures[i] = *x
	case i >= 0:
		c.state.Exposures = slices.Delete(c.state.Exposures, i, i+1)
	}
}
