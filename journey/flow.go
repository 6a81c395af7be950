package journey

import "iter"

// flow is a touchpoint with its steps laid out: each knows the step that follows, so that a run needs only a step id.
type flow struct {
	m          *Map
	touchpoint *Touchpoint
	index      int // of the touchpoint in the map
	first      string
	nodes      map[string]*node
	order      []*node         // in the order of the document
	waitsFor   map[string]bool // event names of its waitFor steps

	descent     Descent
	conditionNo map[string]any // the detail of a decision that its condition does not hold; most decisions are that
}

// node is one step and where it leads. An empty id is the end of the run.
type node struct {
	step  *Step
	place int // among the steps in the order of the document
	next  string
	do    string
	els   string
	arms  []string
}

func newFlow(m *Map, t *Touchpoint, index int) *flow {
	f := &flow{
		m: m, touchpoint: t, index: index, nodes: map[string]*node{}, waitsFor: map[string]bool{},
		descent:     descentOf(m.lineage.Touchpoints, named{t.ID, t.Was}),
		conditionNo: map[string]any{"if": t.If},
	}
	f.first = f.lay(t.Steps, "")
	eachStep(t.Steps, "", func(s *Step, _ string) {
		if n := f.nodes[s.ID]; n != nil && n.step == s {
			n.place = len(f.order)
			f.order = append(f.order, n)
		}
	})
	return f
}

// lay adds the steps and returns the id of the first; after the last comes next.
func (f *flow) lay(steps []Step, next string) string {
	for i := len(steps) - 1; i >= 0; i-- {
		s := &steps[i]
		n := &node{step: s, next: next}
		n.do = f.lay(s.Do, next)
		n.els = f.lay(s.Else, next)
		for j := range s.Arms {
			n.arms = append(n.arms, f.lay(s.Arms[j].Do, next))
		}
		for _, name := range s.For.On {
			f.waitsFor[name] = true
		}
		f.nodes[s.ID] = n
		next = s.ID
	}
	return next
}

// paused tells whether the touchpoint holds what falls due.
func (f *flow) paused() bool { return f.m.Paused || f.touchpoint.Paused }

// inFlight says what this version does with runs that are under way.
func (f *flow) inFlight() InFlight {
	if f.touchpoint.InFlight != "" {
		return f.touchpoint.InFlight
	}
	return f.m.InFlight
}

// sends tells whether a step sends a message of which the run waits for the handover.
func (n *node) sends() bool { return n.step.Kind == StepSend || n.step.Kind == StepAsk }

// Step returns a step of a touchpoint of the map; nil when there is none.
func (m *Map) Step(touchpoint, step string) *Step {
	f := m.compiled.touchpoints[touchpoint]
	if f == nil || f.nodes[step] == nil {
		return nil
	}
	return f.nodes[step].step
}

// Sends goes through the steps of all touchpoints that render a template, in the order of the document.
func (m *Map) Sends() iter.Seq2[*Touchpoint, *Step] {
	return func(yield func(*Touchpoint, *Step) bool) {
		for i := range m.Touchpoints {
			t := &m.Touchpoints[i]
			more := true
			eachStep(t.Steps, "", func(s *Step, _ string) {
				if more && s.Template != "" {
					more = yield(t, s)
				}
			})
			if !more {
				return
			}
		}
	}
}
