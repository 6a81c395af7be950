package journey

// What pairs of steps are worth: most when both do the same, less when they are only of one kind. What comes after them and
// in their arms decides between alignments that are worth the same.
const (
	worthKind  = 1 << 20
	worthExact = 3 << 20
)

// worth is what a pair of steps is worth in an alignment; 0 when they cannot be a pair.
func (m *matching) worth(a, b *node) int {
	if a.step.Kind != b.step.Kind {
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
func (m *matching) follows(a, b *node) bool {
	if a.next == "" || b.next == "" {
		return a.next == b.next
	}
	if pair, ok := m.pairs[a.next]; ok {
		return pair == b.next
	}
	return !m.taken[b.next] && sameStep(m.old.nodes[a.next].step, m.f.nodes[b.next].step)
}
