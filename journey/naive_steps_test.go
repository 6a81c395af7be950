package journey

import (
	"cmp"
	"slices"
	"time"
)

// proceed does steps until the run has to wait.
func (n *naive) proceed(r *naiveRun) {
	for !r.ended {
		r.entered, r.due, r.acting, r.held, r.why = n.now, time.Time{}, false, time.Time{}, ""
		if len(r.todo) == 0 {
			n.end(r, ReasonCompleted)
			return
		}
		if s := &r.todo[0]; n.stays(r, s) {
			return
		}
	}
}

// stays does a step. It answers true when the run has to stay there.
func (n *naive) stays(r *naiveRun, s *Step) bool {
	switch s.Kind {
	case StepWait:
		r.due = s.Wait.After(n.now, n.m.location(n.state.Facts))
	case StepUntil:
		at, err := n.m.instant(s.Until, n.vars(r.trigger.Properties))
		if err != nil {
			n.end(r, ReasonConditionErr)
		}
		r.due = at
	case StepWaitFor:
		if slices.ContainsFunc(n.events, func(e Event) bool { return n.answers(r, e) }) {
			n.act(n.now, "%s step event-came", r)
			n.skip(r, s.Do)
			return false
		}
		r.due = n.now.Add(s.For.Timeout)
		return true
	case StepBranch:
		steps := s.Else
		for _, arm := range slices.Backward(s.Arms) {
			if n.holds(arm.If, r.trigger.Properties) {
				steps = arm.Do
			}
		}
		n.skip(r, steps)
		return false
	case StepSplit:
		n.skip(r, s.Arms[n.arm(r.t, s)].Do)
		return false
	case StepSet:
		n.set(s, r)
	case StepSend, StepAsk, StepTask, StepWebhook:
		if r.acting = true; r.t.Class == Transactional || s.Kind == StepTask || s.Kind == StepWebhook {
			n.reachesOut(r) // others wait until it is known which of several may go
		}
		return true
	case StepExit:
		n.end(r, ReasonExited)
	}
	if r.due.After(n.now) {
		return true
	}
	n.skip(r, nil)
	return false
}

// skip takes the first step away and puts others in its place.
func (n *naive) skip(r *naiveRun, steps []Step) { r.todo = slices.Concat(steps, r.todo[1:]) }

func (n *naive) set(s *Step, r *naiveRun) {
	traits := map[string]any{}
	v := n.vars(r.trigger.Properties)
	for _, setting := range s.Set {
		traits[setting.Trait] = setting.Value
		if setting.Expression != "" {
			traits[setting.Trait], _ = n.m.number(setting.Expression, v)
		}
	}
	n.state.Facts.Traits = merge(n.state.Facts.Traits, traits)
	n.moved = true
	n.act(n.now, "%s set", r)
	n.noteDates()
}

func (n *naive) end(r *naiveRun, reason Reason) {
	r.ended, r.acting, r.due = true, false, time.Time{}
	if r.mail != nil {
		r.mail.dropped, r.mail = true, nil
	}
	n.act(n.now, "%s end %s", r, reason)
}

// answers tells whether a run's waitFor waits for the event.
func (n *naive) answers(r *naiveRun, e Event) bool {
	w := r.todo[0].For
	if !slices.Contains(w.On, e.Name) || e.Seq == r.trigger.Seq || e.Timestamp.Before(r.started) || !n.holds(w.If, e.Properties) {
		return false
	}
	by := cmp.Or(w.By, r.t.Key)
	return r.key == "" || n.m.key(by, n.vars(e.Properties)) == r.key
}

func (n *naive) came(r *naiveRun) {
	n.act(n.now, "%s step event-came", r)
	n.skip(r, r.todo[0].Do)
	n.proceed(r)
}

// waits lets one wait that is over end.
func (n *naive) waits() bool {
	for _, r := range n.runs {
		if r.ended || r.due.IsZero() || r.due.After(n.now) {
			continue
		}
		s := r.todo[0]
		if s.Kind == StepWaitFor {
			n.act(n.now, "%s step timed-out", r)
		}
		n.skip(r, s.Else)
		n.proceed(r)
		return true
	}
	return false
}

// sends lets one run that stands before a message, task or webhook do it; of several the one that ranks first.
func (n *naive) sends() bool {
	var before []*naiveRun
	for _, r := range n.runs {
		if !r.ended && r.acting && r.mail == nil {
			before = append(before, r)
		}
	}
	classes := []Class{Transactional, Service, Marketing}
	slices.SortStableFunc(before, func(a, b *naiveRun) int {
		return cmp.Or(
			cmp.Compare(slices.Index(classes, a.t.Class), slices.Index(classes, b.t.Class)),
			cmp.Compare(b.t.Priority, a.t.Priority), a.entered.Compare(b.entered), 0)
	})
	return slices.ContainsFunc(before, n.reachesOut)
}

