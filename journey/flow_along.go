package journey

import (
	"fmt"
	"maps"
	"slices"
)

// mostBetween is over how many versions that a run never followed its steps are followed. Beyond, which only runs come to that
// finished on their version for long, the older flow and the newer one are matched as they are.
const mostBetween = 50

// flowAt returns the flow of a touchpoint in a version. Nil when that is not known.
func flowAt(versions Versions, version int64, touchpoint string) (*flow, error) {
	olds, err := flowsSince(versions, version, version, touchpoint)
	if len(olds) == 0 {
		return nil, err
	}
	return olds[0], nil
}

// flowsSince returns the flow of a touchpoint in a version, and in those between it and another one that can be used. Where
// the touchpoint is gone in between, it returns the first alone: what comes back is what it was. Nil when that is not known.
func flowsSince(versions Versions, from, to int64, touchpoint string) ([]*flow, error) {
	if versions == nil {
		return nil, nil
	}
	var olds []*flow
	for version := from; version == from || version < to; version++ {
		m, err := versions.Version(version)
		switch {
		case err != nil:
			return nil, fmt.Errorf("read version %d of the map: %w", version, err)
		case m == nil && version == from:
			return nil, nil
		case m == nil:
			continue
		}
		f := m.compiled.touchpoints[touchpoint]
		switch {
		case f == nil:
			return olds[:min(len(olds), 1)], nil
		case version == from && to-from > mostBetween:
			return []*flow{f}, nil
		}
		olds = append(olds, f)
	}
	return olds, nil
}

// matchAlong pairs the steps of the first of older flows with those of this one. They are matched directly, because what an
// edit did that the next one took back is nothing to a run that followed neither. But a name that a step was given on the way
// is known only there: its `was` speaks of the version before it, and another step may have that id in the older flow, or in
// this one. So such a step is followed from version to version, and so is one that would be taken for it.
func (f *flow) matchAlong(olds []*flow) map[string]string {
	pairs := f.match(olds[0])
	if !slices.ContainsFunc(append(olds[1:len(olds):len(olds)], f), func(g *flow) bool { return g.names(olds[0]) }) {
		return pairs
	}
	along, named := f.follow(olds)
	taken := map[string]bool{}
	for step := range named {
		taken[along[step]] = true
	}
	mistaken := maps.Clone(pairs)
	maps.DeleteFunc(mistaken, func(step, id string) bool { return named[step] || !taken[id] })
	for step := range mistaken {
		delete(pairs, step)
	}
	for step := range named {
		pairs[step] = along[step]
	}
	used := map[string]bool{}
	for _, id := range pairs {
		used[id] = true
	}
	for step := range mistaken {
		if id, ok := along[step]; ok && !used[id] {
			pairs[step] = id // of two, each has a pair of its own
		}
	}
	return pairs
}

// follow pairs the steps of the first flow with those of this one by way of all flows between, and says which were given a
// name on the way.
func (f *flow) follow(olds []*flow) (pairs map[string]string, named map[string]bool) {
	pairs, named = map[string]string{}, map[string]bool{}
	for _, n := range olds[0].order {
		pairs[n.step.ID] = n.step.ID
	}
	for i, g := range olds {
		next := f
		if i+1 < len(olds) {
			next = olds[i+1]
		}
		matches := next.match(g)
		for step, id := range pairs {
			to, ok := matches[id]
			if !ok {
				delete(pairs, step)
				delete(named, step)
				continue
			}
			pairs[step] = to
			if next.nodes[to].step.Named && (to != id || !g.nodes[id].step.Named) {
				named[step] = true
			}
		}
	}
	return pairs, named
}

// names tells whether a step of this flow has a name that is none in an older one.
func (f *flow) names(old *flow) bool {
	return slices.ContainsFunc(f.order, func(n *node) bool {
		other := old.nodes[n.step.ID]
		return n.step.Named && (other == nil || !other.step.Named)
	})
}
