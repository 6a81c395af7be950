package journey

// rest pairs what is left in the order of the document, whatever list it stands in: steps that do the same, and those of
// one kind that lead to the same step.
func (m *matching) rest(which func(*node) bool) {
	var from, to []*node
	for _, n := range m.old.order {
		if m.open(n) && which(n) {
			from = append(from, n)
		}
	}
	for _, n := range m.f.order {
		if m.free(n) && which(n) {
			to = append(to, n)
		}
	}
	fits := func(a, b *node) bool { return m.open(a) && m.free(b) && !m.apart(a, b) && !m.crosses(a, b) }
	pairs := align(from, to, func(a, b *node) int {
		if !sameStep(a.step, b.step) && (a.next == "" || !m.follows(a, b)) || !fits(a, b) {
			return 0
		}
		return m.worth(a, b)
	})
	for _, pair := range pairs {
		if fits(pair[0], pair[1]) { // what stands around them may have found its pair just now
			m.pair(pair[0], pair[1])
			m.arms()
		}
	}
}

// apart tells whether two steps stand in different arms of steps that are a pair.
func (m *matching) apart(a, b *node) bool {
	for in := m.from[a.step.ID]; in.step != ""; in = m.from[in.step] {
		pair := m.pairs[in.step]
		if pair == "" {
			continue
		}
		other := m.to[b.step.ID]
		for other.step != "" && other.step != pair {
			other = m.to[other.step]
		}
		if other.step != "" && !m.counterparts(in, other) {
			return true
		}
	}
	return false
}

// counterparts tells whether two arms of steps that are a pair are a pair too, or whether neither has one.
func (m *matching) counterparts(a, b listID) bool {
	if pair, ok := m.lists[a]; ok {
		return pair == b
	}
	for _, pair := range m.lists {
		if pair == b {
			return false
		}
	}
	return true
}

// crosses tells whether a pair would change the order of steps that are pairs already. Steps of lists that are
// counterparts do: those that do not were aligned.
func (m *matching) crosses(a, b *node) bool {
	for x := a; x != nil; x = m.old.nodes[m.from[x.step.ID].step] {
		counterpart, ok := m.lists[m.from[x.step.ID]]
		for y := b; ok && y != nil; y = m.f.nodes[m.to[y.step.ID].step] {
			if m.to[y.step.ID] == counterpart {
				return x == a && y == b || m.disorders(x, y)
			}
		}
	}
	return false
}

// disorders tells whether a step that stands before another of its list would come to stand behind it, or the other way
// about, given where its pair stands.
func (m *matching) disorders(x, y *node) bool {
	for _, c := range m.old.order {
		d := m.f.nodes[m.pairs[c.step.ID]]
		if d == nil || c == x || d == y || c.step.Named || m.from[c.step.ID] != m.from[x.step.ID] || m.to[d.step.ID] != m.to[y.step.ID] {
			continue
		}
		if (x.place < c.place) != (y.place < d.place) {
			return true
		}
	}
	return false
}
