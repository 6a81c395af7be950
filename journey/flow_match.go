package journey

// matching pairs the steps of an older flow with those of a newer one.
//
// A step that its author named is known by its id, also a former one; a wait of another kind is still that wait. Steps without a
// name are matched by what they do and by their order, list by list: first those of the touchpoint, then those in the arms of each step whose pair is known, so
// that nobody is taken from one arm into another. At last come those whose list has no counterpart, because an arm was put
// around them or taken away.
type matching struct {
	old, f *flow
	pairs  map[string]string // of steps, by the older id
	taken  map[string]bool   // the newer ids among them
	lists  map[listID]listID // pairs of arms, by the older one
	from   map[string]listID // the list in which each older step stands
	to     map[string]listID // and each newer one
	armed  map[string]bool   // older steps whose arms were looked at
}

// listID names the list of steps in an arm, or, without a step, that of the touchpoint.
type listID struct {
	step string
	arm  int // of a branch or split, or listDo or listElse
}

const (
	listDo   = -1
	listElse = -2
)

// list is a list of steps, and by what it is known among the arms of its step.
type list struct {
	id    listID
	label string
	steps []Step
}

// lists returns the do and the else of a step, and the arms of a branch or split.
func (n *node) lists() (fixed, arms []list) {
	s := n.step
	fixed = []list{{id: listID{s.ID, listDo}, steps: s.Do}, {id: listID{s.ID, listElse}, steps: s.Else}}
	for i := range s.Arms {
		arms = append(arms, list{id: listID{s.ID, i}, label: s.Arms[i].If + s.Arms[i].Name, steps: s.Arms[i].Do})
	}
	return fixed, arms
}

// match pairs the steps of an older flow with those of this one, by id.
func (f *flow) match(old *flow) map[string]string {
	m := &matching{
		old: old, f: f, pairs: map[string]string{}, taken: map[string]bool{}, lists: map[listID]listID{},
		from: old.lists(), to: f.lists(), armed: map[string]bool{},
	}
	m.named()
	m.list(list{steps: old.touchpoint.Steps}, list{steps: f.touchpoint.Steps})
	m.arms()
	m.rest((*node).hasArms)
	m.rest(func(*node) bool { return true })
	return m.pairs
}

// lists tells in which list each step stands.
func (f *flow) lists() map[string]listID {
	in := make(map[string]listID, len(f.nodes))
	add := func(l list) {
		for i := range l.steps {
			in[l.steps[i].ID] = l.id
		}
	}
	add(list{steps: f.touchpoint.Steps})
	for _, n := range f.order {
		fixed, arms := n.lists()
		for _, l := range append(fixed, arms...) {
			add(l)
		}
	}
	return in
}

// hasArms tells whether other steps stand in a step.
func (n *node) hasArms() bool {
	return n.step.Kind == StepWaitFor || n.step.Kind == StepBranch || n.step.Kind == StepSplit
}

func (m *matching) pair(a, b *node) {
	m.pairs[a.step.ID], m.taken[b.step.ID] = b.step.ID, true
}

// open tells whether an older step still looks for its pair, and free whether a newer one may become it.
func (m *matching) open(n *node) bool { return m.pairs[n.step.ID] == "" && !n.step.Named }
func (m *matching) free(n *node) bool { return !m.taken[n.step.ID] && !n.step.Named }

// named pairs the steps that are known by their ids.
func (m *matching) named() {
	for _, n := range m.old.order {
		b := m.f.nodes[m.f.known(n.step.ID)]
		if b != nil && (b.step.Kind == n.step.Kind || b.waits() && n.waits()) && (n.step.Named || b.step.Named) {
			m.pair(n, b)
		}
	}
}

// list pairs the steps of two lists that are counterparts.
func (m *matching) list(a, b list) {
	m.lists[a.id] = b.id
	var from, to []*node
	for i := range a.steps {
		if n := m.old.nodes[a.steps[i].ID]; m.open(n) {
			from = append(from, n)
		}
	}
	for i := range b.steps {
		if n := m.f.nodes[b.steps[i].ID]; m.free(n) {
			to = append(to, n)
		}
	}
	for _, pair := range align(from, to, m.worth) {
		m.pair(pair[0], pair[1])
	}
}

// arms pairs the arms of all steps whose pair is known, and what stands in them, from the outside inwards.
func (m *matching) arms() {
	for _, n := range m.old.order {
		other := m.f.nodes[m.pairs[n.step.ID]]
		if other == nil || m.armed[n.step.ID] || !n.hasArms() || !other.hasArms() {
			continue
		}
		m.armed[n.step.ID] = true
		fixed, arms := n.lists()
		otherFixed, otherArms := other.lists()
		for i := range fixed {
			m.list(fixed[i], otherFixed[i])
		}
		for _, pair := range pairArms(arms, otherArms) {
			m.list(pair[0], pair[1])
		}
	}
}

// pairArms pairs the arms of two steps: those with the same condition or name, those in which the same is done, and, when
// as many are left of both, the others in their order, because their conditions were edited.
func pairArms(from, to []list) [][2]list {
	var pairs [][2]list
	pairBy := func(same func(a, b list) bool) {
		var left []list
		for _, a := range from {
			i := 0
			for i < len(to) && !same(a, to[i]) {
				i++
			}
			if i == len(to) {
				left = append(left, a)
				continue
			}
			pairs = append(pairs, [2]list{a, to[i]})
			to = append(to[:i:i], to[i+1:]...)
		}
		from = left
	}
	pairBy(func(a, b list) bool { return a.label == b.label })
	pairBy(func(a, b list) bool { return len(a.steps) > 0 && sameSteps(a.steps, b.steps) })
	if len(from) == len(to) {
		pairBy(func(_, _ list) bool { return true })
	}
	return pairs
}
