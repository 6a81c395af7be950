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
		p.checkPhases(t, path, phases, m)
		p.checkEvents(t, path)
	}
	p.checkFormer(m, phases, touchpoints)
	p.checkTopics(m)
	personas := map[string]int{}
	for i := range m.Personas {
		p.checkUnique(personas, m.Personas[i].ID, i, fmt.Sprintf("personas[%d]", i), "personas")
	}
}

// checkPhases looks at the phases whose entering or leaving is a trigger.
func (p *parser) checkPhases(t *Touchpoint, path string, phases map[string]int, m *Map) {
	for key, ids := range map[string][]string{"entered": t.Entered, "left": t.Left} {
		for i, id := range ids {
			if _, ok := phases[id]; !ok {
				p.failAt(p.itemPath(path+"."+key, i), "there is no phase "+id, suggest(id, phaseIDs(m)))
			}
		}
	}
}

// itemPath is the path of an item of what may be written as a list or alone.
func (p *parser) itemPath(path string, i int) string {
	at := fmt.Sprintf("%s[%d]", path, i)
	if _, isList := p.places[at]; !isList {
		return path
	}
	return at
}

// checkFormer looks at former ids: what has such an id now, or says that it had it too, is another thing.
func (p *parser) checkFormer(m *Map, phases, touchpoints map[string]int) {
	p.checkFormerIDs("phases", "phase", m.namedPhases(), phases)
	p.checkFormerIDs("touchpoints", "touchpoint", m.namedTouchpoints(), touchpoints)
}

func (p *parser) checkFormerIDs(list, what string, things []named, ids map[string]int) {
	claimed := map[string]string{}
	for i, n := range things {
		for j, was := range n.was {
			path := p.itemPath(fmt.Sprintf("%s[%d].was", list, i), j)
			if _, taken := ids[was]; taken {
				p.failAt(path, was+" is the id of a "+what+" now", "a former id must not be in use")
			}
			if other, twice := claimed[was]; twice {
				p.failAt(path, was+" is the former id of "+other+" already", "only one of them can have been called that")
			}
			claimed[was] = n.id
		}
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
		if rule.On != "" {
			p.checkEventName(rule.On, fmt.Sprintf("%s.enter[%d].on", path, j))
		}
		p.checkEventNames(rule.Absence.Without, fmt.Sprintf("%s.enter[%d].without", path, j))
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
