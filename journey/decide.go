package journey

import (
	"fmt"
	"slices"
	"time"
)

// Decide takes what is known of a customer and what is new, and answers what the map wants done.
//
// New events are handled in order of arrival, each in this order: facts, goals, cancels, waitFors, phase, triggers. What
// falls due (a wait, a date, an event that stayed away) is handled with its due instant as the present, after all new
// events stamped at or before it; so it does not matter how late the timer was or how the events were cut into calls.
// Messages of which the run waits for the handover come back as settlements, and the run goes on from that instant.
//
// Decide changes nothing that it is given. It returns an error only when Past or Versions does, or when it would
// never come to an end.
func (m *Map) Decide(in Input) (Outcome, error) {
	d := newDeciding(m, in)
	if err := d.prepare(); err != nil {
		return Outcome{}, err
	}
	firm := earliestFrom(in.Events)
	for next, falls := 0, 0; ; falls++ {
		if falls > maxFalls+len(in.Events) {
			return Outcome{}, fmt.Errorf("decide about %s: it does not come to an end", in.State.CustomerID)
		}
		at, due := d.nextDue()
		switch {
		case due && (next == len(in.Events) || at.Before(firm[next])) && d.mayFall(at):
			if err := d.fall(at); err != nil {
				return Outcome{}, err
			}
			d.exits(at)
		case next < len(in.Events):
			next++
			d.handled = in.Events[:next]
			if err := d.event(in.Events[next-1]); err != nil {
				return Outcome{}, err
			}
			d.exits(in.Events[next-1].Timestamp)
		case len(d.settled) > 0:
			at := d.settled[0].At
			if err := d.settle(); err != nil {
				return Outcome{}, err
			}
			d.exits(at)
		default:
			return d.outcome(), nil
		}
	}
}

// maxFalls bounds how many things may happen in one decision. Nothing honest comes near it: the hourly looks at what a pause
// holds back would reach it after a century.
const maxFalls = 1_000_000

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
	m         *Map
	in        Input
	state     State
	runs      []*Run           // all runs; those in changed are our own copies
	changed   map[string]bool  // ids of runs that differ from the input
	older     map[string]*flow // by run id: what runs follow that keep to an older version
	exposures []Exposure       // our own copies
	exposed   map[string]bool  // run ids of exposures that differ from the input
	settled   []Settlement     // not handled yet, earliest first
	handled   []Event          // events of this decision so far, the one in hand included
	moved     bool             // a phase or a trait became another one by what was decided
	out       Outcome

	// What follows from the state, as long as it does not change.
	customer   *Customer // what conditions see, at the instant customerAt; nil when the state changed since
	customerAt time.Time
	personaSet bool           // the customer's persona is known
	zone       *time.Location // nil when it is not known yet
	alarm      alarm          // what time itself brings next
	alarmSet   bool
}

func newDeciding(m *Map, in Input) *deciding {
	d := &deciding{m: m, in: in, state: in.State, changed: map[string]bool{}, exposed: map[string]bool{}}
	d.runs = make([]*Run, len(in.State.Runs), len(in.State.Runs)+4)
	for i := range in.State.Runs {
		d.runs[i] = &in.State.Runs[i]
	}
	d.exposures = slices.Clone(in.State.Exposures)
	d.settled = slices.Clone(in.Settled)
	slices.SortStableFunc(d.settled, func(a, b Settlement) int { return a.At.Compare(b.At) })
	return d
}

// prepare brings the state under the map of this decision.
func (d *deciding) prepare() error {
	if err := d.followAll(); err != nil {
		return err
	}
	return d.recall()
}

// event handles one new event.
func (d *deciding) event(e Event) error {
	d.learn(e)
	d.goals(e)
	d.cancels(e)
	if err := d.waitFors(e); err != nil {
		return err
	}
	moved := d.phase(e)
	d.observe(e)
	if err := d.triggers(e, moved); err != nil {
		return err
	}
	if !e.Dormant {
		d.reconsider(e.Timestamp)
	}
	return nil
}

// learn adds what the event tells to the facts.
func (d *deciding) learn(e Event) {
	former := d.state.Facts.Traits
	d.state.Facts = d.state.Facts.learn(e)
	if slices.Contains(d.m.compiled.absent, e.Name) {
		d.state.Facts.note(e.Name, e.Timestamp)
	}
	d.learnt()
	d.noticeDates(former, e.Timestamp)
}

// learnt forgets what followed from the facts as they were.
func (d *deciding) learnt() {
	d.customer, d.zone, d.alarmSet = nil, nil, false
}

// outcome gathers what was decided.
func (d *deciding) outcome() Outcome {
	d.closeExposures()
	out := d.out
	out.State = d.state
	out.State.Runs, out.State.Exposures = make([]Run, 0, len(d.changed)), nil
	out.Standing = make([]Standing, 0, len(d.runs))
	for _, r := range d.runs {
		if d.changed[r.ID] {
			out.State.Runs = append(out.State.Runs, *r)
		}
		if r.Status == RunActive {
			out.Standing = append(out.Standing, Standing{Touchpoint: d.m.called(r.Touchpoint), Step: r.Step, Until: r.Due, Held: r.Held})
		}
	}
	for _, e := range d.exposures {
		if d.exposed[e.RunID] {
			out.State.Exposures = append(out.State.Exposures, e)
		}
	}
	if r := d.earliestWait(); r != nil {
		out.Next = r.Due
	}
	if a := d.nextAlarm(); !a.at.IsZero() && (out.Next.IsZero() || a.at.Before(out.Next)) {
		out.Next = a.at
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
	if _, keeps := d.older[r.ID]; keeps {
		own.MapVersion = r.BegunVersion
	}
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

// flow returns the steps that a run follows: those of this map, or of an older one. Nil when there are none.
func (d *deciding) flow(r *Run) *flow {
	if f, ok := d.older[r.ID]; ok {
		return f
	}
	return d.m.compiled.touchpoints[r.Touchpoint]
}

func (d *deciding) vars(event map[string]any, now time.Time) *vars {
	if d.customer == nil || !d.customerAt.Equal(now) {
		d.customer, d.customerAt, d.personaSet = d.m.view(&d.state, now, d.in.Rhythm), now, false
		if d.m.compiled.asksPersona || len(d.older) > 0 {
			d.persona(now)
		}
	}
	return &vars{event: event, customer: d.customer, now: now}
}

// persona returns the customer's persona. Few maps ask for it in conditions, so it is looked for when it is needed.
func (d *deciding) persona(now time.Time) string {
	v := d.vars(nil, now)
	if !d.personaSet {
		d.personaSet = true
		v.customer.Persona = d.m.persona(v.customer, now)
	}
	return v.customer.Persona
}

// location returns the customer's time zone.
func (d *deciding) location() *time.Location {
	if d.zone == nil {
		d.zone = d.m.location(d.state.Facts)
	}
	return d.zone
}

// decide records a decision. A run keeps the id of its touchpoint when that is renamed, but people look under the new one.
func (d *deciding) decide(decision Decision) {
	decision.Touchpoint = d.m.called(decision.Touchpoint)
	d.out.Decisions = append(d.out.Decisions, decision)
}

// note records a decision about a run at the step where it stands.
func (d *deciding) note(r *Run, kind DecisionKind, reason Reason, at time.Time, detail map[string]any) {
	d.decide(Decision{
		At: at, Kind: kind, Reason: reason, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step, Detail: detail,
	})
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
