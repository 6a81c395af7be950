package journey

import (
	"slices"
	"strings"
	"time"
)

// naiveAbsence is an absence rule of the map, and when it is next due.
type naiveAbsence struct {
	name       string // by which it is known in another map too
	phase      int
	rule       *PhaseRule
	touchpoint *Touchpoint
	base, due  time.Time // due is zero when it is not due at all
}

// absences are all rules about events that stay away.
func (n *naive) absences() []naiveAbsence {
	var all []naiveAbsence
	add := func(a naiveAbsence, absence Absence) {
		a.name += "/" + strings.Join(absence.Without, "/")
		for slices.ContainsFunc(all, func(b naiveAbsence) bool { return b.name == a.name }) {
			a.name += "/again" // one phase may have several of the same events
		}
		found := false
		for _, e := range n.events {
			if slices.Contains(absence.Without, e.Name) {
				a.base, found = later(a.base, e.Timestamp), true
			}
		}
		if !found && absence.OrNever && len(n.events) > 0 {
			a.base, found = n.state.Facts.FirstSeen, true
		}
		if found && !slices.ContainsFunc(n.rang[a.name], func(t time.Time) bool { return !t.Before(a.base) }) {
			a.due = a.base.Add(absence.After)
		}
		all = append(all, a)
	}
	for i := range n.m.Phases {
		for j := range n.m.Phases[i].Enter {
			if rule := &n.m.Phases[i].Enter[j]; rule.Absence.After > 0 {
				add(naiveAbsence{name: "phase " + first(n.m.Phases[i].ID), phase: i, rule: rule}, rule.Absence)
			}
		}
	}
	for i := range n.m.Touchpoints {
		if t := &n.m.Touchpoints[i]; t.Absence.After > 0 {
			add(naiveAbsence{name: "touchpoint " + first(t.ID), touchpoint: t}, t.Absence)
		}
	}
	return all
}

// alarms does what absences and dates do at this instant: first the phase changes, then what begins, in the order of the
// map.
func (n *naive) alarms() bool {
	var due []naiveAbsence
	for _, a := range n.absences() {
		if !a.due.IsZero() && !a.due.After(n.now) {
			n.rang[a.name] = append(n.rang[a.name], a.base)
			due = append(due, a)
		}
	}
	to := ""
	for _, a := range due {
		if a.rule != nil && n.leads(a.phase, *a.rule) && n.holds(n.m, a.rule.If, nil) {
			to = n.m.Phases[a.phase].ID
		}
	}
	left, entered := n.move(to)
	if entered != none {
		n.lookAgain()
	}
	some := len(due) > 0
	for i := range n.m.Touchpoints {
		t := &n.m.Touchpoints[i]
		absent := slices.ContainsFunc(due, func(a naiveAbsence) bool { return a.touchpoint == t })
		came := n.dateComes(t)
		if absent || came || slices.Contains(t.Entered, entered) || slices.Contains(t.Left, left) {
			n.trigger(t, Event{Timestamp: n.now, Age: n.real.Sub(n.now)})
			some = true
		}
	}
	return some
}

// date returns when a touchpoint's date comes next: not before it was known, and not within a day and a half of the last
// time.
func (n *naive) date(t *Touchpoint) (time.Time, bool) {
	value, known := n.state.Facts.Traits[t.Date.Trait]
	if t.Date.Trait == "" || !known {
		return time.Time{}, false
	}
	since := n.dates[first(t.ID)].since
	for _, at := range n.rang["date "+first(t.ID)] {
		since = later(since, at.Add(36*time.Hour))
	}
	return dateOccurrence(value, since, t.Date.OffsetDays, t.Date.At, !t.Date.Once, n.m.location(n.state.Facts))
}

func (n *naive) dateComes(t *Touchpoint) bool {
	at, ok := n.date(t)
	if !ok || at.After(n.now) {
		return false
	}
	n.rang["date "+first(t.ID)] = append(n.rang["date "+first(t.ID)], at)
	return true
}

// naiveDate is what a touchpoint's date was last, and since when; that never goes back.
type naiveDate struct {
	value any
	since time.Time
}

// noteDates remembers since when each date is what it is.
func (n *naive) noteDates(at time.Time) {
	for i := range n.m.Touchpoints {
		t := &n.m.Touchpoints[i]
		if t.Date.Trait == "" {
			continue
		}
		value := n.state.Facts.Traits[t.Date.Trait]
		if before := n.dates[first(t.ID)]; value != before.value {
			since := before.since
			if value != nil {
				since = later(since, at)
			}
			n.dates[first(t.ID)] = naiveDate{value, since}
		}
	}
}
