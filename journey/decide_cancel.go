package journey

import (
	"slices"
	"time"
)

// cancels ends the runs that the event cancels.
func (d *deciding) cancels(e Event) {
	for _, r := range d.active() {
		if reason := d.m.cancelledBy(&d.state, r, e); reason != "" {
			d.end(r, reason, e.Timestamp, e.Seq, map[string]any{"event": e.Name})
		}
	}
}

// cancelledBy says why the event ends the run; "" when it does not.
func (m *Map) cancelledBy(s *State, r *Run, e Event) Reason {
	f := m.compiled.touchpoints[r.Touchpoint]
	if f == nil {
		return ""
	}
	t := f.touchpoint
	if slices.Contains(t.Cancel, e.Name) && m.concerns(s, t, r, e) {
		return ReasonCancelled
	}
	if m.cancelIf(t, s, r.Trigger, e.Timestamp) {
		return ReasonCancelIf
	}
	return ""
}

// cancelIf tells whether the cancelIf condition of a run with that trigger holds. One that cannot be evaluated does not.
func (m *Map) cancelIf(t *Touchpoint, s *State, trigger Event, now time.Time) bool {
	if t.CancelIf == "" {
		return false
	}
	ok, err := m.holds(t.CancelIf, &vars{event: trigger.Properties, customer: s.customer(), now: now})
	return err == nil && ok
}

// concerns tells whether an event is about the run: it has the run's key, or, for a run without one, is not older.
func (m *Map) concerns(s *State, t *Touchpoint, r *Run, e Event) bool {
	if t.Key == "" {
		return !e.Timestamp.Before(r.StartedAt)
	}
	return m.key(t.Key, &vars{event: e.Properties, customer: s.customer(), now: e.Timestamp}) == r.Key
}

// end ends a run and takes back the message that it waits for. A late event ends it no earlier than it came to its step.
func (d *deciding) end(r *Run, reason Reason, at time.Time, seq int64, detail map[string]any) {
	r = d.change(r)
	at = later(at, r.EnteredAt)
	if r.MessageID != "" {
		d.withdraw(r.MessageID)
	}
	d.decide(Decision{
		At: at, Kind: DecidedEnd, Reason: reason, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step,
		MessageID: r.MessageID, EventSeq: seq, Detail: detail,
	})
	r.Status, r.Reason, r.EndedAt = RunEnded, reason, at
	r.Step, r.Due, r.MessageID = "", time.Time{}, ""
}

// withdraw takes back a planned message; one planned in this very decision is forgotten.
func (d *deciding) withdraw(messageID string) {
	own := func(msg Message) bool { return msg.ID == messageID }
	if slices.ContainsFunc(d.out.Messages, own) {
		d.out.Messages = slices.DeleteFunc(d.out.Messages, own)
		return
	}
	d.out.Withdrawn = append(d.out.Withdrawn, messageID)
}

// Unwanted says why a message that is about to be handed over is no longer wanted, given the run that planned it and the
// customer's events that no decision has seen yet; "" when it is still wanted.
func (m *Map) Unwanted(s State, r Run, unseen []Event) Reason {
	if r.Status != RunActive {
		return r.Reason
	}
	f := m.compiled.touchpoints[r.Touchpoint]
	if f == nil {
		return ReasonGone
	}
	if m.cancelIf(f.touchpoint, &s, r.Trigger, r.EnteredAt) {
		return ReasonCancelIf
	}
	for _, e := range unseen {
		s.Facts = s.Facts.learn(e)
		if reason := m.cancelledBy(&s, &r, e); reason != "" {
			return reason
		}
		if m.restarts(f, &s, &r, e) {
			return ReasonRestarted
		}
	}
	return ""
}

// restarts tells whether the event will end the run by starting it afresh.
func (m *Map) restarts(f *flow, s *State, r *Run, e Event) bool {
	t := f.touchpoint
	if t.Again != AgainRestart || !slices.Contains(t.On, e.Name) || e.Age > m.Fresh || e.Timestamp.Before(r.StartedAt) {
		return false
	}
	v := &vars{event: e.Properties, customer: s.customer(), now: e.Timestamp}
	if ok, err := m.holds(t.If, v); err != nil || !ok {
		return false
	}
	return t.Key == "" || m.key(t.Key, v) == r.Key
}
