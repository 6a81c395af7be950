package journey

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// triggers starts what the event triggers, and what the customer's move to another phase does, in the order of the map.
func (d *deciding) triggers(e Event, moved move) error {
	if moved == (move{}) {
		for _, f := range d.m.compiled.triggers[e.Name] {
			if err := d.trigger(f, e, ReasonTriggered); err != nil {
				return err
			}
		}
		return nil
	}
	var due []triggered
	add := func(flows []*flow, why Reason) {
		for _, f := range flows {
			due = append(due, triggered{f, why})
		}
	}
	add(d.m.compiled.triggers[e.Name], ReasonTriggered)
	add(d.m.compiled.entered[moved.to], ReasonPhaseEntered)
	add(d.m.compiled.left[moved.from], ReasonPhaseLeft)
	slices.SortFunc(due, func(a, b triggered) int { return a.flow.index - b.flow.index })
	for _, t := range due {
		if err := d.trigger(t.flow, e, t.why); err != nil {
			return err
		}
	}
	return nil
}

// triggered is a touchpoint that begins, and why. A touchpoint has one trigger only.
type triggered struct {
	flow *flow
	why  Reason
}

// trigger starts a run of the touchpoint, or records why it does not.
func (d *deciding) trigger(f *flow, e Event, why Reason) error {
	key, reason, detail, err := d.refusal(f, e)
	if err != nil {
		return err
	}
	nth := 0
	if reason == "" {
		nth, reason, detail, err = d.admit(f, key, e)
	}
	switch {
	case err != nil:
		return err
	case reason != "":
		d.decide(Decision{
			At: e.Timestamp, Kind: DecidedNoStart, Reason: reason, Touchpoint: f.touchpoint.ID, EventSeq: e.Seq, Detail: detail,
		})
		return nil
	}
	return d.start(f, key, nth, e, why)
}

// refusal says why the event starts no run, whatever other runs there are; otherwise it answers the run's key.
func (d *deciding) refusal(f *flow, e Event) (key string, reason Reason, detail map[string]any, err error) {
	t := f.touchpoint
	if e.Imported {
		return "", ReasonStaleEvent, map[string]any{"imported": true}, nil
	}
	if age, fresh := d.age(e), cmp.Or(t.Fresh, d.m.Fresh); age > fresh {
		return "", ReasonStaleEvent, map[string]any{"age": age.Round(time.Second).String(), "fresh": FormatDuration(fresh)}, nil
	}
	if f.paused() {
		return "", ReasonPaused, nil, nil
	}
	v := d.vars(e.Properties, e.Timestamp)
	switch ok, err := d.m.holds(t.If, v); {
	case err != nil:
		return "", ReasonConditionErr, map[string]any{"if": t.If, "error": err.Error()}, nil
	case !ok:
		return "", ReasonConditionNo, f.conditionNo, nil
	}
	if t.Key != "" {
		if key = d.m.key(t.Key, v); key == "" {
			return "", ReasonNoKey, map[string]any{"key": t.Key}, nil
		}
	}
	if d.cancelIf(f, e, e.Timestamp) {
		return "", ReasonCancelIf, map[string]any{"if": t.CancelIf}, nil
	}
	reason, event, err := d.endedBefore(f, key, e)
	if err != nil || reason == "" {
		return key, "", nil, err
	}
	return "", reason, map[string]any{"event": event}, nil
}

// endedBefore says why a run would end as soon as it begins, and by which event that reached us before its trigger.
func (d *deciding) endedBefore(f *flow, key string, e Event) (Reason, string, error) {
	if event, err := d.cancelledBefore(f, key, e); err != nil || event != "" {
		return ReasonCancelled, event, err
	}
	if event, err := d.metBefore(f, key, e); err != nil || event != "" {
		return ReasonGoalReached, event, err
	}
	return "", "", nil
}

// metBefore returns the name of an event that reached the goal of a run although its trigger arrived later.
func (d *deciding) metBefore(f *flow, key string, e Event) (string, error) {
	goal := &f.touchpoint.Goal
	if len(goal.On) == 0 {
		return "", nil
	}
	events, err := d.past(goal.On, e.Timestamp)
	if err != nil {
		return "", err
	}
	for _, earlier := range events {
		if earlier.Seq != e.Seq && f.aims("", f.touchpoint.Key, key, earlier, d.vars(earlier.Properties, earlier.Timestamp)) {
			return earlier.Name, nil
		}
	}
	return "", nil
}

// age is how old an event is when it is handled.
func (d *deciding) age(e Event) time.Duration {
	if e.Dormant {
		return max(e.Age, d.in.Now.Sub(e.ReceivedAt))
	}
	return e.Age
}

// cancelledBefore returns the name of an earlier event that cancels a run before it begins: for a keyed touchpoint any
// stored event with the key, for an unkeyed one only an event stamped at or after the trigger.
func (d *deciding) cancelledBefore(f *flow, key string, e Event) (string, error) {
	t := f.touchpoint
	if len(t.Cancel) == 0 {
		return "", nil
	}
	var since time.Time
	if t.Key == "" {
		since = e.Timestamp
	}
	events, err := d.past(t.Cancel, since)
	if err != nil {
		return "", err
	}
	for _, earlier := range events {
		if earlier.Seq == e.Seq {
			continue
		}
		if t.Key == "" || d.m.key(t.Key, d.vars(earlier.Properties, e.Timestamp)) == key {
			return earlier.Name, nil
		}
	}
	return "", nil
}

