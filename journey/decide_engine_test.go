package journey

import (
	"slices"
	"time"

	"github.com/stretchr/testify/require"
)

// engineStart is the instant from which tests count.
var engineStart = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// engine is everything around Decide, in memory and in virtual time: the record, the timer and the provider.
type engine struct {
	t       require.TestingT
	m       *Map
	version int64
	decided int64 // the version of the last decision
	older   map[int64]*Map
	since   time.Time // when the version was published
	state   State
	now     time.Time
	// decider decides. It is the map unless a test puts itself in between.
	decider func(Input) (Outcome, error)
	// part is the most events that one decision is given. Zero means all.
	part int
	// provider says when a message planned now is settled, and how.
	provider func(Message) (after time.Duration, refused Reason)
	// lazy makes the timer ring only when something else happens.
	lazy bool
	// seen is called with every outcome, settling with every message that is settled.
	seen     func(Outcome)
	settling func(Message, Settlement)

	seq      int64
	planned  map[string]Message
	consumed []Event
	arrived  []Event
	underWay []handover
	settled  []Settlement
	next     time.Time
}

type handover struct {
	message Message
	at      time.Time
	refused Reason
}

func newEngine(t require.TestingT, m *Map, customerID string) *engine {
	e := &engine{
		t: t, m: m, version: 1, now: engineStart,
		state:    State{CustomerID: customerID, Facts: agreeable()},
		planned:  map[string]Message{},
		provider: func(Message) (time.Duration, Reason) { return 0, "" },
		seen:     func(Outcome) {},
		settling: func(Message, Settlement) {},
	}
	e.decider = func(in Input) (Outcome, error) { return e.m.Decide(in) }
	return e
}

// agreeable is what is known of a customer who agreed to everything.
func agreeable() Facts {
	yes := Consent{Given: true, At: engineStart.Add(-time.Hour)}
	return Facts{Consents: map[Class]Consent{Service: yes, Marketing: yes}}
}

// Named implements Past. The slice has room at its end, so that appending to it would show.
func (e *engine) Named(names []string, since time.Time) ([]Event, error) {
	found := make([]Event, 0, len(e.consumed)+8)
	for _, event := range e.consumed {
		if slices.Contains(names, event.Name) && !event.Timestamp.Before(since) {
			found = append(found, event)
		}
	}
	return found, nil
}

// LastRun implements Past.
func (e *engine) LastRun(touchpoint, key string) (Run, bool, error) {
	for _, r := range slices.Backward(e.state.Runs) {
		if r.Touchpoint == touchpoint && r.Key == key {
			return r, true, nil
		}
	}
	return Run{}, false, nil
}

// LastStart implements Past.
func (e *engine) LastStart(touchpoint string) (newest time.Time, found bool, err error) {
	for _, r := range e.state.Runs {
		if r.Touchpoint == touchpoint {
			newest, found = later(newest, r.StartedAt), true
		}
	}
	return newest, found, nil
}

// Latest implements Past.
func (e *engine) Latest(names []string) (map[string]time.Time, error) {
	latest := map[string]time.Time{}
	for _, event := range e.consumed {
		if slices.Contains(names, event.Name) {
			latest[event.Name] = later(latest[event.Name], event.Timestamp)
		}
	}
	return latest, nil
}

// Version implements Versions.
func (e *engine) Version(version int64) (*Map, error) {
	if version == e.version {
		return e.m, nil
	}
	return e.older[version], nil
}

// publish makes another map the live one, with what it inherits from the one before.
func (e *engine) publish(m *Map) {
	lineage, _ := m.Descend(e.m.Lineage(), e.version)
	m.Inherit(lineage)
	if e.older == nil {
		e.older = map[int64]*Map{}
	}
	e.older[e.version] = e.m
	e.m, e.since = m, e.now
	e.version++
}

// active returns the state as a decision is given it: without the runs that ended.
func (e *engine) active() State {
	s := e.state
	s.Runs = nil
	for _, r := range e.state.Runs {
		if r.Status == RunActive {
			s.Runs = append(s.Runs, r)
		}
	}
	s.Exposures = nil
	for _, x := range e.state.Exposures {
		if !x.Closed {
			s.Exposures = append(s.Exposures, x)
		}
	}
	return s
}

// store stores events that come now. It gives them their place in the order of arrival.
func (e *engine) store(events ...Event) {
	for _, event := range events {
		e.seq++
		event.Seq = e.seq
		event.ReceivedAt = e.now
		e.arrived = append(e.arrived, event)
	}
}

// decide decides until nothing is left to be handled now. The provider is called when all events are handled.
func (e *engine) decide() {
	for n := 0; ; n++ {
		require.Less(e.t, n, 1000, "decides for ever")
		in := e.input()
		out, err := e.decider(in)
		require.NoError(e.t, err)
		e.apply(in, out)
		if len(e.arrived)+len(e.settled) > 0 {
			continue
		}
		if e.handOver(); len(e.settled) == 0 {
			return
		}
	}
}

