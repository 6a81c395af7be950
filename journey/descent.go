package journey

import (
	"cmp"
	"iter"
	"slices"
)

// named tells whether the touchpoint has or had an id.
func (f *flow) named(id string) bool {
	return f.touchpoint.ID == id || slices.Contains(f.descent.Was, id)
}

// ids are all that the touchpoint has and had.
func (f *flow) ids() iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(f.touchpoint.ID) {
			return
		}
		for _, id := range f.descent.Was {
			if !yield(id) {
				return
			}
		}
	}
}

// share returns the number of a customer in [0, 1) by which chance decides at this touchpoint. Chance knows it by its first
// id, so that a new name moves nobody to another arm.
func (f *flow) share(customerID string, of ...string) float64 {
	return share(customerID, append([]string{f.descent.Origin, cmp.Or(f.touchpoint.Salt, f.descent.Origin)}, of...)...)
}

// stepOrigin returns the first id of a step.
func (f *flow) stepOrigin(s *Step) string {
	if d, ok := f.descent.Steps[s.ID]; ok {
		return d.Origin
	}
	return cmp.Or(append(slices.Clone(s.Was), s.ID)...)
}

// keyOf returns the expression that gave a run its key: that of the version with which it began. Empty when the run has no
// key.
func (f *flow) keyOf(r *Run) string {
	for _, former := range f.descent.Keys {
		if former.Touchpoint == r.Touchpoint && r.BegunVersion != 0 && r.BegunVersion <= former.Through {
			return former.Key
		}
	}
	return f.touchpoint.Key
}

// keysOf returns all expressions that may have given a run its key that has the id.
func (f *flow) keysOf(touchpoint string) []string {
	keys := []string{f.touchpoint.Key}
	for _, former := range f.descent.Keys {
		if former.Touchpoint == touchpoint {
			keys = append(keys, former.Key)
		}
	}
	return keys
}

// called returns what a touchpoint is called in this map that has or had the id; the id itself when there is none.
func (m *Map) called(id string) string {
	if f := m.compiled.touchpoints[id]; f != nil {
		return f.touchpoint.ID
	}
	return id
}

// concerns tells whether an event has the key of a run, by the expression that gave the run its key. A run without a key is
// concerned by every event that is not older than it.
func (f *flow) concerns(r *Run, e Event, v *vars) bool {
	key := f.keyOf(r)
	if key == "" {
		return !e.Timestamp.Before(r.StartedAt)
	}
	return f.m.key(key, v) == r.Key
}
