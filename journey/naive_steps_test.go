package journey

import (
	"cmp"
	"slices"
	"time"
)

// proceed does steps until the run has to wait.
func (n *naive) proceed(r *naiveRun) {
	for !r.ended {
		r.entered, r.due, r.moved, r.before, r.acting, r.why = n.now, time.Time{}, false, nil, false, ""
		r.held, r.try, r.free = time.Time{}, time.Time{}, time.Time{}
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
		return true
	case StepUntil:
		at, err := r.m.instant(s.Until, n.vars(r.m, r.trigger.Properties))
		if err != nil {
			n.end(r, ReasonConditionErr)
			return true
		}
		if r.due = at; at.After(n.now) {
			return true
		}
	case StepWaitFor:
		r.due = n.now.Add(s.For.Timeout)
		if i := slices.IndexFunc(n.events, func(e Event) bool { return n.answers(r, e) }); i >= 0 {
			n.came(r, n.events[i])
		}
		return true
	case StepBranch:
		steps := s.Else
		for _, arm := range slices.Backward(s.Arms) {
			if n.holds(r.m, arm.If, r.trigger.Properties) {
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
		return true
	}
	n.skip(r, nil)
	return false
}

// skip takes the first step away and puts others in its place.
func (n *naive) skip(r *naiveRun, steps []Step) { r.todo = slices.Concat(steps, r.todo[1:]) }

func (n *naive) set(s *Step, r *naiveRun) {
	traits := map[string]any{}
	v := n.vars(r.m, r.trigger.Properties)
	for _, setting := range s.Set {
		traits[setting.Trait] = setting.Value
		if setting.Expression != "" {
			traits[setting.Trait], _ = r.m.number(setting.Expression, v)
		}
	}
	n.state.Facts.Traits = merge(n.state.Facts.Traits, traits)
	n.act(n.now, "%s set", r)
	n.changed = true
	n.noteDates(n.now)
	n.lookAgain()
}

// end ends a run: no earlier than it came to where it stands, although what ends it may be older.
func (n *naive) end(r *naiveRun, reason Reason) {
	r.ended, r.acting, r.due, r.held, r.try = true, false, time.Time{}, time.Time{}, time.Time{}
	if r.mail != nil {
		r.mail.dropped, r.mail.droppedIn = later(n.now, r.entered), n.call
		if r.mail.gone = r.mail.call == n.call; r.mail.gone {
			n.lookAgain()
		}
		r.mail = nil
	}
	n.act(later(n.now, r.entered), "%s end %s", r, reason)
}

// answers tells whether a run's waitFor waits for the event: one of its time, from the start of the run until the wait is
// over.
func (n *naive) answers(r *naiveRun, e Event) bool {
	w := r.todo[0].For
	if !slices.Contains(w.On, e.Name) || e.Seq == r.trigger.Seq || e.Timestamp.Before(r.started) || e.Timestamp.After(r.due) {
		return false
	}
	v := &vars{event: e.Properties, customer: r.m.customer(&n.state, e.Timestamp, Rhythm{}), now: e.Timestamp}
	if ok, err := r.m.holds(w.If, v); err != nil || !ok {
		return false
	}
	return n.about(r, r.m, w.By, e, v)
}

// came lets a run go on from its waitFor, when the event happened or, if that was earlier, when the run came there.
func (n *naive) came(r *naiveRun, e Event) {
	now := n.now
	n.now = later(e.Timestamp, r.entered)
	n.act(n.now, "%s step event-came", r)
	n.skip(r, r.todo[0].Do)
	n.proceed(r)
	n.now = now
}

// waits lets one wait that is over end.
func (n *naive) waits() bool {
	for _, r := range n.runs {
		if r.ended || r.due.IsZero() || r.due.After(n.now) || r.acting && !r.moved {
			continue
		}
		if !r.moved {
			s := r.todo[0]
			if s.Kind == StepWaitFor {
				n.act(n.now, "%s step timed-out", r)
			}
			n.skip(r, s.Else)
		}
		n.proceed(r)
		return true
	}
	return false
}

// sends lets one run that stands before a message do it; of several the one that ranks first.
func (n *naive) sends() bool {
	var before []*naiveRun
	for _, r := range n.runs {
		if !r.ended && r.acting && !r.moved && r.mail == nil && !r.entered.After(n.now) {
			before = append(before, r)
		}
	}
	classes := []Class{Transactional, Service, Marketing}
	slices.SortStableFunc(before, func(a, b *naiveRun) int {
		return cmp.Or(
			cmp.Compare(slices.Index(classes, a.t.Class), slices.Index(classes, b.t.Class)),
			cmp.Compare(b.t.Priority, a.t.Priority), a.entered.Compare(b.entered), 0)
	})
	return slices.ContainsFunc(before, func(r *naiveRun) bool { return n.ready(r) && n.reachesOut(r) })
}

// ready tells whether a run that stands before a message is to be looked at: when it has just come there, when something
// changed, when it was held for too long, and when policy lets it go, at the customer's own moment after that.
func (n *naive) ready(r *naiveRun) bool {
	switch {
	case r.why == "":
		return true
	case r.held.IsZero() || n.now.Before(r.held):
		return false // paused, or gone back to before
	case !r.try.IsZero() && !r.try.After(n.now), !n.now.Before(r.held.Add(n.m.Policy.Held.For)):
		return true
	case n.forbids(r.t.Class) != "":
		r.free = time.Time{}
		return false
	case r.free.IsZero():
		r.free = n.now
	}
	own := r.free.Add(n.share(n.m.Policy.Spread))
	return !n.now.Before(own) || n.hoursForbid(r.t.Class, own) != ""
}

// paused tells whether the newest map holds what a run does.
func (n *naive) paused(r *naiveRun) bool {
	live := n.live(r)
	return n.m.Paused || live != nil && live.Paused
}

// reachesOut answers whether something changed for the run, so that it is not held as it was.
func (n *naive) reachesOut(r *naiveRun) bool {
	s := &r.todo[0]
	r.try, r.free = time.Time{}, time.Time{}
	if n.paused(r) {
		return n.hold(r, ReasonPaused)
	}
	if r.t.CancelIf != "" && n.holds(r.m, r.t.CancelIf, r.trigger.Properties) {
		n.end(r, ReasonCancelIf)
		return true
	}
	if did := n.did(r, s); did && s.Kind == StepWebhook {
		return n.noSend(r, ReasonEdited)
	} else if did && s.Kind == StepTask {
		n.act(n.now, "%s step edited", r)
		n.skip(r, nil)
		n.proceed(r)
		return true
	}
	if s.Kind == StepTask || s.Kind == StepWebhook {
		r.deeds = append(r.deeds, naiveDeed{step: s})
		n.act(n.now, "%s %s", r, s.Kind)
		if s.Kind == StepTask {
			n.state.Facts.OpenTaskIDs = append(slices.Clone(n.state.Facts.OpenTaskIDs), since(n.now)+r.String())
			n.lookAgain(ReasonClassPaused)
		}
		n.skip(r, nil)
		n.proceed(r)
		return true
	}
	if why := n.unwanted(r.t.Class); why != "" {
		return n.noSend(r, why)
	}
	if n.did(r, s) {
		return n.noSend(r, ReasonEdited)
	}
	if why := n.forbids(r.t.Class); why != "" {
		if !r.held.IsZero() && !n.now.Before(r.held.Add(n.m.Policy.Held.For)) {
			return n.tooLong(r)
		}
		return n.hold(r, why)
	}
	if r.exposed.IsZero() {
		r.exposed = n.now
		if len(r.t.Goal.On) > 0 {
			r.within = n.now.Add(r.t.Goal.Within)
		}
	}
	if r.t.Holdout > 0 {
		return n.noSend(r, ReasonHoldout)
	}
	n.act(n.now, "%s send %s", r, s.Template)
	r.mail = &naiveMail{
		run: r, class: r.t.Class, template: s.Template, at: n.now, planned: later(n.now, n.real), call: n.call,
		id: MessageID(RunID(n.id, r.touchpoint, r.key, r.nth), s.ID, n.now),
	}
	r.held, r.why = time.Time{}, ""
	n.mails = append(n.mails, r.mail)
	r.deeds = append(r.deeds, naiveDeed{step: s, mail: r.mail})
	return true
}

func (n *naive) hold(r *naiveRun, why Reason) (changed bool) {
	if why == ReasonPaused {
		r.held = time.Time{}
	} else if r.held.IsZero() {
		r.held = n.now
	}
	if why == ReasonClassPaused {
		r.try = n.now.Add(time.Hour)
	}
	changed = r.why == ""
	if changed || r.why != why && (r.why == ReasonPaused || why == ReasonPaused) {
		n.act(n.now, "%s held %s", r, why)
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
