package journey

import (
	"fmt"
	"reflect"
	"slices"
	"time"
)

// followAll brings the runs under way under the map of this decision, if it is a newer one than they followed.
func (d *deciding) followAll() error {
	edited := false
	for _, r := range d.active() {
		if r.MapVersion == d.in.MapVersion && d.follows(r) {
			continue
		}
		edited = true
		f, err := d.m.follows(r, d.in.Versions)
		if err != nil {
			return err
		}
		switch {
		case f == nil:
			d.end(r, ReasonGone, later(d.in.MapSince, r.EnteredAt), 0, nil)
		case f.m != d.m:
			if err := d.keepOlder(r, f); err != nil {
				return err
			}
		case r.MapVersion != d.in.MapVersion:
			if err := d.refollow(r, f); err != nil {
				return err
			}
		}
	}
	if edited {
		d.unite()
	}
	return nil
}

// unite ends the runs of two touchpoints that have become one, where both are under way for one key: the one that has mailed
// goes on, and otherwise the older one.
func (d *deciding) unite() {
	before := func(a, b *Run) bool {
		if mailedA, mailedB := !a.ExposedAt.IsZero(), !b.ExposedAt.IsZero(); mailedA != mailedB {
			return mailedA
		}
		return a.StartedAt.Before(b.StartedAt) || a.StartedAt.Equal(b.StartedAt) && a.ID < b.ID
	}
	for _, r := range d.active() {
		for _, other := range d.active() {
			if r.Touchpoint != other.Touchpoint && r.Key == other.Key && d.m.called(r.Touchpoint) == d.m.called(other.Touchpoint) && before(other, r) {
				d.end(r, ReasonUnited, later(d.in.MapSince, r.EnteredAt), 0, map[string]any{"run": other.ID})
				break
			}
		}
	}
}

// follows tells at a glance that a run follows the map of this decision.
func (d *deciding) follows(r *Run) bool {
	f := d.m.compiled.touchpoints[r.Touchpoint]
	return f != nil && (f.inFlight() == Follow || r.BegunVersion == d.in.MapVersion)
}

// follows returns the steps that a run is to follow under this map: its own, or those of the version with which it began
// when the map lets runs finish. Nil when the touchpoint is gone.
func (m *Map) follows(r *Run, versions Versions) (*flow, error) {
	live := m.compiled.touchpoints[r.Touchpoint]
	inFlight := m.InFlight
	if live != nil {
		inFlight = live.inFlight()
	}
	if inFlight != Finish || versions == nil || r.BegunVersion == 0 {
		return live, nil
	}
	begun, err := versions.Version(r.BegunVersion)
	if err != nil {
		return nil, fmt.Errorf("read version %d of the map: %w", r.BegunVersion, err)
	}
	if begun == nil || begun == m || begun.compiled.touchpoints[r.Touchpoint] == nil {
		return live, nil
	}
	return begun.compiled.touchpoints[r.Touchpoint], nil
}

// keepOlder lets a run follow the version with which it began, or return to it when it followed a newer one meanwhile.
// What was paused goes on when it no longer is, and what policy holds is looked at again: both are those of the newer map.
func (d *deciding) keepOlder(r *Run, f *flow) error {
	if d.older == nil {
		d.older = map[string]*flow{}
	}
	d.older[r.ID] = f
	if r.MapVersion != r.BegunVersion {
		return d.refollow(r, f)
	}
	switch newer := d.in.FormerVersion != 0 && d.in.FormerVersion != d.in.MapVersion; {
	case r.Held == ReasonPaused && !d.paused(r):
		d.resume(r, r.Step)
	case newer && !r.HeldSince.IsZero():
		d.tryAgain(d.change(r))
	}
	return nil
}

