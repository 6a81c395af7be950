package journey

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// publish makes another map the live one, at this instant.
func (n *naive) publish(m *Map) {
	n.now = n.real
	for i := range m.Phases {
		if first(n.state.Phase) == first(m.Phases[i].ID) {
			n.state.Phase = m.Phases[i].ID
		}
	}
	n.m, n.since = m, n.real
	n.noteDates(n.real)
	for _, r := range n.runs {
		if !r.ended {
			n.follow(r)
		}
	}
	n.now = n.real.Add(-1)
}

// first is what something was called first. Whoever edits the drawn maps appends a letter to rename, and says which name was the
// former one; that may be left out again, or the name be taken back, and it is the same thing for ever.
func first(id string) string { return strings.TrimRight(id, "x") }

// follow brings a run under the newest map, or leaves it under the one with which it began.
func (n *naive) follow(r *naiveRun) {
	live := n.live(r)
	mode := n.m.InFlight
	if live != nil && live.InFlight != "" {
		mode = live.InFlight
	}
	switch {
	case mode == Finish && r.m == r.begun && !r.held.IsZero():
		n.tryAgain(r)
	case mode == Finish && r.m == r.begun:
		if r.why == ReasonPaused && !n.paused(r) {
			before := *r
			n.goTo(r, r.todo)
			r.before = &before
		}
	case mode == Finish:
		n.change(r, r.begun, n.begun(r))
	case live == nil:
		n.end(r, ReasonGone)
	default:
		n.change(r, n.m, live)
	}
}

// begun is what a run began with.
func (n *naive) begun(r *naiveRun) *Touchpoint {
	i := slices.IndexFunc(r.begun.Touchpoints, func(t Touchpoint) bool { return t.ID == r.touchpoint })
	return &r.begun.Touchpoints[i]
}

// change brings a run under another map. An edit that has not taken effect is taken back first.
func (n *naive) change(r *naiveRun, m *Map, t *Touchpoint) {
	former := *r
	if r.moved {
		b := r.before
		r.todo, r.entered, r.due, r.moved, r.before = b.todo, b.entered, b.due, false, nil
		r.acting, r.why, r.held = b.acting, b.why, b.held
	}
	before := *r
	n.goAlong(r, m, t)
	if former.moved && !r.ended && !r.moved {
		n.tookBack(r, former.todo[0].ID)
	}
	if r.ended || !r.moved {
		return
	}
	r.before = &before
	if again := later(former.due, n.real); former.moved && !former.due.IsZero() && again.Before(r.due) {
		r.due = again // one edit after the other puts nobody off
	}
}

// tookBack makes up for what a run missed that stands again where it stood before an edit, which brought it to another step.
func (n *naive) tookBack(r *naiveRun, step string) {
	if r.why == ReasonPaused {
		n.act(later(n.since, r.entered), "%s held %s", r, ReasonPaused)
		return
	}
	if s := &r.todo[0]; s.ID != step {
		n.act(later(n.since, r.entered), "%s step edited", r)
	}
	if r.todo[0].Kind == StepWaitFor && n.cameMeanwhile(r) {
		return
	}
	if !r.acting && r.due.Before(n.since) {
		r.due = n.instant(r)
	}
}

// goAlong lets a run follow other steps: from the same step, or else from the next of its own that is left.
func (n *naive) goAlong(r *naiveRun, m *Map, t *Touchpoint) {
	old := r.todo
	r.m, r.t = m, t
	for i := range old {
		todo := stepsFrom(t.Steps, old[i].ID)
		switch {
		case todo == nil:
			continue
		case i > 0:
			n.act(later(n.real, r.entered), "%s step edited", r)
			n.goTo(r, todo)
		default:
			n.stand(r, &old[0], todo)
		}
		return
	}
	n.end(r, ReasonStepGone)
}

// stepsFrom returns a step, by an id that it has or had, and all that follow it. Nil when it is not there.
func stepsFrom(steps []Step, id string) []Step {
	for i := range steps {
		s := &steps[i]
		if first(s.ID) == first(id) {
			return steps[i:]
		}
		inner := [][]Step{s.Do, s.Else}
		for j := range s.Arms {
			inner = append(inner, s.Arms[j].Do)
		}
		for _, within := range inner {
			if found := stepsFrom(within, id); found != nil {
				return slices.Concat(found, steps[i+1:])
			}
		}
	}
	return nil
}

// tryAgain lets what policy holds try again at the instant of the edit, unless it does so before.
func (n *naive) tryAgain(r *naiveRun) {
	if again := later(r.try, n.since); r.try.IsZero() || n.instant(r).Before(again) {
		r.try = n.instant(r)
	} else {
		r.try = again
	}
}

// instant is when the edit takes effect for the customer, no sooner than the run came to its step.
func (n *naive) instant(r *naiveRun) time.Time {
	return later(n.since.Add(n.share(n.m.Policy.Spread)), r.entered)
}

// goTo lets a run do the steps from the instant of the edit on, or when its mail is settled.
func (n *naive) goTo(r *naiveRun, todo []Step) {
	r.todo, r.moved, r.acting, r.due = todo, true, false, n.instant(r)
	r.why, r.held, r.try, r.free = ReasonEdited, time.Time{}, time.Time{}, time.Time{}
	if r.mail != nil {
		r.due = time.Time{}
	}
}

// stand lets a run stand where it stood, with the wait that this is now.
func (n *naive) stand(r *naiveRun, was *Step, todo []Step) {
	r.todo = todo
	s := &todo[0]
	switch {
	case r.why == ReasonPaused && !n.paused(r):
		n.goTo(r, todo)
		return
	case !r.held.IsZero():
		n.tryAgain(r)
		return
	}
	var due time.Time
	switch {
	case s.Kind == StepWait && s.Wait != was.Wait:
		due = s.Wait.After(r.entered, n.m.location(n.state.Facts))
	case s.Kind == StepUntil && s.Until != was.Until:
		v := &vars{event: r.trigger.Properties, customer: r.m.customer(&n.state, r.entered, Rhythm{}), now: r.entered}
		at, err := r.m.instant(s.Until, v)
		if err != nil {
			return
		}
		due = at
	case s.Kind == StepWaitFor && !reflect.DeepEqual(s.For, was.For):
		due = r.entered.Add(s.For.Timeout)
		r.due = due
		if n.cameMeanwhile(r) {
			return
		}
	default:
		return
	}
	r.due = later(due, n.instant(r))
	n.act(later(n.since, r.entered), "%s step edited", r)
}

// cameMeanwhile lets a run go on from a waitFor whose event came when it did not wait for that.
func (n *naive) cameMeanwhile(r *naiveRun) bool {
	if !slices.ContainsFunc(n.events, func(e Event) bool { return n.answers(r, e) }) {
		return false
	}
	n.act(n.instant(r), "%s step event-came", r)
	if rest := slices.Concat(r.todo[0].Do, r.todo[1:]); len(rest) > 0 {
		n.goTo(r, rest)
		return true
	}
	n.now = n.instant(r)
	n.end(r, ReasonCompleted)
	n.now = n.real
	return true
}
