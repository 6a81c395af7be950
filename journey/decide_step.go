package journey

import (
	"slices"
	"time"
)

// enter brings a run to a step at an instant, and on through all that takes no time.
func (d *deciding) enter(f *flow, r *Run, id string, at time.Time) error {
	for {
		if id == "" {
			d.end(r, ReasonCompleted, at, 0, nil)
			return nil
		}
		n := f.nodes[id]
		r = d.change(r)
		r.Step, r.EnteredAt, r.Due, r.MessageID = id, at, time.Time{}, ""
		next, stay, err := d.step(f, r, n, at)
		if err != nil || stay {
			return err
		}
		id = next
	}
}

// step does one step. It answers the id of the step that follows at once, or that the run stays (or has ended) here.
func (d *deciding) step(f *flow, r *Run, n *node, at time.Time) (next string, stay bool, err error) {
	switch n.step.Kind {
	case StepWait:
		r.Due = at.Add(n.step.Wait)
		return "", true, nil
	case StepUntil:
		return d.until(r, n, at)
	case StepWaitFor:
		return d.waitFor(f, r, n, at)
	case StepSend:
		return d.send(f, r, n, at)
	case StepBranch:
		return d.branch(r, n, at), false, nil
	case StepExit:
		d.end(r, ReasonExited, at, 0, map[string]any{"exit": n.step.Reason})
		return "", true, nil
	default:
		return n.next, false, nil
	}
}

func (d *deciding) until(r *Run, n *node, at time.Time) (string, bool, error) {
	due, err := d.m.instant(n.step.Until, d.vars(r.Trigger.Properties, at))
	if err != nil {
		d.end(r, ReasonConditionErr, at, 0, map[string]any{"until": n.step.Until, "error": err.Error()})
		return "", true, nil
	}
	if !due.After(at) {
		return n.next, false, nil
	}
	r.Due = due
	return "", true, nil
}

func (d *deciding) branch(r *Run, n *node, at time.Time) string {
	for i := range n.step.Arms {
		arm := &n.step.Arms[i]
		ok, err := d.m.holds(arm.If, d.vars(r.Trigger.Properties, at))
		if err != nil {
			d.decide(Decision{
				At: at, Kind: DecidedStep, Reason: ReasonConditionErr, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step,
				Detail: map[string]any{"if": arm.If, "error": err.Error()},
			})
			continue
		}
		if ok {
			d.decide(Decision{
				At: at, Kind: DecidedStep, Reason: ReasonBranch, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step,
				Detail: map[string]any{"if": arm.If},
			})
			return n.arms[i]
		}
	}
	d.decide(Decision{
		At: at, Kind: DecidedStep, Reason: ReasonBranch, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step,
		Detail: map[string]any{"else": true},
	})
	return n.els
}

// settle lets the run of the earliest settlement go on from the instant of the handover, or of the decision not to send.
func (d *deciding) settle() error {
	s := d.settled[0]
	d.settled = d.settled[1:]
	i := slices.IndexFunc(d.runs, func(r *Run) bool { return r.Status == RunActive && r.MessageID == s.MessageID })
	if i < 0 {
		return nil
	}
	r := d.runs[i]
	if !s.Sent {
		d.decide(Decision{
			At: s.At, Kind: DecidedNoSend, Reason: s.Reason, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step, MessageID: s.MessageID,
		})
	}
	r = d.change(r)
	r.MessageID = ""
	return d.leave(r, later(s.At, r.EnteredAt), func(n *node) string { return n.next })
}

// wake lets a run go on whose wait is over.
func (d *deciding) wake(r *Run) error {
	at := r.Due
	if f := d.m.compiled.touchpoints[r.Touchpoint]; f != nil {
		if n := f.nodes[r.Step]; n != nil && n.step.Kind == StepSend {
			return d.sendAgain(f, r, n, at)
		}
	}
	return d.leave(r, at, func(n *node) string {
		if n.step.Kind != StepWaitFor {
			return n.next
		}
		d.decide(Decision{
			At: at, Kind: DecidedStep, Reason: ReasonTimedOut, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step,
		})
		return n.els
	})
}

// leave brings a run from its step to the one that follows under the map as it is now.
func (d *deciding) leave(r *Run, at time.Time, next func(*node) string) error {
	f := d.m.compiled.touchpoints[r.Touchpoint]
	if f == nil {
		d.end(r, ReasonGone, at, 0, nil)
		return nil
	}
	n := f.nodes[r.Step]
	if n == nil {
		d.end(r, ReasonStepGone, at, 0, map[string]any{"step": r.Step})
		return nil
	}
	return d.enter(f, r, next(n), at)
}
