package simulate

import (
	"cmp"
	"slices"
	"time"

	"klantreis/journey"
)

// runKey is what the runs of a customer are counted by.
type runKey struct{ touchpoint, key string }

// consume makes the events of a decision part of the past.
func (c *Customer) consume(events []journey.Event) {
	for i := range events {
		name := events[i].Name
		c.past[name] = append(c.past[name], events[i])
	}
}

// Named implements journey.Past. The answer is the customer's own as far as it can be, and must not be changed.
func (c *Customer) Named(names []string, since time.Time) ([]journey.Event, error) {
	var found []journey.Event
	sorted := true
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			continue
		}
		events := from(c.past[name], since)
		switch {
		case len(events) == 0:
		case found == nil:
			found = slices.Clip(events)
		default:
			found = append(found, events...)
			sorted = false
		}
	}
	if !sorted {
		slices.SortFunc(found, func(a, b journey.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	}
	return found, nil
}

// from returns the events that are stamped at or after an instant: the same slice when all of them are.
func from(events []journey.Event, since time.Time) []journey.Event {
	if since.IsZero() {
		return events
	}
	early := slices.IndexFunc(events, func(e journey.Event) bool { return e.Timestamp.Before(since) })
	if early < 0 {
		return events
	}
	var found []journey.Event
	found = append(found, events[:early]...)
	for _, e := range events[early:] {
		if !e.Timestamp.Before(since) {
			found = append(found, e)
		}
	}
	return found
}

// LastRun implements journey.Past.
func (c *Customer) LastRun(touchpoint, key string) (journey.Run, bool, error) {
	for i := range slices.Backward(c.state.Runs) {
		if r := &c.state.Runs[i]; r.Touchpoint == touchpoint && r.Key == key {
			return *r, true, nil
		}
	}
	r, ok := c.last[runKey{touchpoint, key}]
	return r, ok, nil
}

// LastStart implements journey.Past.
func (c *Customer) LastStart(touchpoint string) (time.Time, bool, error) {
	at, ok := c.started[touchpoint]
	return at, ok, nil
}

// Latest implements journey.Past.
func (c *Customer) Latest(names []string) (map[string]time.Time, error) {
	latest := map[string]time.Time{}
	for _, name := range names {
		for i := range c.past[name] {
			if at := c.past[name][i].Timestamp; i == 0 || at.After(latest[name]) {
				latest[name] = at
			}
		}
	}
	return latest, nil
}
