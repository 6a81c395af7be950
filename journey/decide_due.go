package journey

import (
	"cmp"
	"time"
)

// nextDue returns the earliest instant at which something of its own accord happens: a settlement, the end of a wait, a
// date, or an event that has stayed away for long enough.
func (d *deciding) nextDue() (time.Time, bool) {
	var at time.Time
	found := false
	earlier := func(t time.Time) {
		if !found || t.Before(at) {
			at, found = t, true
		}
	}
	if len(d.settled) > 0 {
		earlier(d.settled[0].At)
	}
	if r := d.earliestWait(); r != nil {
		earlier(r.Due)
	}
	if a := d.nextAlarm(); !a.at.IsZero() {
		earlier(a.at)
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

// earliestWait returns the run whose wait ends first. Of those that end together, other steps come before sends, and
// sends in the order of their rank: the first that policy allows goes.
func (d *deciding) earliestWait() *Run {
	var first *Run
	for _, r := range d.runs {
		if r.Status != RunActive || r.Due.IsZero() {
			continue
		}
		if first == nil || r.Due.Before(first.Due) || r.Due.Equal(first.Due) && d.rank(r, first) < 0 {
			first = r
		}
	}
	return first
}

var classRank = map[Class]int{Transactional: 1, Service: 2, Marketing: 3}

// rank orders two runs that are due together; negative when a goes first.
func (d *deciding) rank(a, b *Run) int {
	place := func(r *Run) (class, priority int) {
		f := d.flow(r)
		if f == nil || f.nodes[r.Step] == nil || !f.nodes[r.Step].sends() {
			return 0, 0
		}
		return classRank[f.touchpoint.Class], -f.touchpoint.Priority
	}
	classA, priorityA := place(a)
	classB, priorityB := place(b)
	if classA == 0 || classB == 0 {
		return cmp.Compare(classA, classB)
	}
	return cmp.Or(cmp.Compare(classA, classB), cmp.Compare(priorityA, priorityB), a.EnteredAt.Compare(b.EnteredAt))
}

// fall handles what is due at the instant: a settlement first, then dates and absences, then the end of a wait.
func (d *deciding) fall(at time.Time) error {
	if len(d.settled) > 0 && !d.settled[0].At.After(at) {
		return d.settle()
	}
	if a := d.nextAlarm(); !a.at.IsZero() && !a.at.After(at) {
		return d.ring(a)
	}
	return d.wake(d.earliestWait())
}

// wake lets a run go on whose wait is over.
func (d *deciding) wake(r *Run) error {
	at := r.Due
	f := d.flow(r)
	if f != nil && r.Held == ReasonEdited {
		r = d.change(r)
		return d.enter(f, r, r.Step, at)
	}
	if f != nil {
		if n := f.nodes[r.Step]; n != nil && n.sends() {
			return d.sendAgain(f, r, n, at)
		}
	}
	return d.leave(r, at, func(n *node) string {
		if n.step.Kind != StepWaitFor {
			return n.next
		}
		d.note(r, DecidedStep, ReasonTimedOut, at, nil)
		return n.els
	})
}

// leave brings a run from its step to the one that follows.
func (d *deciding) leave(r *Run, at time.Time, next func(*node) string) error {
	f := d.flow(r)
	if f == nil {
		d.end(r, ReasonGone, at, 0, nil)
		return nil
	}
	n := f.nodes[r.Step]
	if n == nil {
		d.end(r, ReasonStepGone, at, 0, map[string]any{"step": r.Step})
		return nil
	}
	return d.enter(f, r, next(n), at)
}
