package journey

import (
	"cmp"
	"slices"
	"time"
)

// goals notes for which touchpoints the event is what they are for. Their runs end: there is nothing left to aim at.
func (d *deciding) goals(e Event) {
	flows := d.m.compiled.goals[e.Name]
	if len(flows) == 0 && len(d.older) == 0 {
		return
	}
	v := d.vars(e.Properties, e.Timestamp)
	for _, f := range flows {
		for i := range d.exposures {
			x := &d.exposures[i]
			if !x.Closed && d.m.compiled.touchpoints[x.Touchpoint] == f && f.reaches(x, e, v) {
				d.reach(f, x, e)
			}
		}
	}
	for _, r := range d.active() {
		if f := d.flow(r); f != nil && f.meets(r, e, v) {
			d.end(r, ReasonGoalReached, e.Timestamp, e.Seq, map[string]any{"event": e.Name})
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

// reaches tells whether an event reaches the goal of an exposure: within its time, and known before the
// exposure is closed. The vars are those at the event.
func (f *flow) reaches(x *Exposure, e Event, v *vars) bool {
	if e.Timestamp.Before(x.At) || e.Timestamp.After(x.Until) || e.ReceivedAt.After(f.m.closes(x)) {
		return false
	}
	return slices.ContainsFunc(f.keysOf(x.Touchpoint), func(key string) bool { return f.aims(x.RunID, key, x.Key, e, v) })
}

// closes is the last instant at which an event may come that still counts for an exposure.
func (m *Map) closes(x *Exposure) time.Time { return x.Until.Add(m.Fresh) }

// meets tells whether an event makes a run needless: its goal is reached, in time if a message went out, and also before
// any did. The vars are those at the event.
func (f *flow) meets(r *Run, e Event, v *vars) bool {
	if e.Timestamp.Before(r.StartedAt) || !r.ExposedAt.IsZero() && e.Timestamp.After(r.ExposedAt.Add(f.touchpoint.Goal.Within)) {
		return false
	}
	return f.aims(r.ID, f.keyOf(r), r.Key, e, v)
}

// aims tells whether an event is the goal of a run, whose key came from an expression.
func (f *flow) aims(runID, expression, key string, e Event, v *vars) bool {
	goal := &f.touchpoint.Goal
	if !slices.Contains(goal.On, e.Name) {
		return false
	}
	if !f.correlates(goal.By, runID, expression, key, e, v) {
		return false
	}
	ok, err := f.m.holds(goal.If, v)
	return err == nil && ok
}

// correlates tells whether an event is about a run, as by says or, when it says nothing, the key. How a message fares and how
// a question was answered is by itself about the run that sent it, and about no other run of the same key.
func (f *flow) correlates(by, runID, expression, key string, e Event, v *vars) bool {
	switch {
	case by == ByAny:
		return true
	case by == "" && e.namesRun():
		return e.Properties["run_id"] == runID
	case key == "":
		return true
	case by == "" && expression == "":
		return false // its touchpoint has no key any more
	}
	return f.m.key(cmp.Or(by, expression), v) == key
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
		if !x.Closed && d.in.Now.After(d.m.closes(x)) {
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
