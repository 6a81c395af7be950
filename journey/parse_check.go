package journey

import "fmt"

// check reports what can only be seen in the whole map: ids given twice, names of things that do not exist, and what is
// probably not meant.
func (p *parser) check(m *Map) {
	phases := map[string]int{}
	for i := range m.Phases {
		path := fmt.Sprintf("phases[%d]", i)
		p.checkUnique(phases, m.Phases[i].ID, i, path, "phases")
		if m.Phases[i].ID == AnyPhase {
			p.failAt(path+".id", "must not be any", "any means every phase")
		}
	}
	for i := range m.Phases {
		p.checkRules(m, i, phases)
	}
	touchpoints := map[string]int{}
	for i := range m.Touchpoints {
		t, path := &m.Touchpoints[i], fmt.Sprintf("touchpoints[%d]", i)
		p.checkUnique(touchpoints, t.ID, i, path, "touchpoints")
		if _, ok := phases[t.Phase]; t.Phase != "" && !ok {
			p.failAt(path+".phase", "there is no phase "+t.Phase, suggest(t.Phase, phaseIDs(m)))
		}
		p.checkEvents(t, path)
	}
}

// checkUnique notes the index of an id, and reports an id that was noted before.
func (p *parser) checkUnique(seen map[string]int, id string, i int, path, list string) {
	if id == "" {
		return
	}
	if first, twice := seen[id]; twice {
		p.failAt(path+".id", fmt.Sprintf("%s is the id of %s[%d] already", id, list, first), "")
		return
	}
	seen[id] = i
}

// checkRules looks at how a phase is entered.
func (p *parser) checkRules(m *Map, i int, phases map[string]int) {
	path := fmt.Sprintf("phases[%d]", i)
	if _, written := p.places[path+".enter"]; !written {
		p.warnAt(path, "no rule brings a customer into this phase", "add enter")
	}
	for j, rule := range m.Phases[i].Enter {
		p.checkEventName(rule.On, fmt.Sprintf("%s.enter[%d].on", path, j))
		for k, from := range rule.From {
			at := fmt.Sprintf("%s.enter[%d].from[%d]", path, j, k)
			index, ok := phases[from]
			switch {
			case from == "":
			case from == AnyPhase && p.places[at] == place{}:
				// written as from: any
			case from == AnyPhase:
				p.failAt(at, "must stand alone", "write from: any")
			case !ok:
				p.failAt(at, "there is no phase "+from, suggest(from, phaseIDs(m)))
			case index <= i:
				p.warnAt(at, "has no effect, because "+from+" is not a later phase", "from lets a rule lead back; forward it always leads")
			}
		}
	}
}

func phaseIDs(m *Map) []string {
	ids := make([]string, len(m.Phases))
	for i := range m.Phases {
		ids[i] = m.Phases[i].ID
	}
	return ids
}
