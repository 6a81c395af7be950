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
	matches := f.matchAlong(olds)
	if id, ok := matches[step]; ok {
		return id, true
	}
	for next := olds[0].nodes[step].next; next != ""; next = olds[0].nodes[next].next {
		if id, ok := matches[next]; ok {
			return id, false
		}
	}
	return "", false
}

// findBack is find for a run that returns from this flow to the first of those before it. Only the newer ones know what they
// renamed, so it looks where the older steps stand in this flow.
func (f *flow) findBack(before []*flow, step string) (id string, same bool) {
	older := map[string]string{}
	for was, id := range f.matchAlong(before) {
		older[id] = was
	}
	if id, ok := older[step]; ok {
		return id, true
	}
	for at := f.nodes[step]; at != nil && at.next != ""; at = f.nodes[at.next] {
		if id, ok := older[at.next]; ok {
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
