package journey

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
)

// compiled is what a map is turned into for deciding quickly.
type compiled struct {
	programs    map[string]cel.Program // by text of the expression
	products    map[string]cel.Program // those on an order's line, by text
	zone        *time.Location
	touchpoints map[string]*flow       // by touchpoint id, former ones included
	enters      map[string][]enterRule // by event name, in map order
	triggers    map[string][]*flow     // by event name, in map order
	entered     map[string][]*flow     // by phase id, in map order
	left        map[string][]*flow     // by phase id, in map order
	goals       map[string][]*flow     // by event name, in map order
	observers   map[string][]*Touchpoint
	dates       []*flow
	absences    []absenceRule
	absent      []string // the event names that some absence waits for
	phaseIndex  map[string]int
	interest    map[string]Interest // by event name
	expects     bool                // some expression asks when the next order is expected
	asksPersona bool                // some expression asks for the persona
	facts       bool                // a change of facts may change something by itself
	hours       bool                // what is held back depends on the customer's time of day
	closed      []Hours             // when nothing may be sent that policy bounds
	open        map[Class][]Hours   // when alone messages of a class may be sent
	places      map[stepID]place    // where the steps stand in the files
}

// Interest says what an event can do under a map.
type Interest struct {
	// Wakes is true when the event can change something now; otherwise it is only stored, and read with the next that wakes.
	Wakes bool
	// Urgent is true when the event can start a transactional touchpoint.
	Urgent bool
	// Newcomer is true when the event can change something for a customer of whom it is the first: a time counts from then.
	Newcomer bool
}

type enterRule struct {
	phase int
	rule  *PhaseRule
}

// absenceRule is an absence that brings a customer into a phase or starts a touchpoint.
type absenceRule struct {
	id      string // names the rule among Facts.Fired
	absence Absence
	enter   enterRule // when flow is nil
	flow    *flow
}

// compile checks every expression, reports the bad ones by path, and prepares the map for Decide.
func (m *Map) compile(report func(path, message string)) {
	m.compiled = compiled{
		programs: map[string]cel.Program{}, products: map[string]cel.Program{}, zone: time.UTC,
		touchpoints: map[string]*flow{}, enters: map[string][]enterRule{},
		triggers: map[string][]*flow{}, entered: map[string][]*flow{}, left: map[string][]*flow{}, goals: map[string][]*flow{},
		observers:  map[string][]*Touchpoint{},
		phaseIndex: map[string]int{}, interest: map[string]Interest{},
	}
	if zone, err := time.LoadLocation(m.Timezone); err == nil {
		m.compiled.zone = zone
	}
	for i := range m.Phases {
		m.compilePhase(i, report)
	}
	for i := range m.Touchpoints {
		m.compileTouchpoint(i, report)
	}
	m.compileFormer()
	m.compileLineage()
	m.compilePolicy()
	for i := range m.Personas {
		m.expression(m.Personas[i].Match, yieldsBool, fmt.Sprintf("personas[%d].match", i), report)
	}
	for i := range m.Policy.Pauses {
		m.expression(m.Policy.Pauses[i].If, yieldsBool, fmt.Sprintf("policy.pause[%d].if", i), report)
		m.compiled.facts = true
	}
	for i := range m.Replenish {
		m.compileProduct(m.Replenish[i].Match, fmt.Sprintf("products.replenish[%d].match", i), report)
	}
}

func (m *Map) compilePhase(i int, report func(path, message string)) {
	p := &m.Phases[i]
	c := &m.compiled
	c.phaseIndex[p.ID] = i
	for j := range p.Enter {
		rule := &p.Enter[j]
		m.expression(rule.If, yieldsBool, fmt.Sprintf("phases[%d].enter[%d].if", i, j), report)
		enter := enterRule{phase: i, rule: rule}
		if rule.Absence.After > 0 {
			m.compileAbsence(absenceRule{id: m.phaseRuleID(p, rule), absence: rule.Absence, enter: enter})
			continue
		}
		c.enters[rule.On] = append(c.enters[rule.On], enter)
		m.interested(rule.On, false)
	}
}

// phaseRuleID names an absence rule of a phase by what stays away, so that it is known again when rules are put before it.
// Rules of a phase for the same events are told apart by their order.
func (m *Map) phaseRuleID(p *Phase, rule *PhaseRule) string {
	d := descentOf(m.lineage.Phases, named{p.ID, p.Was})
	base := "phase/" + d.Origin + "/" + strings.Join(slices.Sorted(slices.Values(rule.Absence.Without)), ",")
	id := base
	for n := 2; slices.ContainsFunc(m.compiled.absences, func(r absenceRule) bool { return r.id == id }); n++ {
		id = fmt.Sprintf("%s/%d", base, n)
	}
	return id
}

// compileAbsence lets the events of an absence wake, because with them a time begins to run.
func (m *Map) compileAbsence(rule absenceRule) {
	c := &m.compiled
	c.absences = append(c.absences, rule)
	c.facts = c.facts || rule.absence.OrNever // the time may begin with the first that is heard of a customer
	for _, name := range rule.absence.Without {
		if !slices.Contains(c.absent, name) {
			c.absent = append(c.absent, name)
		}
		m.interested(name, false)
	}
}

