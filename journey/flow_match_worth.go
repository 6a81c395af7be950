package journey

// What pairs of steps are worth: most when both do the same, less when they are only of one kind, and least when they wait in
// two ways for what follows. What comes after them and in their arms decides between alignments that are worth the same.
const (
	worthWait  = 1 << 19
	worthKind  = 1 << 20
	worthExact = 3 << 20
)

// worth is what a pair of steps is worth in an alignment; 0 when they cannot be a pair.
func (m *matching) worth(a, b *node) int {
	if a.step.Kind != b.step.Kind {
		if a.waits() && b.waits() && m.continues(a, b) {
			return worthWait
		}
		return 0
	}
	same := sameStep(a.step, b.step)
	worth := worthKind
	if same {
		worth = worthExact
	}
	if m.follows(a, b) && (same || a.next != "") { // that both come last says nothing of steps that differ
		worth++
	}
	if a.hasArms() && sameBody(a.step, b.step) {
		worth += 2
	}
	return worth
}

// follows tells whether the same step comes after both, or none.
func (m *matching) follows(a, b *node) bool { return m.same(a.next, b.next) }

// continues tells whether the same step comes when both have waited, or none.
func (m *matching) continues(a, b *node) bool { return m.same(a.waited(), b.waited()) }

// same tells whether an older step and a newer one are the same as far as is known, or both none.
func (m *matching) same(older, newer string) bool {
	if older == "" || newer == "" {
		return older == newer
	}
	if pair, ok := m.pairs[older]; ok {
		return pair == newer
	}
	return !m.taken[newer] && sameStep(m.old.nodes[older].step, m.f.nodes[newer].step)
}

// waits tells whether a run waits at a step for time to pass.
func (n *node) waits() bool {
	return n.step.Kind == StepWait || n.step.Kind == StepUntil || n.step.Kind == StepWaitFor
}

// waited returns the step that comes when the time of a wait is over.
func (n *node) waited() string {
	if n.step.Kind == StepWaitFor {
		return n.els
	}
	return n.next
}