// admit says which number a further run gets, or why none may begin. A restart ends what is under way, unless the trigger is
// older than that run's and only came late.
func (d *deciding) admit(f *flow, key string, e Event) (nth int, reason Reason, detail map[string]any, err error) {
	t := f.touchpoint
	former, nth, err := d.formerRuns(f, key, e)
	if err != nil {
		return 0, "", nil, err
	}
	for _, r := range former {
		restarts := t.Again == AgainRestart && !e.Timestamp.Before(r.StartedAt)
		if t.Again == AgainNever || r.Status == RunActive && !restarts {
			return 0, ReasonRunExists, nil, nil
		}
	}
	if t.Cooldown > 0 {
		began, before, err := d.lastStart(f)
		if err != nil {
			return 0, "", nil, err
		}
		if before && e.Timestamp.Before(began.Add(t.Cooldown)) {
			return 0, ReasonCooldown, map[string]any{"cooldown": FormatDuration(t.Cooldown), "last": began.Format(time.RFC3339)}, nil
		}
	}
	for _, r := range former {
		if r.Status == RunActive {
			d.end(r, ReasonRestarted, e.Timestamp, e.Seq, nil)
		}
	}
	return nth + 1, "", nil, nil
}

// lastStart returns when the newest run of the touchpoint began.
func (d *deciding) lastStart(f *flow) (newest time.Time, found bool, err error) {
	for _, r := range d.runs {
		if f.named(r.Touchpoint) {
			newest, found = later(newest, r.StartedAt), true
		}
	}
	for id := range f.ids() {
		began, known, err := d.in.Past.LastStart(id)
		if err != nil {
			return newest, false, fmt.Errorf("read the customer's runs: %w", err)
		}
		if known {
			newest, found = later(newest, began), true
		}
	}
	return newest, found, nil
}

// formerRuns returns the newest runs of a touchpoint, under each of its ids, for what an event is about: the key of the event,
// by the expression of today or, for runs that began under another one, by theirs. highest is the highest number of all
// runs whose key has that value, whatever expression it came from.
func (d *deciding) formerRuns(f *flow, key string, e Event) (former []*Run, highest int, err error) {
	look := func(id, key, expression string) error {
		r, err := d.newestRun(id, key)
		if err != nil || r == nil {
			return err
		}
		highest = max(highest, r.Nth)
		if known := func(other *Run) bool { return other.ID == r.ID }; f.keyOf(r) == expression && !slices.ContainsFunc(former, known) {
			former = append(former, r)
		}
		return nil
	}
	for id := range f.ids() {
		if err := look(id, key, f.touchpoint.Key); err != nil {
			return nil, 0, err
		}
	}
	for _, was := range f.descent.Keys {
		if was.Key == "" || was.Key == f.touchpoint.Key {
			continue
		}
		if before := d.m.key(was.Key, d.vars(e.Properties, e.Timestamp)); before != "" {
			if err := look(was.Touchpoint, before, was.Key); err != nil {
				return nil, 0, err
			}
		}
	}
	return append(former, d.keyless(f, key, e)...), highest, nil
}

// keyless returns the runs under way that began when the touchpoint had no key yet, and that are about the same as an event. Of
// those that have ended nobody knows any more what they were about.
func (d *deciding) keyless(f *flow, key string, e Event) (found []*Run) {
	if key == "" {
		return nil
	}
	for _, r := range d.active() {
		if f.named(r.Touchpoint) && f.keyOf(r) == "" && d.m.key(f.touchpoint.Key, d.vars(r.Trigger.Properties, e.Timestamp)) == key {
			found = append(found, r)
		}
	}
	return found
}

// newestRun returns the run with the highest number for an id and a key; nil when there is none. Of this decision's runs the
// newest is last.
func (d *deciding) newestRun(id, key string) (*Run, error) {
	for _, r := range slices.Backward(d.runs) {
		if r.Key == key && r.Touchpoint == id {
			return r, nil
		}
	}
	past, found, err := d.in.Past.LastRun(id, key)
	if err != nil {
		return nil, fmt.Errorf("read the customer's runs: %w", err)
	}
	if !found {
		return nil, nil
	}
	newest := past
	return &newest, nil
}

func (d *deciding) start(f *flow, key string, nth int, e Event, why Reason) error {
	r := &Run{
		ID:         RunID(d.state.CustomerID, f.touchpoint.ID, key, nth),
		Touchpoint: f.touchpoint.ID, Key: key, Nth: nth,
		Status: RunActive, MapVersion: d.in.MapVersion, BegunVersion: d.in.MapVersion,
		Trigger: e, StartedAt: e.Timestamp,
	}
	d.runs = append(d.runs, r)
	d.changed[r.ID] = true
	d.decide(Decision{
		At: e.Timestamp, Kind: DecidedStart, Reason: why, Touchpoint: r.Touchpoint, RunID: r.ID, EventSeq: e.Seq,
	})
	return d.enter(f, r, f.first, e.Timestamp)
}
