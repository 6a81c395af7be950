package journey

import "slices"

// find returns where a run that stands at a step of an older flow stands in this one: the step itself and true, or the
// next step of the older flow that is left and false. The id is "" when none is left.
//
// The older flow comes first, and after it those of the versions between, which the run never followed. Without an older flow
// only ids count.
func (f *flow) find(olds []*flow, step string) (id string, same bool) {
	if len(olds) == 0 || olds[0].nodes[step] == nil {
		return f.known(step), true
	}
	return olds[0].left(f.matchAlong(olds), step)
}

// left returns the pair of a step and true, or that of the next step that has one and false.
func (f *flow) left(pairs map[string]string, step string) (id string, same bool) {
	if id, ok := pairs[step]; ok {
		return id, true
	}
	for next := f.nodes[step].next; next != ""; next = f.nodes[next].next {
		if id, ok := pairs[next]; ok {
			return id, false
		}
	}
	return "", false
}

// findBack is find for a run that returns from this flow to the first of those before it. Only the newer ones know what they
// renamed, so it looks where the older steps stand in this flow.
func (f *flow) findBack(before []*flow, step string) (id string, same bool) {
	if f.nodes[step] == nil {
		return before[0].known(step), true
	}
	older := map[string]string{}
	for was, id := range f.matchAlong(before) {
		older[id] = was
	}
	return f.left(older, step)
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
