package journey

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"
)

// maxRules bounds what is remembered by rule.
const maxRules = maxTouchpoints + maxPhases

// alarm is what time itself brings: a date that is known of the customer, or an event that has stayed away.
type alarm struct {
	at      time.Time // zero when there is none
	rule    string    // the name under which the facts remember that it rang
	base    time.Time // what the facts remember
	absence *absenceRule
	flow    *flow // of a date
}

// itself gives the instant itself, for maps of instants.
func itself(t time.Time) time.Time { return t }

// nextAlarm returns the earliest alarm under the facts as they are.
func (d *deciding) nextAlarm() alarm {
	if d.alarmSet {
		return d.alarm
	}
	d.alarm, d.alarmSet = alarm{}, true
	keep := func(a alarm) {
		if !a.at.IsZero() && (d.alarm.at.IsZero() || a.at.Before(d.alarm.at)) {
			d.alarm = a
		}
	}
	for i := range d.m.compiled.absences {
		keep(d.absenceAlarm(&d.m.compiled.absences[i]))
	}
	for _, f := range d.m.compiled.dates {
		keep(d.dateAlarm(f))
	}
	return d.alarm
}

// absenceAlarm counts from the newest of the events. It rings once for each such base.
func (d *deciding) absenceAlarm(rule *absenceRule) alarm {
	var base time.Time
	for _, name := range rule.absence.Without {
		base = later(base, d.state.Facts.Last[name])
	}
	if base.IsZero() && rule.absence.OrNever {
		base = d.state.Facts.FirstSeen
	}
	if base.IsZero() || !base.After(d.state.Facts.Fired[rule.id]) {
		return alarm{}
	}
	return alarm{at: base.Add(rule.absence.After), rule: rule.id, base: base, absence: rule}
}

func dateRule(f *flow) string { return "date/" + f.descent.Origin }

// dateAlarm rings at the dates after the one for which it rang last, or after it was first known.
func (d *deciding) dateAlarm(f *flow) alarm {
	t := f.touchpoint
	known, ok := d.state.Facts.Traits[t.Date.Trait]
	since := d.state.Facts.Fired[dateRule(f)]
	if !ok || since.IsZero() {
		return alarm{}
	}
	at, ok := dateOccurrence(known, since, t.Date.OffsetDays, t.Date.At, !t.Date.Once, d.location())
	if !ok {
		return alarm{}
	}
	return alarm{at: at, rule: dateRule(f), base: at.Add(sameDate), flow: f}
}

// sameDate is for how long after a date rang it does not ring again: a customer who travels west, or whose date is put
// right by a day, comes to it twice.
const sameDate = 36 * time.Hour

// noticeDates remembers since when the dates of triggers are known: earlier ones never ring. Of a date that was another one
// in the former traits, that is since now.
func (d *deciding) noticeDates(former map[string]any, at time.Time) {
	for _, f := range d.m.compiled.dates {
		rule, trait := dateRule(f), f.touchpoint.Date.Trait
		known, ok := d.state.Facts.Traits[trait]
		since := d.state.Facts.Fired[rule]
		if ok && (since.IsZero() || at.After(since) && !reflect.DeepEqual(known, former[trait])) {
			d.fired(rule, at)
		}
	}
}

func (d *deciding) fired(rule string, base time.Time) {
	d.state.Facts.Fired = with(d.state.Facts.Fired, rule, base, maxRules, itself)
	d.alarmSet = false
}

// recall looks up what the facts do not hold yet because an older map had no use for it.
func (d *deciding) recall() error {
	if d.state.Facts.FirstSeen.IsZero() {
		return nil // the customer is new: there is nothing to look up
	}
	d.forgetUnwatched()
	var missing []string
	for _, name := range d.m.compiled.absent {
		if _, known := d.state.Facts.Last[name]; !known {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		latest, err := d.in.Past.Latest(missing)
		if err != nil {
			return fmt.Errorf("read the customer's latest events: %w", err)
		}
		for _, name := range missing {
			// One that never came is remembered as the zero instant, so that it is not looked up again.
			d.state.Facts.Last = with(d.state.Facts.Last, name, latest[name], maxNotedNames, itself)
		}
		d.learnt()
	}
	if d.in.MapSince.IsZero() {
		d.noticeDates(d.state.Facts.Traits, d.in.Now)
	} else {
		d.noticeDates(d.state.Facts.Traits, d.in.MapSince)
	}
	return nil
}

// forgetUnwatched forgets the latest events that no absence waits for any more. From now on nobody would keep them up to
// date, and a later map that waits for them again has to look them up.
func (d *deciding) forgetUnwatched() {
	unwatched := func(name string) bool { return !slices.Contains(d.m.compiled.absent, name) }
	for name := range d.state.Facts.Last {
		if unwatched(name) {
			d.state.Facts.Last = maps.Clone(d.state.Facts.Last)
			maps.DeleteFunc(d.state.Facts.Last, func(name string, _ time.Time) bool { return unwatched(name) })
			return
		}
	}
}

// ring handles an alarm: the customer comes into a phase, or a run starts.
func (d *deciding) ring(a alarm) error {
	d.fired(a.rule, a.base)
	e := Event{Timestamp: a.at, ReceivedAt: a.at, Age: d.in.Now.Sub(a.at)}
	switch {
	case a.flow != nil:
		return d.trigger(a.flow, e, ReasonDateCame)
	case a.absence.flow != nil:
		return d.trigger(a.absence.flow, e, ReasonAbsent)
	}
	return d.absentFrom(a, e)
}

// absentFrom brings the customer into a phase. Of several absences that are due together the last phase of the map counts,
// as with events.
func (d *deciding) absentFrom(a alarm, e Event) error {
	target, current := -1, d.m.phaseIndex(d.state.Phase)
	for i := range d.m.compiled.absences {
		rule := &d.m.compiled.absences[i]
		other := d.absenceAlarm(rule)
		if rule.id != a.rule && (rule.flow != nil || !other.at.Equal(a.at)) {
			continue
		}
		if rule.id != a.rule {
			d.fired(rule.id, other.base)
		}
		if rule.enter.phase != current && !d.m.leads(rule.enter, d.state.Phase) {
			continue
		}
		if ok, err := d.m.holds(rule.enter.rule.If, d.vars(nil, a.at)); err == nil && ok {
			target = max(target, rule.enter.phase)
		}
	}
	if target < 0 || target == current {
		return nil
	}
	moved := d.move(target, e, ReasonAbsent)
	d.reconsider(a.at)
	return d.triggers(e, moved)
}
