package journey

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// descending finds out what the things of one kind inherit from those of the version before: all phases, all touchpoints, or
// the named steps of a touchpoint.
type descending struct {
	things  []named
	before  map[string]Descent  // what was known, without what is taken out of others
	parents map[string][]string // of each thing, the ids that before knows them by
	after   map[string]Descent
}

// claims are all ids that a thing says are its own.
func (n named) claims() []string { return append([]string{n.id}, n.was...) }

// owns tells whether something that is known by an id has or had one of some ids.
func (d Descent) owns(id string, ids []string) bool {
	return slices.ContainsFunc(ids, func(other string) bool { return other == id || slices.Contains(d.Was, other) })
}

// descend finds the parents of all things: what has the same id, what had an id that the thing says is its own, and what had
// such an id before it was called otherwise, when nothing says that it is that (a name was taken back, or the rename before was
// forgotten). What is nobody's parent and gone stays known.
func descend(things []named, before map[string]Descent) *descending {
	d := &descending{things: things, before: maps.Clone(before), parents: map[string][]string{}, after: map[string]Descent{}}
	for _, n := range things {
		d.release(n)
	}
	continued := map[string]bool{}
	for _, n := range things {
		for _, id := range slices.Sorted(maps.Keys(d.before)) {
			if slices.Contains(n.claims(), id) || !d.claimed(id, "") && d.before[id].owns(id, n.claims()) {
				d.parents[n.id] = append(d.parents[n.id], id)
				continued[id] = true
			}
		}
		d.after[n.id] = d.descent(n)
	}
	for id, known := range d.before {
		if _, lives := d.after[id]; !lives && !continued[id] {
			d.after[id] = known
		}
	}
	return d
}

// claimed tells whether a thing, other than one, says that an id is its own.
func (d *descending) claimed(id, except string) bool {
	return slices.ContainsFunc(d.things, func(n named) bool { return n.id != except && slices.Contains(n.claims(), id) })
}

// release takes a thing out of the one with which it had become one, when both are there again.
func (d *descending) release(n named) {
	if slices.ContainsFunc(n.claims(), func(id string) bool { _, known := d.before[id]; return known }) {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(d.before)) {
		if !d.claimed(id, n.id) {
			continue
		}
		if taken, was, rest, ok := d.before[id].without(n.claims()); ok {
			d.before[id], d.before[taken] = rest, was
			return
		}
	}
}

// without takes out of something what it took in that has or had one of some ids. It returns its id, its past, and what is left
// of the other.
func (d Descent) without(ids []string) (taken string, was, rest Descent, ok bool) {
	for _, id := range slices.Sorted(maps.Keys(d.Took)) {
		took := d.Took[id]
		var inner Descent
		if taken, was, inner, ok = took.without(ids); !ok {
			if !took.owns(id, ids) {
				continue
			}
			taken, was = id, took
		}
		d.Took = maps.Clone(d.Took)
		delete(d.Took, id)
		if taken != id {
			d.Took[id] = inner
		}
		d.Was = slices.DeleteFunc(slices.Clone(d.Was), func(id string) bool { return was.owns(taken, []string{id}) })
		return taken, was, d, true
	}
	return "", Descent{}, d, false
}

// descendSteps is descend for steps. It inherits no names like "wait-1", which steps without an id have by their place:
// another step may have it by now.
func descendSteps(steps []named, before map[string]Descent) *descending {
	d := descend(steps, before)
	given := map[string]bool{}
	for id, known := range before {
		given[id] = true
		for _, was := range known.Was {
			given[was] = true
		}
	}
	for id, known := range d.after {
		known.Was = slices.DeleteFunc(slices.Clone(known.Was), func(was string) bool { return !given[was] })
		d.after[id] = known
	}
	return d
}

// descent puts the past of one thing together. It goes on as what had its id, or else as the first of its parents; the others
// become one with that.
func (d *descending) descent(n named) Descent {
	var past Descent
	took := map[string]Descent{}
	for i, id := range d.parents[n.id] {
		parent := d.before[id]
		past.Was = append(append(past.Was, parent.Was...), id)
		past.Origin = cmp.Or(past.Origin, parent.Origin)
		_, same := d.before[n.id]
		switch {
		case id == n.id, !same && i == 0:
			maps.Copy(took, parent.Took)
		default:
			took[id] = parent
		}
	}
	if same, ok := d.before[n.id]; ok {
		past.Origin = same.Origin
	}
	if len(took) > 0 {
		past.Took = took
	}
	past.Was = append(past.Was, n.was...)
	past.Origin = cmp.Or(append([]string{past.Origin}, append(slices.Clone(n.was), n.id)...)...)
	var known []string
	for _, was := range past.Was {
		if !slices.Contains(known, was) && !slices.ContainsFunc(d.things, func(other named) bool { return other.id == was }) {
			known = append(known, was)
		}
	}
	past.Was = known
	return past
}

// given finds ids that things say are their own and that were those of something else, which goes on as another thing.
func (d *descending) given(what string) (problems []string) {
	for _, n := range d.things {
		for _, id := range n.claims() {
			if _, known := d.before[id]; known {
				continue
			}
			for _, other := range d.things {
				if other.id == n.id || !slices.ContainsFunc(d.parents[other.id], func(parent string) bool { return slices.Contains(d.before[parent].Was, id) }) {
					continue
				}
				problems = append(problems, fmt.Sprintf("%s %s: %s was called %s before, so what is under way there would be taken for that of the new one; "+
					"give the new one another id, and no such was", what, n.id, other.id, id))
			}
		}
	}
	return problems
}
