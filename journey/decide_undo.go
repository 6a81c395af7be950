package journey

import "slices"

// refollow brings a run to where it stands in a newer map. An edit that has not taken effect yet, because it is spread over
// time or a handover is under way, is taken back first: the run follows the newer map from where it stood before. So a map
// that is rolled back in time leaves everybody where they waited.
func (d *deciding) refollow(r *Run, f *flow) error {
	i := slices.Index(d.runs, r)
	if r.Before != nil {
		d.runs[i] = r.back()
	}
	before := d.runs[i].stand()
	if err := d.followRun(d.runs[i], f); err != nil {
		return err
	}
	if now := d.runs[i]; r.Before != nil && now.Status == RunActive && now.Held != ReasonEdited {
		if err := d.tookBack(f, now, r.Step); err != nil {
			return err
		}
	}
	now := d.runs[i]
	if now.Status != RunActive || now.Held != ReasonEdited {
		return nil
	}
	if before.Held != ReasonEdited {
		now.Before = &before
	}
	if again := later(r.Due, d.in.MapSince); r.Held == ReasonEdited && !r.Due.IsZero() && again.Before(now.Due) {
		now.Due = again // one edit after the other puts nobody off
	}
	return nil
}

// stand returns where the run stands.
func (r *Run) stand() Stand {
	return Stand{MapVersion: r.MapVersion, Step: r.Step, EnteredAt: r.EnteredAt, Due: r.Due, Held: r.Held, HeldSince: r.HeldSince}
}

// back returns the run as it stood before the edit that has not taken effect.
func (r *Run) back() *Run {
	own, b := *r, r.Before
	own.MapVersion, own.Step, own.EnteredAt, own.Due = b.MapVersion, b.Step, b.EnteredAt, b.Due
	own.Held, own.HeldSince, own.Before = b.Held, b.HeldSince, nil
	return &own
}

// tookBack makes up for what a run missed that waits again where it waited before an edit: the event that it waits for, or
// the end of its wait. From is the step to which the edit had brought it.
func (d *deciding) tookBack(f *flow, r *Run, from string) error {
	if r.Held == ReasonPaused {
		d.note(r, DecidedHeld, ReasonPaused, later(d.in.MapSince, r.EnteredAt), nil)
		return nil
	}
	if from != r.Step {
		d.note(r, DecidedStep, ReasonEdited, later(d.in.MapSince, r.EnteredAt), map[string]any{"from": from, "to": r.Step})
	}
	if n := f.nodes[r.Step]; n.step.Kind == StepWaitFor {
		if came, err := d.cameMeanwhile(f, r, n); came || err != nil {
			return err
		}
	}
	if !r.Due.IsZero() && r.Due.Before(d.in.MapSince) {
		r.Due = d.editInstant(r)
	}
	return nil
}
