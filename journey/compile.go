package journey

import (
	"fmt"

	"cel.dev/cel-go/cel"
)

// compiled is what a map is turned into for deciding quickly.
type compiled struct {
	programs    map[string]cel.Program // by text of the expression
	touchpoints map[string]*flow       // by touchpoint id
	enters      map[string][]enterRule // by event name, in map order
	triggers    map[string][]*flow     // by event name, in map order
	phaseIndex  map[string]int
	interest    map[string]Interest // by event name
	cancelIf    bool                // some touchpoint has a cancelIf
}

// Interest says what an event can do under a map.
type Interest struct {
	// Wakes is true when the event can change something now; otherwise it is only stored, and read with the next that wakes.
	Wakes bool
	// Urgent is true when the event can start a transactional touchpoint.
	Urgent bool
}

type enterRule struct {
	phase int
	rule  *PhaseRule
}

// compile checks every expression, reports the bad ones by path, and prepares the map for Decide.
func (m *Map) compile(report func(path, message string)) {
	c := &m.compiled
	*c = compiled{
		programs:    map[string]cel.Program{},
		touchpoints: map[string]*flow{},
		enters:      map[string][]enterRule{},
		triggers:    map[string][]*flow{},
		phaseIndex:  map[string]int{},
		interest:    map[string]Interest{},
	}
	for i := range m.Phases {
		m.compilePhase(i, report)
	}
	for i := range m.Touchpoints {
		m.compileTouchpoint(i, report)
	}
}

func (m *Map) compilePhase(i int, report func(path, message string)) {
	p := &m.Phases[i]
	m.compiled.phaseIndex[p.ID] = i
	for j := range p.Enter {
		rule := &p.Enter[j]
		m.expression(rule.If, yieldsBool, fmt.Sprintf("phases[%d].enter[%d].if", i, j), report)
		m.compiled.enters[rule.On] = append(m.compiled.enters[rule.On], enterRule{phase: i, rule: rule})
		m.interested(rule.On, false)
	}
}

func (m *Map) compileTouchpoint(i int, report func(path, message string)) {
	t := &m.Touchpoints[i]
	path := fmt.Sprintf("touchpoints[%d]", i)
	m.expression(t.If, yieldsBool, path+".if", report)
	m.expression(t.Key, yieldsKey, path+".key", report)
	m.expression(t.CancelIf, yieldsBool, path+".cancelIf", report)
	m.compileSteps(t.Steps, path+".do", report)

	f := newFlow(t)
	m.compiled.touchpoints[t.ID] = f
	for _, name := range t.On {
		m.compiled.triggers[name] = append(m.compiled.triggers[name], f)
		m.interested(name, t.Class == Transactional)
	}
	for _, name := range t.Cancel {
		m.interested(name, false)
	}
	m.compiled.cancelIf = m.compiled.cancelIf || t.CancelIf != ""
}

func (m *Map) compileSteps(steps []Step, path string, report func(path, message string)) {
	for i := range steps {
		s := &steps[i]
		at := fmt.Sprintf("%s[%d]", path, i)
		m.expression(s.Until, yieldsTimestamp, at+".until", report)
		m.expression(s.For.If, yieldsBool, at+".waitFor.if", report)
		m.expression(s.For.By, yieldsKey, at+".waitFor.by", report)
		for _, name := range s.For.On {
			m.interested(name, false)
		}
		for j := range s.Arms {
			arm := fmt.Sprintf("%s.branch[%d]", at, j)
			m.expression(s.Arms[j].If, yieldsBool, arm+".if", report)
			m.compileSteps(s.Arms[j].Do, arm+".do", report)
		}
		m.compileSteps(s.Do, at+".do", report)
		m.compileSteps(s.Else, at+".else", report)
	}
}

func (m *Map) expression(text string, want expressionType, path string, report func(path, message string)) {
	if text == "" {
		return
	}
	program, err := compileExpression(text, want)
	if err != nil {
		report(path, err.Error())
		return
	}
	m.compiled.programs[text] = program
}

func (m *Map) interested(name string, urgent bool) {
	i := m.compiled.interest[name]
	m.compiled.interest[name] = Interest{Wakes: true, Urgent: i.Urgent || urgent}
}

// Interest tells whether an event must wake its customer under this map, and how urgently.
func (m *Map) Interest(e Event) Interest {
	i := m.compiled.interest[e.Name]
	if m.compiled.cancelIf && changesFacts(e) {
		i.Wakes = true
	}
	return i
}
