package journey

import "slices"

// phase moves the customer: of the rules that match and may lead there, the last in map order wins.
func (d *deciding) phase(e Event) {
	current := d.m.phaseIndex(d.state.Phase)
	target := -1
	for _, enter := range d.m.compiled.enters[e.Name] {
		if enter.phase < current && !leadsBack(enter.rule, d.state.Phase) {
			continue
		}
		if ok, err := d.m.holds(enter.rule.If, d.vars(e.Properties, e.Timestamp)); err != nil || !ok {
			continue
		}
		target = max(target, enter.phase)
	}
	if target < 0 || target == current {
		return
	}
	from := d.state.Phase
	d.state.Phase = d.m.Phases[target].ID
	d.state.PhaseSince = e.Timestamp
	d.customer = nil
	d.decide(Decision{
		At: e.Timestamp, Kind: DecidedPhase, Reason: ReasonEntered, Phase: d.state.Phase, EventSeq: e.Seq,
		Detail: map[string]any{"from": from, "event": e.Name},
	})
}

func leadsBack(rule *PhaseRule, phase string) bool {
	return slices.Contains(rule.From, AnyPhase) || slices.Contains(rule.From, phase)
}

// phaseIndex returns the place of a phase along the journey. A phase that the map does not know, and none at all, lie
// before the first.
func (m *Map) phaseIndex(id string) int {
	if i, ok := m.compiled.phaseIndex[id]; ok {
		return i
	}
	return -1
}
