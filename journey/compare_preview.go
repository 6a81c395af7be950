package journey

import (
	"fmt"
	"slices"
	"strings"
)

// Preview returns where the runs of a customer would stand if this map were published at in.Now: what Decide does first
// under a newer map, without anything else. A run that would end has the status RunEnded and the reason. In.Events and
// in.Settled are not looked at.
func (m *Map) Preview(in Input) ([]Run, error) {
	d := newDeciding(m, in)
	if err := d.followAll(); err != nil {
		return nil, err
	}
	runs := make([]Run, len(d.runs))
	for i, r := range d.runs {
		runs[i] = *r
	}
	return runs, nil
}

// Alarms describes what time itself brings about under this map: dates and events that stay away. Where the descriptions
// of two maps are equal, the next due instant of a customer who has no run under way is the same under both. Empty when
// nothing rings.
func (m *Map) Alarms() string {
	c := &m.compiled
	if len(c.absences) == 0 && len(c.dates) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintln(&b, m.Timezone)
	for i := range m.Phases {
		fmt.Fprintln(&b, m.Phases[i].ID, descentOf(m.lineage.Phases, named{m.Phases[i].ID, m.Phases[i].Was}).Was)
	}
	for i := range c.absences {
		rule := &c.absences[i]
		fmt.Fprintln(&b, rule.id, rule.absence.After, rule.absence.Without, rule.absence.OrNever, rule.enter.phase)
		if rule.enter.rule != nil {
			fmt.Fprintln(&b, rule.enter.rule.From)
		}
	}
	for _, f := range c.dates {
		fmt.Fprintln(&b, dateRule(f), f.touchpoint.Date)
	}
	return b.String()
}

// AwaitsFirstEvent tells whether the map counts a time from when a customer was first seen, so that even an event in which
// it has no interest makes something begin.
func (m *Map) AwaitsFirstEvent() bool {
	return slices.ContainsFunc(m.compiled.absences, func(rule absenceRule) bool { return rule.absence.OrNever })
}
