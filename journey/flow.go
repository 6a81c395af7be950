package journey

import "iter"

// flow is a touchpoint with its steps laid out: each knows the step that follows, so that a run needs only a step id.
type flow struct {
	touchpoint *Touchpoint
	first      string
	nodes      map[string]*node
	waitsFor   map[string]bool // event names of its waitFor steps
}

// node is one step and where it leads. An empty id is the end of the run.
type node struct {
	step *Step
	next string
	do   string
	els  string
	arms []string
}

func newFlow(t *Touchpoint) *flow {
	f := &flow{touchpoint: t, nodes: map[string]*node{}, waitsFor: map[string]bool{}}
	f.first = f.lay(t.Steps, "")
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

// Sends goes through the send steps of all touchpoints, in the order of the document.
func (m *Map) Sends() iter.Seq2[*Touchpoint, *Step] {
	return func(yield func(*Touchpoint, *Step) bool) {
		for i := range m.Touchpoints {
			t := &m.Touchpoints[i]
			if !eachSend(t.Steps, func(s *Step) bool { return yield(t, s) }) {
				return
			}
		}
	}
}

func eachSend(steps []Step, yield func(*Step) bool) bool {
	for i := range steps {
		s := &steps[i]
		if s.Kind == StepSend && !yield(s) {
			return false
		}
		for j := range s.Arms {
			if !eachSend(s.Arms[j].Do, yield) {
				return false
			}
		}
		if !eachSend(s.Do, yield) || !eachSend(s.Else, yield) {
			return false
		}
	}
	return true
}