// reachesOut answers whether something changed for the run, so that it is not held as it was.
func (n *naive) reachesOut(r *naiveRun) bool {
	s := r.todo[0]
	if r.t.Paused || n.m.Paused {
		return n.hold(r, ReasonPaused)
	}
	if (s.Kind == StepTask || s.Kind == StepWebhook) && r.t.CancelIf != "" && n.holds(r.t.CancelIf, r.trigger.Properties) {
		n.end(r, ReasonCancelIf)
		return true
	}
	if s.Kind == StepTask || s.Kind == StepWebhook {
		n.act(n.now, "%s %s", r, s.Kind)
		if s.Kind == StepTask {
			n.state.Facts.OpenTaskIDs = append(slices.Clone(n.state.Facts.OpenTaskIDs), since(n.now)+r.String())
		}
		n.skip(r, nil)
		n.proceed(r)
		return true
	}
	tooLong := !r.held.IsZero() && !n.now.Before(r.held.Add(n.m.Policy.Held.For))
	if !r.held.IsZero() && !n.news && !tooLong && n.forbids(r.t.Class) != "" {
		return false // nothing has changed
	}
	if r.t.CancelIf != "" && n.holds(r.t.CancelIf, r.trigger.Properties) {
		n.end(r, ReasonCancelIf)
		return true
	}
	if !n.agreed(r.t.Class) {
		return n.noSend(r, ReasonNoConsent)
	}
	if why := n.forbids(r.t.Class); why != "" {
		if tooLong {
			return n.tooLong(r)
		}
		return n.hold(r, why)
	}
	if r.exposed.IsZero() {
		r.exposed = n.now
	}
	if r.t.Holdout > 0 {
		return n.noSend(r, ReasonHoldout)
	}
	n.act(n.now, "%s send %s", r, s.Template)
	r.mail = &naiveMail{run: r, template: s.Template, planned: later(n.now, n.present)}
	r.held, r.why = time.Time{}, ""
	n.mails = append(n.mails, r.mail)
	return true
}

func (n *naive) hold(r *naiveRun, why Reason) (changed bool) {
	if why != ReasonPaused && r.held.IsZero() {
		r.held = n.now
	}
	if changed = r.why == ""; changed {
		n.act(n.now, "%s held", r)
	}
	r.why = why
	return changed
}

func (n *naive) noSend(r *naiveRun, reason Reason) bool {
	n.act(n.now, "%s noSend %s", r, reason)
	n.skip(r, nil)
	n.proceed(r)
	return true
}

func (n *naive) tooLong(r *naiveRun) bool {
	if n.m.Policy.Held.Exit {
		n.end(r, ReasonHeldTooLong)
		return true
	}
	return n.noSend(r, ReasonHeldTooLong)
}

// agreed tells whether the customer may be sent messages of a class.
func (n *naive) agreed(class Class) bool {
	if class == Transactional {
		return true
	}
	if given, known := n.state.Facts.Consent(class); known {
		return given
	}
	soft := n.m.Policy.SoftOptIn
	for _, o := range n.state.Facts.RecentOrders {
		bought := o.Status != statusRefunded && o.Status != statusCancelled
		if bought && slices.Contains(soft.Classes, class) && !n.now.After(o.At.Add(soft.For)) {
			return true
		}
	}
	return false
}

// forbids says why policy lets no message of a class go now.
func (n *naive) forbids(class Class) Reason {
	if class == Transactional {
		return ""
	}
	p := n.m.Policy
	for _, pause := range p.Pauses {
		if slices.Contains(pause.Classes, class) && n.holds(pause.If, nil) {
			return ReasonClassPaused
		}
	}
	loc := n.m.location(n.state.Facts)
	if p.QuietHours != nil && p.QuietHours.Contains(n.now, loc) {
		return ReasonQuietHours
	}
	named, open := false, false
	for _, w := range p.Windows {
		if slices.Contains(w.Classes, class) {
			named, open = true, open || w.Hours.Contains(n.now, loc)
		}
	}
	if named && !open {
		return ReasonWindow
	}
	for _, c := range p.Caps {
		if slices.Contains(c.Classes, class) && n.used(c) >= c.Max {
			return ReasonCapped
		}
	}
	return ""
}

// used counts the slots of a cap: messages handed over in the stretch that ends now, and those on their way.
func (n *naive) used(c Cap) (used int) {
	for _, mail := range n.mails {
		if mail.gone || !slices.Contains(c.Classes, mail.run.t.Class) {
			continue
		}
		if mail.handed.IsZero() || mail.handed.After(n.now.Add(-c.Per)) {
			used++
		}
	}
	return used
}

// settle hands the mails over whose time has come, or leaves them. All are looked at before any run goes on.
func (n *naive) settle() bool {
	var due []*naiveMail
	freed := false
	reasons := map[*naiveMail]Reason{}
	for _, mail := range n.mails {
		if mail.dropped {
			freed, mail.gone, mail.dropped = true, true, false
		}
		if !mail.gone && mail.handed.IsZero() && !mail.planned.Add(n.after).After(n.now) {
			due = append(due, mail)
			reasons[mail] = n.lastLook(mail.run)
		}
	}
	for _, mail := range due {
		r, reason := mail.run, reasons[mail]
		r.mail = nil
		if reason == "" {
			reason = n.refused(mail.template)
		}
		switch {
		case reason == ReasonDeferred:
			mail.gone = true
			n.hold(r, reason)
		case reason != "":
			mail.gone = true
			n.noSend(r, reason)
		default:
			mail.handed = n.now
			n.act(n.now, "%s handed over %s", r, mail.template)
			n.state.Facts.LastSent = with(n.state.Facts.LastSent, r.t.Class, n.now, 3, func(t time.Time) time.Time { return t })
			n.skip(r, nil)
			n.proceed(r)
		}
	}
	return freed || len(due) > 0
}

// lastLook says what a look just before the handover finds; caps are not looked at, because the slot is taken.
func (n *naive) lastLook(r *naiveRun) Reason {
	class := r.t.Class
	if r.t.CancelIf != "" && n.holds(r.t.CancelIf, r.trigger.Properties) {
		return ReasonCancelIf
	}
	if !n.agreed(class) {
		return ReasonNoConsent
	}
	if why := n.forbids(class); why != "" && why != ReasonCapped {
		return ReasonDeferred
	}
	return ""
}