func (m *Map) compileTouchpoint(i int, report func(path, message string)) {
	t := &m.Touchpoints[i]
	path := fmt.Sprintf("touchpoints[%d]", i)
	m.expression(t.If, yieldsBool, path+".if", report)
	m.expression(t.Key, yieldsKey, path+".key", report)
	m.expression(t.CancelIf, yieldsBool, path+".cancelIf", report)
	m.expression(t.Goal.If, yieldsBool, path+".goal.if", report)
	m.expression(t.Goal.By, yieldsKey, path+".goal.by", report)
	m.expression(t.Goal.Value, yieldsNumber, path+".goal.value", report)
	m.compileSteps(t.Steps, path+".do", report)

	f := newFlow(m, t, i)
	for _, former := range f.descent.Keys {
		m.expression(former.Key, yieldsKey, "", func(string, string) {})
	}
	m.compiled.touchpoints[t.ID] = f
	m.compileTrigger(f)
	for _, name := range t.Cancel {
		m.interested(name, false)
	}
	for _, name := range t.Goal.On {
		m.compiled.goals[name] = append(m.compiled.goals[name], f)
		m.interested(name, false)
	}
	m.compiled.facts = m.compiled.facts || t.CancelIf != ""
}

func (m *Map) compileTrigger(f *flow) {
	c, t := &m.compiled, f.touchpoint
	for _, name := range t.On {
		c.triggers[name] = append(c.triggers[name], f)
		m.interested(name, t.Class == Transactional)
	}
	for _, phase := range t.Entered {
		c.entered[phase] = append(c.entered[phase], f)
	}
	for _, phase := range t.Left {
		c.left[phase] = append(c.left[phase], f)
	}
	for _, name := range t.Observe {
		c.observers[name] = append(c.observers[name], t)
	}
	if t.Date.Trait != "" {
		c.dates = append(c.dates, f)
		c.facts = true
	}
	if t.Absence.After > 0 {
		m.compileAbsence(absenceRule{id: "touchpoint/" + f.descent.Origin, absence: t.Absence, flow: f})
	}
}

// compileFormer makes phases and touchpoints known under their former ids too, unless something else has those now.
func (m *Map) compileFormer() {
	c := &m.compiled
	for i, p := range m.namedPhases() {
		for _, id := range descentOf(m.lineage.Phases, p).Was {
			if _, taken := c.phaseIndex[id]; !taken {
				c.phaseIndex[id] = i
			}
		}
	}
	for i := range m.Touchpoints {
		f := c.touchpoints[m.Touchpoints[i].ID]
		for _, id := range f.descent.Was {
			if _, taken := c.touchpoints[id]; !taken {
				c.touchpoints[id] = f
			}
		}
	}
}

// compileLineage lets events wake for which runs may wait that finish on an older version.
func (m *Map) compileLineage() {
	finishes := m.InFlight == Finish
	for i := range m.Touchpoints {
		finishes = finishes || m.Touchpoints[i].InFlight == Finish
	}
	if !finishes {
		return
	}
	for _, name := range m.lineage.Listens {
		m.interested(name, false)
	}
}

func (m *Map) compileSteps(steps []Step, path string, report func(path, message string)) {
	eachStep(steps, path, func(s *Step, at string) {
		m.expression(s.Until, yieldsTimestamp, at+".until", func(path, message string) {
			if _, err := ParseDelay(s.Until); err == nil {
				message = "takes a moment that is computed, so write wait: " + s.Until
			}
			report(path, message)
		})
		m.expression(s.For.If, yieldsBool, at+".waitFor.if", report)
		m.expression(s.For.By, yieldsKey, at+".waitFor.by", report)
		for _, name := range s.For.On {
			m.interested(name, false)
		}
		for j := range s.Arms {
			m.expression(s.Arms[j].If, yieldsBool, fmt.Sprintf("%s.branch[%d].if", at, j), report)
		}
		for _, setting := range s.Set {
			m.expression(setting.Expression, yieldsAny, join(at+".set", setting.Trait), report)
		}
	})
}

func (m *Map) expression(text string, want expressionType, path string, report func(path, message string)) {
	if text == "" || want == yieldsKey && text == ByAny {
		return
	}
	program, err := compileExpression(environment, text, want)
	if err != nil {
		report(path, err.Error())
		return
	}
	m.compiled.programs[text] = program
	m.compiled.expects = m.compiled.expects || strings.Contains(text, "next_order_expected")
	m.compiled.asksPersona = m.compiled.asksPersona || strings.Contains(text, "persona")
}

func (m *Map) compileProduct(text, path string, report func(path, message string)) {
	if text == "" {
		return
	}
	program, err := compileExpression(productEnvironment, text, yieldsBool)
	if err != nil {
		report(path, err.Error())
		return
	}
	m.compiled.products[text] = program
}

func (m *Map) interested(name string, urgent bool) {
	i := m.compiled.interest[name]
	m.compiled.interest[name] = Interest{Wakes: true, Urgent: i.Urgent || urgent}
}

// belated is how late an event comes that may turn out to be the first that is known of a customer, and so bring forward what
// counts from then.
const belated = time.Minute

// Interest tells whether an event must wake its customer under this map, and how urgently.
func (m *Map) Interest(e Event) Interest {
	i := m.compiled.interest[e.Name]
	if m.compiled.facts && changesFacts(e) || m.compiled.hours && changesPlace(e) {
		i.Wakes = true
	}
	i.Newcomer = m.AwaitsFirstEvent()
	i.Wakes = i.Wakes || i.Newcomer && e.ReceivedAt.Sub(e.Timestamp) >= belated
	return i
}
