package journey

import (
	"slices"
	"time"
)

// cancels ends the runs that the event cancels.
func (d *deciding) cancels(e Event) {
	for _, r := range d.active() {
		f := d.flow(r)
		if f == nil || f.touchpoint.CancelIf == "" && !slices.Contains(f.touchpoint.Cancel, e.Name) {
			continue
		}
		if reason := f.cancelledBy(r, e, d.vars(e.Properties, e.Timestamp)); reason != "" {
			d.end(r, reason, e.Timestamp, e.Seq, map[string]any{"event": e.Name})
		}
	}
}

// exits ends the runs whose cancelIf holds after what was decided itself changed what is known of the customer: their phase,
// or a trait.
func (d *deciding) exits(at time.Time) {
	if !d.moved {
		return
	}
	d.moved = false
	for _, r := range d.active() {
		if f := d.flow(r); f != nil && d.cancelIf(f, r.Trigger, at) {
			d.end(r, ReasonCancelIf, at, 0, nil)
		}
	}
}

// cancelledBy says why the event ends the run; "" when it does not. The vars are those at the event.
func (f *flow) cancelledBy(r *Run, e Event, v *vars) Reason {
	t := f.touchpoint
	if slices.Contains(t.Cancel, e.Name) && f.concerns(r, e, v) {
		return ReasonCancelled
	}
	if t.CancelIf != "" && f.cancelIf(&vars{event: r.Trigger.Properties, customer: v.customer, now: v.now}) {
		return ReasonCancelIf
	}
	return ""
}

// cancelIf tells whether the cancelIf condition holds. One that cannot be evaluated does not.
func (f *flow) cancelIf(v *vars) bool {
	ok, err := f.m.holds(f.touchpoint.CancelIf, v)
	return err == nil && ok
}

// cancelIf tells whether the cancelIf condition of a run with that trigger holds.
func (d *deciding) cancelIf(f *flow, trigger Event, now time.Time) bool {
	return f.touchpoint.CancelIf != "" && f.cancelIf(d.vars(trigger.Properties, now))
}

// end ends a run and takes back the message that it waits for. A late event ends it no earlier than it came to its step.
func (d *deciding) end(r *Run, reason Reason, at time.Time, seq int64, detail map[string]any) {
	r = d.change(r)
	at = later(at, r.EnteredAt)
	if r.MessageID != "" {
		d.withdraw(r.MessageID, at)
	}
	d.decide(Decision{
		At: at, Kind: DecidedEnd, Reason: reason, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step,
		MessageID: r.MessageID, EventSeq: seq, Detail: detail,
	})
	d.setDone(r.ID, nil)
	r.Status, r.Reason, r.EndedAt = RunEnded, reason, at
	r.Step, r.Due, r.MessageID = "", time.Time{}, ""
	r.Held, r.HeldSince, r.Before, r.Stood = "", time.Time{}, nil, nil
}

// withdraw takes back a planned message; one planned in this very decision is forgotten. The slot of any other is free once
// it is settled: it may be on its way already.
func (d *deciding) withdraw(messageID string, at time.Time) {
	own := func(msg Message) bool { return msg.ID == messageID }
	if slices.ContainsFunc(d.out.Messages, own) {
		d.out.Messages = slices.DeleteFunc(d.out.Messages, own)
		slots := slices.Clone(d.state.Facts.Slots)
		d.state.Facts.Slots = slices.DeleteFunc(slots, func(slot Slot) bool { return slot.MessageID == messageID })
		d.reconsider(at)
		return
	}
	d.out.Withdrawn = append(d.out.Withdrawn, messageID)
}
