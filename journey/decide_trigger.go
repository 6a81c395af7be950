package journey

import (
	"fmt"
	"slices"
	"time"
)

// trigger starts a run of the touchpoint, or records why it does not.
func (d *deciding) trigger(f *flow, e Event) error {
	t := f.touchpoint
	no := func(reason Reason, detail map[string]any) error {
		d.decide(Decision{
			At: e.Timestamp, Kind: DecidedNoStart, Reason: reason, Touchpoint: t.ID, EventSeq: e.Seq, Detail: detail,
		})
		return nil
	}
	age := e.Age
	if e.Dormant {
		age = max(age, d.in.Now.Sub(e.ReceivedAt))
	}
	if age > d.m.Fresh {
		return no(ReasonStaleEvent, map[string]any{"age": age.Round(time.Second).String(), "fresh": FormatDuration(d.m.Fresh)})
	}
	switch ok, err := d.m.holds(t.If, d.vars(e.Properties, e.Timestamp)); {
	case err != nil:
		return no(ReasonConditionErr, map[string]any{"if": t.If, "error": err.Error()})
	case !ok:
		return no(ReasonConditionNo, map[string]any{"if": t.If})
	}
	key := ""
	if t.Key != "" {
		if key = d.m.key(t.Key, d.vars(e.Properties, e.Timestamp)); key == "" {
			return no(ReasonNoKey, map[string]any{"key": t.Key})
		}
	}
	if d.m.cancelIf(t, &d.state, e, e.Timestamp) {
		return no(ReasonCancelIf, map[string]any{"if": t.CancelIf})
	}
	cancelled, err := d.cancelledBefore(f, key, e)
	if err != nil {
		return err
	}
	if cancelled != "" {
		return no(ReasonCancelled, map[string]any{"event": cancelled})
	}
	nth, free, err := d.admit(f, key, e)
	switch {
	case err != nil:
		return err
	case !free:
		return no(ReasonRunExists, nil)
	}
	return d.start(f, key, nth, e)
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

// admit says whether a further run may begin, and which number it gets. A restart ends the run under way, unless the
// trigger is older than that run's and only came late.
func (d *deciding) admit(f *flow, key string, e Event) (nth int, free bool, err error) {
	t := f.touchpoint
	last, found, err := d.lastRun(t.ID, key)
	switch {
	case err != nil:
		return 0, false, err
	case !found:
		return 1, true, nil
	case t.Again == AgainNever:
		return 0, false, nil
	case last.Status != RunActive:
	case t.Again == AgainRestart && !e.Timestamp.Before(last.StartedAt):
		d.end(last, ReasonRestarted, e.Timestamp, e.Seq, nil)
	default:
		return 0, false, nil
	}
	return last.Nth + 1, true, nil
}

// lastRun returns the run with the highest number for a touchpoint and key. Of this decision's runs the newest is last.
func (d *deciding) lastRun(touchpoint, key string) (*Run, bool, error) {
	for _, r := range slices.Backward(d.runs) {
		if r.Touchpoint == touchpoint && r.Key == key {
			return r, true, nil
		}
	}
	past, found, err := d.in.Past.LastRun(touchpoint, key)
	if err != nil {
		return nil, false, fmt.Errorf("read the customer's runs: %w", err)
	}
	return &past, found, nil
}

func (d *deciding) start(f *flow, key string, nth int, e Event) error {
	r := &Run{
		ID:         RunID(d.state.CustomerID, f.touchpoint.ID, key, nth),
		Touchpoint: f.touchpoint.ID, Key: key, Nth: nth,
		Status: RunActive, MapVersion: d.in.MapVersion,
		Trigger: e, StartedAt: e.Timestamp,
	}
	d.runs = append(d.runs, r)
	d.changed[r.ID] = true
	d.decide(Decision{
		At: e.Timestamp, Kind: DecidedStart, Reason: ReasonTriggered, Touchpoint: r.Touchpoint, RunID: r.ID, EventSeq: e.Seq,
	})
	return d.enter(f, r, f.first, e.Timestamp)
}
