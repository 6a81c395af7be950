package journey

import "slices"

// move is a change of phase, by ids. The zero move means that the customer stayed.
type move struct {
	from, to string
}

// phase moves the customer: of the rules that match and may lead there, the last in map order wins.
func (d *deciding) phase(e Event) move {
	target, current := -1, d.m.phaseIndex(d.state.Phase)
	for _, enter := range d.m.compiled.enters[e.Name] {
		if enter.phase != current && !d.m.leads(enter, d.state.Phase) {
			continue
		}
		if ok, err := d.m.holds(enter.rule.If, d.vars(e.Properties, e.Timestamp)); err != nil || !ok {
			continue
		}
		target = max(target, enter.phase)
	}
	if target < 0 || target == current {
		return move{}
	}
	return d.move(target, e, ReasonEntered)
}

// move brings the customer into a phase.
func (d *deciding) move(target int, e Event, reason Reason) move {
	made := move{from: d.state.Phase, to: d.m.Phases[target].ID}
	d.state.Phase, d.state.PhaseSince = made.to, e.Timestamp
	d.learnt()
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