// input takes what the next decision is given out of the record.
func (e *engine) input() Input {
	n := len(e.arrived)
	if e.part > 0 {
		n = min(n, e.part)
	}
	in := Input{State: e.active(), Events: e.arrived[:n:n], Now: e.now, MapVersion: e.version, FormerVersion: e.decided, MapSince: e.since, Past: e, Versions: e}
	if left := e.arrived[n:]; len(left) > 0 {
		in.Horizon = earliestFrom(left)[0]
	}
	e.arrived = e.arrived[n:]
	e.settled = slices.DeleteFunc(e.settled, func(s Settlement) bool {
		now := in.Horizon.IsZero() || s.At.Before(in.Horizon)
		if now {
			in.Settled = append(in.Settled, s)
		}
		return now
	})
	return in
}

// apply writes an outcome to the record.
func (e *engine) apply(in Input, out Outcome) {
	e.decided = in.MapVersion
	runs := slices.Clone(e.state.Runs)
	for _, r := range out.State.Runs {
		if i := slices.IndexFunc(runs, func(old Run) bool { return old.ID == r.ID }); i >= 0 {
			runs[i] = r
			continue
		}
		runs = append(runs, r)
	}
	exposures := slices.Clone(e.state.Exposures)
	for _, x := range out.State.Exposures {
		if i := slices.IndexFunc(exposures, func(old Exposure) bool { return old.RunID == x.RunID }); i >= 0 {
			exposures[i] = x
			continue
		}
		exposures = append(exposures, x)
	}
	e.state = out.State
	e.state.Runs, e.state.Exposures = runs, exposures
	e.consumed = append(e.consumed, in.Events...)
	e.next = out.Next
	e.underWay = slices.DeleteFunc(e.underWay, func(h handover) bool {
		withdrawn := slices.Contains(out.Withdrawn, h.message.ID)
		if withdrawn {
			run := e.run(h.message.RunID)
			e.settled = append(e.settled, Settlement{MessageID: h.message.ID, Kind: h.message.Kind, Class: h.message.Class, At: run.EndedAt, Reason: run.Reason})
		}
		return withdrawn
	})
	for _, msg := range out.Messages {
		require.NotContains(e.t, e.planned, msg.ID, "the record refuses a message that it has")
		e.planned[msg.ID] = msg
		if msg.Kind == KindMail {
			require.Equal(e.t, msg.ID, e.run(msg.RunID).MessageID, "a message that no run waits for")
		}
		after, refused := e.provider(msg)
		e.underWay = append(e.underWay, handover{message: msg, at: later(e.now, msg.PlannedAt).Add(after), refused: refused})
	}
	e.seen(out)
}

// handOver settles the messages whose time has come, unless they are no longer wanted.
func (e *engine) handOver() {
	e.underWay = slices.DeleteFunc(e.underWay, func(h handover) bool {
		if h.at.After(e.now) {
			return false
		}
		s := Settlement{MessageID: h.message.ID, Kind: h.message.Kind, Class: h.message.Class, At: h.at, Sent: true, Reason: ReasonSent}
		reason := Reason("")
		if h.message.Kind == KindMail {
			var err error
			reason, err = e.m.Unwanted(LastLook{
				State: e.state, Run: e.run(h.message.RunID), Class: h.message.Class, Unseen: e.arrived, Now: h.at, Versions: e,
			})
			require.NoError(e.t, err)
		}
		if reason == "" {
			reason = h.refused
		}
		if reason != "" {
			s.Sent, s.Reason = false, reason
		}
		e.settling(h.message, s)
		e.settled = append(e.settled, s)
		return true
	})
}

func (e *engine) run(id string) Run {
	i := slices.IndexFunc(e.state.Runs, func(r Run) bool { return r.ID == id })
	require.GreaterOrEqual(e.t, i, 0, "there is no run %s", id)
	r := e.state.Runs[i]
	r.Touchpoint = e.m.called(r.Touchpoint)
	return r
}

// reach lets time pass up to an instant at which something arrives: that comes before what falls due then.
func (e *engine) reach(at time.Time) {
	e.until(at.Add(-1))
	e.now = at
}

// until lets time pass up to an instant. The timer and the provider are on time.
func (e *engine) until(end time.Time) {
	for n := 0; ; n++ {
		at := e.wakeAt()
		if at.IsZero() || at.After(end) {
			e.now = end
			return
		}
		require.Less(e.t, n, 100_000, "woken for ever, without coming to %s", end)
		require.True(e.t, at.After(e.now), "woken again for %s, although nothing is left to do", at)
		e.now = at
		e.handOver()
		e.decide()
	}
}

// wakeAt returns the next instant at which something happens of its own accord. Zero when nothing does.
func (e *engine) wakeAt() time.Time {
	at := e.next
	if e.lazy {
		at = time.Time{}
	}
	for _, h := range e.underWay {
		if at.IsZero() || h.at.Before(at) {
			at = h.at
		}
	}
	return at
}

// sleep lets time pass while nobody decides: what is under way is handed over all the same.
func (e *engine) sleep(end time.Time) {
	for {
		at := time.Time{}
		for _, h := range e.underWay {
			if at.IsZero() || h.at.Before(at) {
				at = h.at
			}
		}
		if at.IsZero() || at.After(end) {
			e.now = end
			return
		}
		e.now = later(e.now, at)
		e.handOver()
	}
}
