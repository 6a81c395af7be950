package journey

import (
	"cmp"
	"slices"
	"time"
)

// LastLook is what is known in the moment before a mail is handed over.
type LastLook struct {
	// State is the customer; its runs and exposures are not looked at.
	State State
	// Run is the run that planned the mail.
	Run Run
	// Class is the mail's class.
	Class Class
	// Suppressed is why the address that the mail would go to must not be mailed. Empty when it may be.
	Suppressed SuppressionReason
	// Unseen are the customer's stored events that no decision has seen yet, in order of arrival.
	Unseen []Event
	// Rhythm is how often the shop's customers order, as the decision that planned the mail was told it.
	Rhythm Rhythm
	// Now is the instant, in journey time.
	Now time.Time
	// Versions gives older versions of the map. May be nil.
	Versions Versions
}

// Unwanted says why a mail is not to be handed over, given also what happened since it was planned; "" when it is to be.
// ReasonDeferred means that it may be wanted later: Decide, given such a settlement, tries again.
func (m *Map) Unwanted(in LastLook) (Reason, error) {
	r, s := &in.Run, &in.State
	if r.Status != RunActive {
		return r.Reason, nil
	}
	f, err := m.follows(r, in.Versions)
	if err != nil {
		return "", err
	}
	if f == nil {
		return ReasonGone, nil
	}
	for _, e := range in.Unseen {
		s.Facts = s.Facts.learn(e)
		v := &vars{event: e.Properties, customer: m.customer(s, e.Timestamp, in.Rhythm), now: e.Timestamp}
		if reason := f.endedBy(r, e, v); reason != "" {
			return reason, nil
		}
		if phase := m.target(s.Phase, e.Name, v); phase >= 0 {
			s.Phase, s.PhaseSince = m.Phases[phase].ID, e.Timestamp
		}
	}
	if f.touchpoint.CancelIf != "" &&
		f.cancelIf(&vars{event: r.Trigger.Properties, customer: m.customer(s, in.Now, in.Rhythm), now: in.Now}) {
		return ReasonCancelIf, nil
	}
	if in.Suppressed.Blocks(in.Class) {
		return ReasonSuppressed, nil
	}
	return m.refuses(&in, f), nil
}

// endedBy says why an event will end a run; "" when it will not.
func (f *flow) endedBy(r *Run, e Event, v *vars) Reason {
	if f.meets(r, e, v) {
		return ReasonGoalReached
	}
	if reason := f.cancelledBy(r, e, v); reason != "" {
		return reason
	}
	if f.restarts(r, e, v) {
		return ReasonRestarted
	}
	return ""
}

// refuses says why policy does not let a message go now.
func (m *Map) refuses(in *LastLook, f *flow) Reason {
	s, r, class, now := &in.State, &in.Run, in.Class, in.Now
	if live := m.compiled.touchpoints[r.Touchpoint]; m.Paused || live != nil && live.touchpoint.Paused {
		return ReasonDeferred
	}
	if class == Transactional {
		return ""
	}
	if reason, _ := m.agreed(s.Facts, class, m.topicOf(r, f), now); reason != "" {
		return reason
	}
	if s.Facts.weekTaken(r.MessageID, now) {
		return ReasonDeferred
	}
	if m.classPaused(class, &vars{customer: m.customer(s, now, in.Rhythm), now: now}) != "" {
		return ReasonDeferred
	}
	if open, ok := m.open(class, now, m.location(s.Facts)); !ok || !open.Equal(now) {
		return ReasonDeferred
	}
	return ""
}

// restarts tells whether the event will end the run by starting it afresh.
func (f *flow) restarts(r *Run, e Event, v *vars) bool {
	t := f.touchpoint
	if t.Cooldown > 0 && (t.Key != "" || e.Timestamp.Before(r.StartedAt.Add(t.Cooldown))) {
		return false // with a key, a run that is not known here may be newer
	}
	if t.Again != AgainRestart || e.Imported || !slices.Contains(t.On, e.Name) || e.Age > cmp.Or(t.Fresh, f.m.Fresh) || e.Timestamp.Before(r.StartedAt) {
		return false
	}
	if ok, err := f.m.holds(t.If, v); err != nil || !ok {
		return false
	}
	return t.Key == "" || f.m.key(f.keyOf(r), v) == r.Key
}
