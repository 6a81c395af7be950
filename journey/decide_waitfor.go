package journey

import (
	"slices"
	"time"
)

// waitFor goes on at once when the event came since the run began; otherwise the run waits for it or for the time-out.
func (d *deciding) waitFor(f *flow, r *Run, n *node, at time.Time) (string, bool, error) {
	events, err := d.past(n.step.For.On, r.StartedAt)
	if err != nil {
		return "", false, err
	}
	r.Due = at.Add(n.step.For.Timeout)
	for _, e := range events {
		if e.Seq != r.Trigger.Seq && d.answers(f, r, n.step, e) {
			return "", true, d.eventCame(f, r, n, e)
		}
	}
	return "", true, nil
}

// waitFors lets the runs go on that wait for this event.
func (d *deciding) waitFors(e Event) error {
	for _, r := range d.active() {
		f := d.flow(r)
		if f == nil || !f.waitsFor[e.Name] || r.Held == ReasonEdited {
			continue // an edit brings it to its step later
		}
		n := f.nodes[r.Step]
		if n == nil || n.step.Kind != StepWaitFor || !d.answers(f, r, n.step, e) {
			continue
		}
		if err := d.eventCame(f, r, n, e); err != nil {
			return err
		}
	}
	return nil
}

// answers tells whether the event is the one that the run waits for: of its time, its key and its condition.
func (d *deciding) answers(f *flow, r *Run, s *Step, e Event) bool {
	if !slices.Contains(s.For.On, e.Name) || e.Timestamp.Before(r.StartedAt) || e.Timestamp.After(r.Due) {
		return false
	}
	v := d.vars(e.Properties, e.Timestamp)
	if !f.correlates(s.For.By, r.ID, f.keyOf(r), r.Key, e, v) {
		return false
	}
	ok, err := f.m.holds(s.For.If, v)
	return err == nil && ok
}

// eventCame lets a run go on from its waitFor, at the instant of the event or, when that is earlier, of its coming there.
func (d *deciding) eventCame(f *flow, r *Run, n *node, e Event) error {
	at := later(e.Timestamp, r.EnteredAt)
	d.decide(Decision{
		At: at, Kind: DecidedStep, Reason: ReasonEventCame, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step, EventSeq: e.Seq,
		Detail: map[string]any{"event": e.Name},
	})
	return d.enter(f, r, n.do, at)
}
