package journey

import (
	"fmt"
	"slices"
	"time"
)

// Decide takes what is known of a customer and what is new, and answers what the map wants done.
//
// New events are handled in order of arrival, each in this order: facts, cancels, waitFors, phase, triggers. A wait that
// falls due is handled with its due instant as the present, after all new events stamped at or before it; so it does not
// matter how late the timer was or how the events were cut into calls. Messages of which the run waits for the handover
// come back as settlements, and the run goes on from that instant.
//
// Decide changes nothing that it is given. It returns an error only when Past does.
func (m *Map) Decide(in Input) (Outcome, error) {
	d := newDeciding(m, in)
	firm := earliestFrom(in.Events)
	for next := 0; ; {
		at, due := d.nextDue()
		switch {
		case due && (next == len(in.Events) || at.Before(firm[next])) && d.mayFall(at):
			if err := d.fall(at); err != nil {
				return Outcome{}, err
			}
		case next < len(in.Events):
			next++
			d.handled = in.Events[:next]
			if err := d.event(in.Events[next-1]); err != nil {
				return Outcome{}, err
			}
		case len(d.settled) > 0:
			if err := d.settle(); err != nil {
				return Outcome{}, err
			}
		default:
			return d.outcome(), nil
		}
	}
}

// earliestFrom returns, for each event, the earliest timestamp among it and those after it.
func earliestFrom(events []Event) []time.Time {
	earliest := make([]time.Time, len(events))
	for i := len(events) - 1; i >= 0; i-- {
		earliest[i] = events[i].Timestamp
		if i+1 < len(events) && earliest[i+1].Before(earliest[i]) {
			earliest[i] = earliest[i+1]
		}
	}
	return earliest
}

// deciding is one decision under way.
type deciding struct {
	m        *Map
	in       Input
	state    State
	customer *Customer       // what conditions see of the state; nil when it changed since
	runs     []*Run          // all runs; those in changed are our own copies
	changed  map[string]bool // ids of runs that differ from the input
	settled  []Settlement    // not handled yet, earliest first
	handled  []Event         // events of this decision so far, the one in hand included
	out      Outcome
}

func newDeciding(m *Map, in Input) *deciding {
	d := &deciding{m: m, in: in, state: in.State, changed: map[string]bool{}}
	d.runs = make([]*Run, len(in.State.Runs))
	for i := range in.State.Runs {
		d.runs[i] = &in.State.Runs[i]
	}
	d.settled = slices.Clone(in.Settled)
	slices.SortStableFunc(d.settled, func(a, b Settlement) int { return a.At.Compare(b.At) })
	return d
}

// nextDue returns the earliest instant at which something of its own accord happens: a settlement or the end of a wait.
func (d *deciding) nextDue() (time.Time, bool) {
	var at time.Time
	found := false
	if len(d.settled) > 0 {
		at, found = d.settled[0].At, true
	}
	if r := d.earliestWait(); r != nil && (!found || r.Due.Before(at)) {
		at, found = r.Due, true
	}
	return at, found
}

// mayFall tells whether what is due at that instant may happen in this decision.
func (d *deciding) mayFall(at time.Time) bool {
	if !d.in.Horizon.IsZero() && !at.Before(d.in.Horizon) {
		return false
	}
	return !at.After(d.in.Now)
}

func (d *deciding) earliestWait() *Run {
	var first *Run
	for _, r := range d.runs {
		if r.Status == RunActive && !r.Due.IsZero() && (first == nil || r.Due.Before(first.Due)) {
			first = r
		}
	}
	return first
}

// fall handles what is due at the instant: a settlement before the end of a wait.
func (d *deciding) fall(at time.Time) error {
	if len(d.settled) > 0 && !d.settled[0].At.After(at) {
		return d.settle()
	}
	return d.wake(d.earliestWait())
}

// event handles one new event.
func (d *deciding) event(e Event) error {
	d.state.Facts = d.state.Facts.learn(e)
	d.customer = nil
	d.cancels(e)
	if err := d.waitFors(e); err != nil {
		return err
	}
	d.phase(e)
	for _, f := range d.m.compiled.triggers[e.Name] {
		if err := d.trigger(f, e); err != nil {
			return err
		}
	}
	return nil
}

// outcome gathers what was decided.
func (d *deciding) outcome() Outcome {
	out := d.out
	out.State = d.state
	out.State.Runs = nil
	for _, r := range d.runs {
		if d.changed[r.ID] {
			out.State.Runs = append(out.State.Runs, *r)
		}
		if r.Status == RunActive {
			out.Standing = append(out.Standing, Standing{Touchpoint: r.Touchpoint, Step: r.Step, Until: r.Due})
		}
	}
	if r := d.earliestWait(); r != nil {
		out.Next = r.Due
	}
	return out
}

// change returns the run as our own copy, to be altered.
func (d *deciding) change(r *Run) *Run {
	if d.changed[r.ID] {
		return r
	}
	d.changed[r.ID] = true
	own := *r
	own.MapVersion = d.in.MapVersion
	i := slices.Index(d.runs, r)
	d.runs[i] = &own
	return &own
}

// active returns the runs under way, as they are now; handling one may end others.
func (d *deciding) active() []*Run {
	var active []*Run
	for _, r := range d.runs {
		if r.Status == RunActive {
			active = append(active, r)
		}
	}
	return active
}

func (d *deciding) vars(event map[string]any, now time.Time) *vars {
	if d.customer == nil {
		d.customer = d.state.customer()
	}
	return &vars{event: event, customer: d.customer, now: now}
}

func (d *deciding) decide(decision Decision) {
	d.out.Decisions = append(d.out.Decisions, decision)
}

// past returns the customer's events with one of the names so far, this decision's own included.
func (d *deciding) past(names []string, since time.Time) ([]Event, error) {
	events, err := d.in.Past.Named(names, since)
	if err != nil {
		return nil, fmt.Errorf("read the customer's past: %w", err)
	}
	events = slices.Clip(events) // the record may keep its slice
	for _, e := range d.handled {
		if slices.Contains(names, e.Name) && !e.Timestamp.Before(since) {
			events = append(events, e)
		}
	}
	return events, nil
}
