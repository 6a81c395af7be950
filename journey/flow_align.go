package journey

import (
	"reflect"
	"slices"
)

// find returns where a run that stands at a step of an older flow stands in this one: the step itself and true, or the
// next step of the older flow that is left and false. The id is "" when none is left.
//
// A step that its author named is known by its id, also a former one. Steps without a name are matched by what they do
// and by their order, so that a step put in before them does not confuse anybody. Without an older flow only ids count.
func (f *flow) find(old *flow, step string) (id string, same bool) {
	if old == nil || old.nodes[step] == nil {
		return f.known(step), true
	}
	matches := f.match(old)
	if id, ok := matches[step]; ok {
		return id, true
	}
	for next := old.nodes[step].next; next != ""; next = old.nodes[next].next {
		if id, ok := matches[next]; ok {
			return id, false
		}
	}
	return "", false
}

// known returns the step that has or had the id.
func (f *flow) known(id string) string {
	if f.nodes[id] != nil {
		return id
	}
	for _, n := range f.order {
		if slices.Contains(n.step.Was, id) || slices.Contains(f.descent.Steps[n.step.ID].Was, id) {
			return n.step.ID
		}
	}
	return ""
}

// match pairs the steps of an older flow with those of this one, by id.
func (f *flow) match(old *flow) map[string]string {
	pairs := map[string]string{}
	taken := map[string]bool{}
	for _, n := range old.order {
		id := f.known(n.step.ID)
		if id == "" || f.nodes[id].step.Kind != n.step.Kind {
			continue
		}
		if n.step.Named || f.nodes[id].step.Named {
			pairs[n.step.ID], taken[id] = id, true
		}
	}
	var from, to []*node
	for _, n := range old.order {
		if _, ok := pairs[n.step.ID]; !ok && !n.step.Named {
			from = append(from, n)
		}
	}
	for _, n := range f.order {
		if !taken[n.step.ID] && !n.step.Named {
			to = append(to, n)
		}
	}
	align(from, to, pairs)
	return pairs
}

// align adds the pairs of the best alignment of two lists of steps, both in order: pairs that do the same count most, pairs
// of the same kind less, and all others not at all. It is the Needleman-Wunsch algorithm without costs for gaps.
func align(from, to []*node, pairs map[string]string) {
	const exact, kind = 3, 1
	worth := func(a, b *node) int {
		switch {
		case a.step.Kind != b.step.Kind:
			return 0
		case sameStep(a.step, b.step):
			return exact
		default:
			return kind
		}
	}
	best := make([][]int, len(from)+1)
	for i := range best {
		best[i] = make([]int, len(to)+1)
	}
	for i, a := range slices.Backward(from) {
		for j, b := range slices.Backward(to) {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if w := worth(a, b); w > 0 {
				best[i][j] = max(best[i][j], w+best[i+1][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(from) && j < len(to); {
		w := worth(from[i], to[j])
		switch {
		case w > 0 && best[i][j] == w+best[i+1][j+1]:
			pairs[from[i].step.ID] = to[j].step.ID
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			i++
		default:
			j++
		}
	}
}

// sameStep tells whether two steps do the same, whatever follows in their arms.
func sameStep(a, b *Step) bool {
	return a.Kind == b.Kind && sameWait(a, b) && a.Template == b.Template && a.Task == b.Task && a.Webhook == b.Webhook &&
		reflect.DeepEqual(a.Ask, b.Ask) && a.Reason == b.Reason && reflect.DeepEqual(a.Set, b.Set) &&
		slices.EqualFunc(a.Arms, b.Arms, func(x, y Arm) bool { return x.If == y.If && x.Name == y.Name && x.Share == y.Share })
}
