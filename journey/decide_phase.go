package journey

import "slices"

// move is a change of phase, by ids. The zero move means that the customer stayed.
type move struct {
	from, to string
}

// phase moves the customer into the phase to which the event leads.
func (d *deciding) phase(e Event) move {
	if len(d.m.compiled.enters[e.Name]) == 0 {
		return move{}
	}
	target := d.m.target(d.state.Phase, e.Name, d.vars(e.Properties, e.Timestamp))
	if target < 0 {
		return move{}
	}
	return d.move(target, e, ReasonEntered)
}

// target returns the phase to which an event leads a customer: of the rules that match and may lead there, the last in map
// order wins. It is -1 when they stay where they are.
func (m *Map) target(phase, event string, v *vars) int {
	target, current := -1, m.phaseIndex(phase)
	for _, enter := range m.compiled.enters[event] {
		if enter.phase != current && !m.leads(enter, phase) {
			continue
		}
		if ok, err := m.holds(enter.rule.If, v); err != nil || !ok {
			continue
		}
		target = max(target, enter.phase)
	}
	if target == current {
		return -1
	}
	return target
}

// move brings the customer into a phase.
func (d *deciding) move(target int, e Event, reason Reason) move {
	made := move{from: d.state.Phase, to: d.m.Phases[target].ID}
	if i := d.m.phaseIndex(made.from); i >= 0 {
		made.from = d.m.Phases[i].ID // they may be in it under a former id
	}
	d.state.Phase, d.state.PhaseSince = made.to, e.Timestamp
	d.learnt()
	d.moved = true
	detail := map[string]any{"from": made.from}
	if e.Name != "" {
		detail["event"] = e.Name
	}
	d.decide(Decision{At: e.Timestamp, Kind: DecidedPhase, Reason: reason, Phase: made.to, EventSeq: e.Seq, Detail: detail})
	return made
}

// leads tells whether a rule may bring a customer who is in that phase into another one.
func (m *Map) leads(enter enterRule, phase string) bool {
	switch current := m.phaseIndex(phase); {
	case enter.phase == current:
		return false
	case enter.phase > current:
		return true
	}
	return slices.ContainsFunc(enter.rule.From, func(from string) bool {
		return from == AnyPhase || m.phaseIndex(from) == m.phaseIndex(phase)
	})
}

// phaseIndex returns the place of a phase along the journey. A phase that the map does not know, and none at all, lie
// before the first.
func (m *Map) phaseIndex(id string) int {
	if i, ok := m.compiled.phaseIndex[id]; ok {
		return i
	}
	return -1
}
