package journey

import (
	"fmt"
	"slices"
	"strings"
)

// review reports what a map without errors says in vain.
func (p *parser) review(m *Map) {
	reached := p.reviewPhases(m)
	for i := range m.Touchpoints {
		p.reviewTouchpoint(m, i, reached)
	}
	p.reviewPersonas(m)
	p.reviewPolicy(m)
	p.reviewNames(m)
	p.reviewProperties(m)
}

// reviewPhases reports rules that never lead into their phase, and returns the phases that can be reached.
func (p *parser) reviewPhases(m *Map) map[string]bool {
	reached := map[string]bool{}
	for i := range m.Phases {
		phase := &m.Phases[i]
		for j := range phase.Enter {
			path := fmt.Sprintf("phases[%d].enter[%d]", i, j)
			winner, shadowed := m.shadow(i, &phase.Enter[j])
			switch {
			case m.never(phase.Enter[j].If):
				p.warnAt(path+".if", "never holds, so the rule leads nobody here", "")
			case shadowed:
				p.warnAt(path, "leads nobody here, because "+m.Phases[winner].ID+" comes later and takes every "+phase.Enter[j].On,
					"give the rule of "+m.Phases[winner].ID+" a condition")
			default:
				reached[phase.ID] = true
			}
		}
		if len(phase.Enter) > 0 && !reached[phase.ID] {
			p.warnAt(fmt.Sprintf("phases[%d].enter", i), "nobody can come into this phase", "none of its rules can lead here")
		}
	}
	return reached
}

// shadow returns a later phase whose rule, without a condition, takes the event of a rule of a phase wherever the customer
// is: of the rules that match, the last one wins.
func (m *Map) shadow(phase int, rule *PhaseRule) (winner int, shadowed bool) {
	if rule.On == "" {
		return 0, false
	}
	for later := phase + 1; later < len(m.Phases); later++ {
		for i := range m.Phases[later].Enter {
			other := &m.Phases[later].Enter[i]
			if other.On == rule.On && m.always(other.If) && !m.leadsPast(rule, later, other) {
				return later, true
			}
		}
	}
	return 0, false
}

// leadsPast tells whether a rule leads back from a phase beyond a later one whose own rule does not lead back from there.
func (m *Map) leadsPast(rule *PhaseRule, later int, other *PhaseRule) bool {
	for i := later + 1; i < len(m.Phases); i++ {
		if leadsFrom(rule, m.Phases[i].ID) && !leadsFrom(other, m.Phases[i].ID) {
			return true
		}
	}
	return false
}

func leadsFrom(rule *PhaseRule, phase string) bool {
	return slices.Contains(rule.From, AnyPhase) || slices.Contains(rule.From, phase)
}

// reviewMoves reports a trigger on phases that nobody enters or leaves.
func (p *parser) reviewMoves(m *Map, t *Touchpoint, path string, reached map[string]bool) {
	unreached := func(id string) bool { return !reached[id] }
	if len(t.Entered) > 0 && !slices.ContainsFunc(t.Entered, func(id string) bool { return reached[id] }) {
		p.warnAt(path+".entered", "nobody comes into "+strings.Join(t.Entered, " or "), "")
	}
	if len(t.Left) == 0 {
		return
	}
	stays := func(id string) bool { return unreached(id) || !m.leaves(id, reached) }
	if !slices.ContainsFunc(t.Left, func(id string) bool { return !stays(id) }) {
		p.warnAt(path+".left", "nobody leaves "+strings.Join(t.Left, " or "), "")
	}
}

// leaves tells whether a customer can come from a phase into another one.
func (m *Map) leaves(id string, reached map[string]bool) bool {
	from := m.phaseIndex(id)
	for i := range m.Phases {
		switch {
		case i == from || !reached[m.Phases[i].ID]:
		case i > from:
			return true
		case slices.ContainsFunc(m.Phases[i].Enter, func(rule PhaseRule) bool { return leadsFrom(&rule, id) }):
			return true
		}
	}
	return false
}

// reviewPersonas reports personas that nobody is.
func (p *parser) reviewPersonas(m *Map) {
	everybody := ""
	for i := range m.Personas {
		persona := &m.Personas[i]
		path := fmt.Sprintf("personas[%d].match", i)
		switch {
		case persona.Match == "":
			continue
		case m.never(persona.Match):
			p.warnAt(path, "never holds, so nobody is like "+persona.ID, "")
		case everybody != "":
			p.warnAt(path, "is never asked, because everybody is like "+everybody, "put "+everybody+" last")
		case m.always(persona.Match):
			everybody = persona.ID
		}
		if usesPersona.MatchString(persona.Match) {
			p.warnAt(path, "asks for customer.persona, which is always empty here", "")
		}
	}
}
