package journey

import (
	"slices"
	"time"
)

// goals notes for which touchpoints the event is what they are for. Their runs end: there is nothing left to aim at.
func (d *deciding) goals(e Event) {
	flows := d.m.compiled.goals[e.Name]
	if len(flows) == 0 {
		return
	}
	v, active := d.vars(e.Properties, e.Timestamp), d.active()
	for _, f := range flows {
		for i := range d.exposures {
			x := &d.exposures[i]
			if !x.Closed && d.m.compiled.touchpoints[x.Touchpoint] == f && d.m.reaches(f.touchpoint, x, e, v) {
				d.reach(f, x, e)
			}
		}
		for _, r := range active {
			if d.m.compiled.touchpoints[r.Touchpoint] == f && d.m.meets(f.touchpoint, r, e, v) {
				d.end(r, ReasonGoalReached, e.Timestamp, e.Seq, map[string]any{"event": e.Name})
			}
		}
	}
}

// reach closes an exposure whose goal is reached.
func (d *deciding) reach(f *flow, x *Exposure, e Event) {
	d.exposed[x.RunID] = true
	x.ReachedAt, x.Closed = e.Timestamp, true
	detail := map[string]any{"event": e.Name, "arm": x.Arm}
	if f.touchpoint.Goal.Value != "" {
		value, err := d.m.number(f.touchpoint.Goal.Value, d.vars(e.Properties, e.Timestamp))
		if err != nil {
			detail["error"] = err.Error()
		}
		x.Value = value
		detail["value"] = value
	}
	d.decide(Decision{
		At: e.Timestamp, Kind: DecidedGoal, Reason: ReasonGoalReached, Touchpoint: x.Touchpoint, RunID: x.RunID, EventSeq: e.Seq,
		Detail: detail,
	})
}

// reaches tells whether an event reaches the goal of an exposure: within its time.
func (m *Map) reaches(t *Touchpoint, x *Exposure, e Event, v *vars) bool {
	return !e.Timestamp.Before(x.At) && !e.Timestamp.After(x.Until) && m.aims(t, x.Key, e, v)
}

// meets tells whether an event makes a run needless: its goal is reached, in time if a message went out, and also before
// any did.
func (m *Map) meets(t *Touchpoint, r *Run, e Event, v *vars) bool {
	if e.Timestamp.Before(r.StartedAt) || !r.ExposedAt.IsZero() && e.Timestamp.After(r.ExposedAt.Add(t.Goal.Within)) {
		return false
	}
	return m.aims(t, r.Key, e, v)
}

// aims tells whether an event is the goal of a touchpoint for a key. The vars are those at the event.
func (m *Map) aims(t *Touchpoint, key string, e Event, v *vars) bool {
	if !slices.Contains(t.Goal.On, e.Name) {
		return false
	}
	by := t.Goal.By
	if by == "" {
		by = t.Key
	}
	if by != "" && m.key(by, v) != key {
		return false
	}
	ok, err := m.holds(t.Goal.If, v)
	return err == nil && ok
}

// expose notes that policy allows the first message of a run.
func (d *deciding) expose(f *flow, r *Run, arm string, at time.Time) {
	if !r.ExposedAt.IsZero() {
		return
	}
	r.ExposedAt = at
	if len(f.touchpoint.Goal.On) == 0 {
		return
	}
	d.exposures = append(d.exposures, Exposure{
		RunID: r.ID, Touchpoint: r.Touchpoint, Key: r.Key, Arm: arm, Variant: r.Variant,
		At: at, Until: at.Add(f.touchpoint.Goal.Within),
	})
	d.exposed[r.ID] = true
}

// closeExposures closes those whose goal can no longer be reached by an event that comes in reasonable time.
func (d *deciding) closeExposures() {
	if !d.in.Horizon.IsZero() {
		return // the events that did not fit are here already
	}
	for i := range d.exposures {
		x := &d.exposures[i]
		if !x.Closed && d.in.Now.After(x.Until.Add(d.m.Fresh)) {
			x.Closed = true
			d.exposed[x.RunID] = true
		}
	}
}

// observe counts a contact that the customer makes.
func (d *deciding) observe(e Event) {
	for _, t := range d.m.compiled.observers[e.Name] {
		if ok, err := d.m.holds(t.If, d.vars(e.Properties, e.Timestamp)); err == nil && ok {
			d.decide(Decision{
				At: e.Timestamp, Kind: DecidedSeen, Reason: ReasonObserved, Touchpoint: t.ID, EventSeq: e.Seq,
				Detail: map[string]any{"event": e.Name},
			})
		}
	}
}
