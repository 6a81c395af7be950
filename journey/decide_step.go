package journey

import "time"

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
		r.Held, r.HeldSince, r.Before, r.Stood = "", time.Time{}, nil, nil
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
		r.Due = n.step.Wait.After(at, d.location())
		return "", true, nil
	case StepUntil:
		return d.until(f, r, n, at)
	case StepWaitFor:
		return d.waitFor(f, r, n, at)
	case StepSend, StepAsk:
		return d.send(f, r, n, at)
	case StepBranch:
		return d.branch(f, r, n, at), false, nil
	case StepSplit:
		return d.split(f, r, n, at), false, nil
	case StepSet:
		d.set(f, r, n, at)
		return n.next, false, nil
	case StepTask:
		return d.task(f, r, n, at)
	case StepWebhook:
		return d.webhook(f, r, n, at)
	case StepExit:
		d.end(r, ReasonExited, at, 0, map[string]any{"exit": n.step.Reason})
		return "", true, nil
	default:
		return n.next, false, nil
	}
}

func (d *deciding) until(f *flow, r *Run, n *node, at time.Time) (string, bool, error) {
	due, err := f.m.instant(n.step.Until, d.vars(r.Trigger.Properties, at))
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

func (d *deciding) branch(f *flow, r *Run, n *node, at time.Time) string {
	for i := range n.step.Arms {
		arm := &n.step.Arms[i]
		ok, err := f.m.holds(arm.If, d.vars(r.Trigger.Properties, at))
		if err != nil {
			d.note(r, DecidedStep, ReasonConditionErr, at, map[string]any{"if": arm.If, "error": err.Error()})
			continue
		}
		if ok {
			d.note(r, DecidedStep, ReasonBranch, at, map[string]any{"if": arm.If})
			return n.arms[i]
		}
	}
	d.note(r, DecidedStep, ReasonBranch, at, map[string]any{"else": true})
	return n.els
}

// split takes the arm that the customer's number falls in. It is the same one every time.
func (d *deciding) split(f *flow, r *Run, n *node, at time.Time) string {
	number := f.share(d.state.CustomerID, f.stepOrigin(n.step))
	chosen := len(n.step.Arms) - 1
	for i := range n.step.Arms {
		if number -= n.step.Arms[i].Share; number < 0 {
			chosen = i
			break
		}
	}
	name := n.step.Arms[chosen].Name
	if r.Variant != "" {
		r.Variant += "/"
	}
	r.Variant += name
	d.note(r, DecidedStep, ReasonSplit, at, map[string]any{"arm": name})
	return n.arms[chosen]
}
