package journey

import "time"

// send plans a message, or records why there is none and goes on. A cancelIf that came to hold by mere passing of time
// ends the run here.
func (d *deciding) send(f *flow, r *Run, n *node, at time.Time) (string, bool, error) {
	t := f.touchpoint
	if d.m.cancelIf(t, &d.state, r.Trigger, at) {
		d.end(r, ReasonCancelIf, at, 0, map[string]any{"if": t.CancelIf})
		return "", true, nil
	}
	id := MessageID(r.ID, n.step.ID, r.EnteredAt)
	no := func(reason Reason, detail map[string]any) (string, bool, error) {
		d.decide(Decision{
			At: at, Kind: DecidedNoSend, Reason: reason, Touchpoint: t.ID, RunID: r.ID, Step: r.Step, MessageID: id, Detail: detail,
		})
		return n.next, false, nil
	}
	if t.Holdout > 0 && share(d.state.CustomerID, t.ID, t.Salt) < t.Holdout {
		return no(ReasonHoldout, map[string]any{"holdout": t.Holdout})
	}
	if d.state.Facts.Email() == "" {
		if r.Due = nextLook(later(r.EnteredAt, r.Trigger.ReceivedAt), at); !r.Due.IsZero() {
			return "", true, nil
		}
		return no(ReasonNoAddress, nil)
	}
	d.decide(Decision{
		At: at, Kind: DecidedSend, Reason: ReasonDue, Touchpoint: t.ID, RunID: r.ID, Step: r.Step, MessageID: id,
		Detail: map[string]any{"template": n.step.Template},
	})
	d.out.Messages = append(d.out.Messages, Message{
		ID: id, RunID: r.ID, Touchpoint: t.ID, Step: n.step.ID,
		Template: n.step.Template, Channel: t.Channel, Class: t.Class, PlannedAt: at,
	})
	r.MessageID = id
	return "", true, nil
}

// looks are when a send without an address looks for one, counted from when the run came to it, but
// not from before its trigger arrived. A client may post an order and the identify with the address at the same time, and
// they may arrive in either order.
var looks = []time.Duration{5 * time.Second, time.Minute, 10 * time.Minute, time.Hour}

// nextLook returns the first look after an instant. Zero when there is none.
func nextLook(entered, at time.Time) time.Time {
	for _, after := range looks {
		if look := entered.Add(after); look.After(at) {
			return look
		}
	}
	return time.Time{}
}

// sendAgain lets a run that stands at a send without an address look for one again.
func (d *deciding) sendAgain(f *flow, r *Run, n *node, at time.Time) error {
	r = d.change(r)
	r.Due = time.Time{}
	next, stay, err := d.send(f, r, n, at)
	if err != nil || stay {
		return err
	}
	return d.enter(f, r, next, at)
}
