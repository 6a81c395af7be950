package journey

import (
	"fmt"
	"time"

	"cel.dev/cel-go/common/types"
)

// set sets traits, all from the customer as they were before.
func (d *deciding) set(f *flow, r *Run, n *node, at time.Time) {
	traits := map[string]any{}
	v := d.vars(r.Trigger.Properties, at)
	var names []string
	for _, setting := range n.step.Set {
		value, err := f.m.setting(setting, v)
		if err != nil {
			d.note(r, DecidedStep, ReasonConditionErr, at, map[string]any{"set": setting.Trait, "error": err.Error()})
			continue
		}
		traits[setting.Trait] = value
		names = append(names, setting.Trait)
	}
	if len(names) == 0 {
		return
	}
	former := d.state.Facts.Traits
	d.state.Facts.Traits = merge(former, traits)
	d.learnt()
	d.moved = true
	d.noticeDates(former, at)
	d.note(r, DecidedSet, ReasonTraitSet, at, map[string]any{"traits": names})
	d.reconsider(at)
}

// setting returns what a trait becomes.
func (m *Map) setting(s Setting, v *vars) (any, error) {
	if s.Expression == "" {
		return s.Value, nil
	}
	value, err := m.eval(s.Expression, v)
	if err != nil {
		return nil, err
	}
	switch known := value.(type) {
	case types.String, types.Bool, types.Double, types.Null:
		return scalar(known), nil
	case types.Int:
		return float64(known), nil
	case types.Uint:
		return float64(known), nil
	case types.Timestamp:
		return known.UTC().Format(time.RFC3339), nil
	}
	return nil, fmt.Errorf("expression %q: is of type %s, not a text, a number, true or false", s.Expression, value.Type().TypeName())
}

// scalar returns the value as a trait holds it.
func scalar(value any) any {
	switch known := value.(type) {
	case types.String:
		return string(known)
	case types.Bool:
		return bool(known)
	case types.Double:
		return float64(known)
	default:
		return nil
	}
}

// task makes a task for a person. The run goes on at once.
func (d *deciding) task(f *flow, r *Run, n *node, at time.Time) (string, bool, error) {
	if d.paused(r) {
		d.pause(r, at)
		return "", true, nil
	}
	if d.cancelIf(f, r.Trigger, at) {
		d.end(r, ReasonCancelIf, at, 0, nil)
		return "", true, nil
	}
	if d.did(f, r, n) {
		d.note(r, DecidedStep, ReasonEdited, at, map[string]any{"task": n.step.Task.Title})
		return n.next, false, nil
	}
	d.noteDone(r, n.step)
	made := PlannedTask{
		ID: TaskID(r.ID, n.step.ID, at), RunID: r.ID, Touchpoint: d.m.called(r.Touchpoint), Step: n.step.ID, Task: n.step.Task, CreatedAt: at,
	}
	detail := map[string]any{"task": made.ID, "title": made.Task.Title}
	if !made.Task.Due.IsZero() {
		made.Due = made.Task.Due.After(at, d.location())
		detail["due"] = made.Due.Format(time.RFC3339)
	}
	d.out.Tasks = append(d.out.Tasks, made)
	d.state.Facts.openTask(made.ID)
	d.learnt()
	d.note(r, DecidedTask, ReasonTaskMade, at, detail)
	d.reconsiderPaused(at)
	return n.next, false, nil
}

// webhook plans a call of another system. The run goes on at once.
func (d *deciding) webhook(f *flow, r *Run, n *node, at time.Time) (string, bool, error) {
	if d.paused(r) {
		d.pause(r, at)
		return "", true, nil
	}
	if d.cancelIf(f, r.Trigger, at) {
		d.end(r, ReasonCancelIf, at, 0, nil)
		return "", true, nil
	}
	if d.did(f, r, n) {
		return d.noSend(r, n, ReasonEdited, at, map[string]any{"webhook": n.step.Webhook.URL})
	}
	d.noteDone(r, n.step)
	msg := Message{
		ID: MessageID(r.ID, n.step.ID, at), Kind: KindWebhook, RunID: r.ID, Touchpoint: d.m.called(r.Touchpoint), Step: n.step.ID,
		Webhook: n.step.Webhook, Channel: "webhook", Class: f.touchpoint.Class, PlannedAt: at,
	}
	if msg.Webhook.Type == "" {
		msg.Webhook.Type = "journey." + msg.Touchpoint
	}
	d.out.Messages = append(d.out.Messages, msg)
	d.decide(Decision{
		At: at, Kind: DecidedWebhook, Reason: ReasonDue, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step, MessageID: msg.ID,
		Detail: map[string]any{"type": msg.Webhook.Type},
	})
	return n.next, false, nil
}
