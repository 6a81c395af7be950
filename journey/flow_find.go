package journey

import "slices"

// find returns where a run that stands at a step of an older flow stands in this one: the step itself and true, or the
// next step of the older flow that is left and false. The id is "" when none is left.
//
// Without an older flow only ids count.
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
