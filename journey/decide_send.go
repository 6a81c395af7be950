package journey

import "time"

// send brings a run to a send. A transactional message is looked at here and now; any other once everything else that
// happens at this instant is done, because then it is known which of several may go.
func (d *deciding) send(f *flow, r *Run, n *node, at time.Time) (string, bool, error) {
	if f.touchpoint.Class == Transactional {
		return d.sendNow(f, r, n, at)
	}
	r.Due = at
	return "", true, nil
}

// sendAgain lets a run that stands at a send try it.
func (d *deciding) sendAgain(f *flow, r *Run, n *node, at time.Time) error {
	r = d.change(r)
	r.Due = time.Time{}
	next, stay, err := d.sendNow(f, r, n, at)
	if err != nil || stay {
		return err
	}
	return d.enter(f, r, next, at)
}

// sendNow plans a message, holds it back, or records why there is none and goes on. A cancelIf that came to hold by mere
// passing of time ends the run here.
func (d *deciding) sendNow(f *flow, r *Run, n *node, at time.Time) (string, bool, error) {
	t := f.touchpoint
	if d.paused(r) {
		d.pause(r, at)
		return "", true, nil
	}
	if d.cancelIf(f, r.Trigger, at) {
		d.end(r, ReasonCancelIf, at, 0, map[string]any{"if": t.CancelIf})
		return "", true, nil
	}
	if reason, detail := d.m.agreed(d.state.Facts, t.Class, d.m.topicOf(r, f), at); reason != "" {
		return d.noSend(r, n, reason, at, detail)
	}
	if d.did(f, r, n) {
		return d.noSend(r, n, ReasonEdited, at, map[string]any{"template": n.step.Template})
	}
	if d.state.Facts.Email() == "" {
		if r.Due = d.nextLook(r, at); !r.Due.IsZero() {
			return "", true, nil
		}
		return d.noSend(r, n, ReasonNoAddress, at, nil)
	}
	if why := d.suppressed(t.Class); why != "" {
		return d.noSend(r, n, ReasonSuppressed, at, map[string]any{"suppressed": string(why)})
	}
	if v := d.allows(t.Class, at); v.reason != "" {
		return d.hold(r, n, v, at)
	}
	if t.Holdout > 0 && f.share(d.state.CustomerID) < t.Holdout {
		d.expose(f, r, ArmHoldout, at)
		return d.noSend(r, n, ReasonHoldout, at, map[string]any{"holdout": t.Holdout})
	}
	d.expose(f, r, ArmTreated, at)
	d.plan(f, r, n, at)
	return "", true, nil
}

// noSend records why a message is not sent, and goes on.
func (d *deciding) noSend(r *Run, n *node, reason Reason, at time.Time, detail map[string]any) (string, bool, error) {
	d.decide(Decision{
		At: at, Kind: DecidedNoSend, Reason: reason, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step,
		MessageID: MessageID(r.ID, n.step.ID, at), Detail: detail,
	})
	return n.next, false, nil
}

// plan plans the message of a send or an ask.
func (d *deciding) plan(f *flow, r *Run, n *node, at time.Time) {
	t := f.touchpoint
	msg := Message{
		ID: MessageID(r.ID, n.step.ID, at), Kind: KindMail, RunID: r.ID, Touchpoint: t.ID, Step: n.step.ID,
		Template: n.step.Template, Ask: n.step.Ask, Channel: t.Channel, Class: t.Class,
		Persona: d.persona(at), PlannedAt: at,
	}
	if n.step.Kind == StepAsk && msg.Ask.Survey == "" {
		msg.Ask.Survey = t.ID
	}
	d.decide(Decision{
		At: at, Kind: DecidedSend, Reason: ReasonDue, Touchpoint: t.ID, RunID: r.ID, Step: r.Step, MessageID: msg.ID,
		Detail: map[string]any{"template": msg.Template},
	})
	d.out.Messages = append(d.out.Messages, msg)
	d.reserve(msg.ID, t.Class, at)
	d.noteDone(r, n.step)
	r.MessageID, r.Held, r.HeldSince = msg.ID, "", time.Time{}
}

// looks are when a send without an address looks for one, counted from when the run came to it, but
// not from before its trigger arrived. A client may post an order and the identify with the address at the same time, and
// they may arrive in either order.
var looks = []time.Duration{5 * time.Second, time.Minute, 10 * time.Minute, time.Hour}

// nextLook returns when a run at a send looks for an address after an instant. Zero when it does not. What was stamped by a clock
// that was ahead lies in the future: the looks then count from now, and the run remembers it.
func (d *deciding) nextLook(r *Run, at time.Time) time.Time {
	r.EnteredAt, at = earliest(r.EnteredAt, d.in.Now), earliest(at, d.in.Now)
	from := r.EnteredAt
	if arrived := r.Trigger.ReceivedAt; !arrived.After(d.in.Now) {
		from = later(from, arrived)
	}
	for _, after := range looks {
		if look := from.Add(after); look.After(at) {
			return look
		}
	}
	return time.Time{}
}