// followRun brings a run to where it stands in a newer map: at the same step, or at the next one that is left.
func (d *deciding) followRun(r *Run, f *flow) error {
	way, err := d.wayTo(r, f)
	if err != nil {
		return err
	}
	r = d.change(r)
	r.Stood = way.stood
	step, same := way.find(r.Step)
	switch {
	case step == "":
		d.end(r, ReasonStepGone, later(d.in.MapSince, r.EnteredAt), 0, map[string]any{"step": r.Step})
		return nil
	case !same:
		d.note(r, DecidedStep, ReasonEdited, later(d.in.MapSince, r.EnteredAt), map[string]any{"from": r.Step, "to": step})
		d.resume(r, step)
		return nil
	}
	was := r.Step
	r.Step = step
	if r.Held == ReasonPaused && !d.paused(r) {
		d.resume(r, step)
		return nil
	}
	if !r.HeldSince.IsZero() {
		d.tryAgain(r)
	}
	if way.from == nil || way.from.nodes[was] == nil || sameWait(way.from.nodes[was].step, f.nodes[step].step) {
		return nil
	}
	return d.waitAnew(f, r, f.nodes[step])
}

// resume brings a run to a step at the instant of the edit. What the edit makes due for many is spread over time.
func (d *deciding) resume(r *Run, step string) {
	r = d.change(r)
	r.Step, r.Held, r.HeldSince, r.Due = step, ReasonEdited, time.Time{}, d.editInstant(r)
	if r.MessageID != "" {
		r.Due = time.Time{} // its handover is under way, and brings the run there
	}
}

// tryAgain lets a message that policy holds try again at the instant of the edit, because the newer map may hold back less:
// or before, when it does so anyway. An edit puts nobody off.
func (d *deciding) tryAgain(r *Run) {
	again, edit := later(r.Due, d.in.MapSince), d.editInstant(r)
	if edit.Before(again) {
		again = edit
	}
	r.Due = again
}

// editInstant is when what the edit changed takes effect for the customer, no sooner than the run came to its step.
func (d *deciding) editInstant(r *Run) time.Time {
	return later(d.editedAt().Add(spreadOffset(d.state.CustomerID, d.m.Policy.Spread)), r.EnteredAt)
}

// editedAt is when the map of this decision was published.
func (d *deciding) editedAt() time.Time {
	if d.in.MapSince.IsZero() {
		return d.in.Now
	}
	return d.in.MapSince
}

// waitAnew measures a changed wait from when the run came to it, so that the time waited already counts.
func (d *deciding) waitAnew(f *flow, r *Run, n *node) error {
	switch n.step.Kind {
	case StepWait:
		r.Due = n.step.Wait.After(r.EnteredAt, d.location())
	case StepUntil:
		due, err := f.m.instant(n.step.Until, d.vars(r.Trigger.Properties, r.EnteredAt))
		if err != nil {
			return nil //nolint:nilerr // the run keeps the instant that it had: an edit ejects nobody
		}
		r.Due = due
	case StepWaitFor:
		r.Due = r.EnteredAt.Add(n.step.For.Timeout)
		if came, err := d.cameMeanwhile(f, r, n); came || err != nil {
			return err
		}
	default:
		return nil
	}
	if r.Due.Before(d.editedAt()) {
		r.Due = d.editInstant(r) // it is over because of the edit
	}
	d.note(r, DecidedStep, ReasonEdited, later(d.in.MapSince, r.EnteredAt), map[string]any{"until": r.Due.Format(time.RFC3339)})
	return nil
}

// cameMeanwhile lets a run go on from a waitFor whose event came when the run did not wait for it.
func (d *deciding) cameMeanwhile(f *flow, r *Run, n *node) (bool, error) {
	events, err := d.past(n.step.For.On, r.StartedAt)
	if err != nil {
		return false, err
	}
	for _, e := range append(events, d.slept(n.step.For.On)...) {
		if e.Seq == r.Trigger.Seq || !d.answers(f, r, n.step, e) {
			continue
		}
		d.note(r, DecidedStep, ReasonEventCame, d.editInstant(r), map[string]any{"event": e.Name})
		if n.do == "" {
			d.end(r, ReasonCompleted, d.editInstant(r), 0, nil)
		} else {
			d.resume(r, n.do)
		}
		return true, nil
	}
	return false, nil
}

// slept are the events of this decision that arrived when nothing listened to them. For an edit that makes something listen
// they are past as those are that another event brought along.
func (d *deciding) slept(names []string) []Event {
	return slices.DeleteFunc(slices.Clone(d.in.Events), func(e Event) bool { return !e.Dormant || !slices.Contains(names, e.Name) })
}

// sameWait tells whether two steps wait for the same thing.
func sameWait(a, b *Step) bool {
	return a.Wait == b.Wait && a.Until == b.Until && reflect.DeepEqual(a.For, b.For)
}
