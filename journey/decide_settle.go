package journey

import (
	"slices"
	"time"
)

// settle lets the run of the earliest settlement go on from the instant of the handover, or of the decision not to send.
func (d *deciding) settle() error {
	s := d.settled[0]
	d.settled = d.settled[1:]
	d.account(s)
	i := slices.IndexFunc(d.runs, func(r *Run) bool { return r.Status == RunActive && r.MessageID == s.MessageID })
	if i < 0 {
		return nil
	}
	r := d.runs[i]
	if !s.Sent && s.Reason != ReasonUnknown {
		d.forgetDone(r)
	}
	edited := r.Held == ReasonEdited
	if s.Reason == ReasonDeferred && !edited {
		d.putOff(r, s)
		return nil
	}
	at := later(s.At, r.EnteredAt)
	if !s.Sent {
		reason := s.Reason
		if reason == ReasonDeferred {
			// Its step is gone, so nobody tries again; and the next message is another one, at another instant.
			reason, at = ReasonEdited, at.Add(time.Microsecond)
		}
		d.decide(Decision{
			At: s.At, Kind: DecidedNoSend, Reason: reason, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step, MessageID: s.MessageID,
		})
	}
	r = d.change(r)
	r.MessageID = ""
	if s.Reason == ReasonCancelIf {
		d.end(r, ReasonCancelIf, at, 0, nil) // it came to hold by mere passing of time
		return nil
	}
	if f := d.flow(r); f != nil && edited {
		return d.enter(f, r, r.Step, at)
	}
	return d.leave(r, at, func(n *node) string { return n.next })
}

// putOff lets a run try a message again that was not allowed any more when it was to be handed over.
func (d *deciding) putOff(r *Run, s Settlement) {
	r = d.change(r)
	d.decide(Decision{
		At: s.At, Kind: DecidedHeld, Reason: s.Reason, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step, MessageID: s.MessageID,
	})
	// The next message of this step is another one, so it must not be planned at the same instant.
	r.MessageID, r.Held, r.Due = "", s.Reason, later(s.At, r.EnteredAt).Add(time.Microsecond)
}

// account notes when the customer got a message, or that they did not get it, so that it uses no slot.
func (d *deciding) account(s Settlement) {
	facts := &d.state.Facts
	i := slices.IndexFunc(facts.Slots, func(slot Slot) bool { return slot.MessageID == s.MessageID })
	if s.Sent && s.Kind != KindWebhook && s.Class != "" && s.At.After(facts.LastSent[s.Class]) {
		facts.LastSent = with(facts.LastSent, s.Class, s.At, maxRules, itself)
		d.learnt()
		d.reconsiderPaused(s.At)
	}
	if i < 0 {
		return
	}
	facts.Slots = slices.Clone(facts.Slots)
	if s.Sent || s.Reason == ReasonUnknown {
		facts.Slots[i].At, facts.Slots[i].Pending = later(s.At, facts.Slots[i].At), false
		return
	}
	facts.Slots = slices.Delete(facts.Slots, i, i+1)
	d.reconsider(s.At)
}

// rememberSlots is for how long, and mostSlots of how many messages, it is remembered at least that they went out, also while
// no cap looks at them: a cap that is published later counts them too.
const (
	rememberSlots = 92 * day
	mostSlots     = 100
)

// reserve takes a slot for a message that is planned, and forgets slots that no cap looks at, nor a later one could.
func (d *deciding) reserve(messageID string, class Class, at time.Time) {
	if class == Transactional {
		return
	}
	facts := &d.state.Facts
	capped := at.Add(-d.m.Policy.longestPer())
	var kept []Slot
	for i, slot := range facts.Slots {
		recent := slot.At.After(at.Add(-rememberSlots)) && len(facts.Slots)-i < mostSlots
		if slot.Pending || slot.At.After(capped) || recent {
			kept = append(kept, slot)
		}
	}
	facts.Slots = append(kept, Slot{MessageID: messageID, Class: class, At: at, Pending: true})
}
