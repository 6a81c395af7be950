package journey

import (
	"slices"
	"time"
)

// base is the instant from which an absence counts.
func (n *naive) base(rule absenceRule) (base time.Time, ok bool) {
	for _, e := range n.events {
		if slices.Contains(rule.absence.Without, e.Name) {
			base, ok = later(base, e.Timestamp), true
		}
	}
	if !ok && rule.absence.OrNever && len(n.events) > 0 {
		return n.state.Facts.FirstSeen, true
	}
	return base, ok
}

// alarms does what absences and dates do at this instant.
func (n *naive) alarms() (any bool) {
	var due []absenceRule
	for _, rule := range n.m.compiled.absences {
		base, ok := n.base(rule)
		if !ok || base.Add(rule.absence.After).After(n.now) || slices.ContainsFunc(n.fired[rule.id], base.Equal) {
			continue
		}
		n.fired[rule.id] = append(n.fired[rule.id], base)
		due = append(due, rule)
	}
	to := ""
	for _, rule := range due {
		if rule.flow == nil && n.leads(rule.enter.phase, *rule.enter.rule) && n.holds(rule.enter.rule.If, nil) {
			to = n.m.Phases[rule.enter.phase].ID
		}
	}
	left, entered := n.move(to)
	for i := range n.m.Touchpoints {
		t := &n.m.Touchpoints[i]
		absent := slices.ContainsFunc(due, func(rule absenceRule) bool { return rule.flow != nil && rule.flow.touchpoint == t })
		came := n.dateComes(t)
		if absent || came || slices.Contains(t.Entered, entered) || slices.Contains(t.Left, left) {
			n.trigger(t, Event{Timestamp: n.now})
			any = true
		}
	}
	return any || len(due) > 0
}

// date returns when a touchpoint's date comes next: not before it was known, and not within a day and a half of the last
// time, which is the same date in another zone.
func (n *naive) date(t *Touchpoint) (time.Time, bool) {
	known, ok := n.dates[t.ID]
	if t.Date.Trait == "" || !ok {
		return time.Time{}, false
	}
	since := known.since
	for _, at := range n.fired["date/"+t.ID] {
		since = later(since, at.Add(36*time.Hour))
	}
	return dateOccurrence(known.value, since, t.Date.OffsetDays, t.Date.At, !t.Date.Once, n.m.location(n.state.Facts))
}

func (n *naive) dateComes(t *Touchpoint) bool {
	at, ok := n.date(t)
	if !ok || at.After(n.now) {
		return false
	}
	n.fired["date/"+t.ID] = append(n.fired["date/"+t.ID], at)
	return true
}

type naiveDate struct {
	value any
	since time.Time
}

// noteDates remembers since when each date is what it is.
func (n *naive) noteDates() {
	for i := range n.m.Touchpoints {
		t := &n.m.Touchpoints[i]
		value, known := n.state.Facts.Traits[t.Date.Trait]
		if before, had := n.dates[t.ID]; !known {
			delete(n.dates, t.ID)
		} else if !had || before.value != value {
			n.dates[t.ID] = naiveDate{value, n.now}
		}
	}
}
