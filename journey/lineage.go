package journey

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Lineage is what a published version of the map inherits from the versions before it: what its phases, touchpoints and
// steps were called, which keys they had, and what older versions listen to. It is made at publication, see Descend, kept
// with the version, and given to the map whenever it is compiled, see Inherit. Without one only `was` counts.
type Lineage struct {
	// Phases and Touchpoints are by id. Those that are gone are among them: they may come back.
	Phases      map[string]Descent `json:"phases,omitempty"`
	Touchpoints map[string]Descent `json:"touchpoints,omitempty"`
	// Listens are the event names that can change something under this version or could under an older one, on which runs
	// may finish that still wait for them.
	Listens []string `json:"listens,omitempty"`
}

// Descent is the past of one phase, touchpoint or step.
type Descent struct {
	// Origin is the first id that it had.
	Origin string `json:"origin"`
	// Was are all its other ids, oldest first.
	Was []string `json:"was,omitempty"`
	// Key is a touchpoint's key in this version, and Keys are those of its runs that began under another one.
	Key  string      `json:"key,omitempty"`
	Keys []FormerKey `json:"keys,omitempty"`
	// Steps are the steps of a touchpoint that have a name, by id.
	Steps map[string]Descent `json:"steps,omitempty"`
}

// FormerKey is the key of the runs that a touchpoint began under an id and an older version.
type FormerKey struct {
	// Touchpoint is the id that the runs have.
	Touchpoint string `json:"touchpoint"`
	// Key is the expression; empty when they have no key.
	Key string `json:"key"`
	// Through is the last version with it. It counts for the runs begun under that version or an older one.
	Through int64 `json:"through"`
}

// named is something with an id, now and formerly.
type named struct {
	id  string
	was []string
}

// Inherit gives a map what it inherits, and compiles it with that. It is for the one who loads a map, before anybody uses it.
func (m *Map) Inherit(l Lineage) {
	m.lineage = l
	m.compile(func(string, string) {}) // the map was compiled before, and a key that a release cannot read any more is none
}

// Lineage returns the map's lineage, or what the map says itself when it has none.
func (m *Map) Lineage() Lineage {
	if m.lineage.Touchpoints != nil || m.lineage.Phases != nil {
		return m.lineage
	}
	l, _ := m.Descend(Lineage{}, 0)
	return l
}

// Descend returns what the map would inherit if it followed a version with a lineage. The problems are ids that were the
// former ones of something else that is still there: runs and customers who are known by them would be taken for those of
// another thing.
func (m *Map) Descend(before Lineage, version int64) (l Lineage, problems []string) {
	phases, touchpoints := m.namedPhases(), m.namedTouchpoints()
	problems = append(reused("phase", phases, before.Phases), reused("touchpoint", touchpoints, before.Touchpoints)...)
	l.Listens = slices.Compact(slices.Sorted(slices.Values(slices.AppendSeq(slices.Clone(before.Listens), maps.Keys(m.compiled.interest)))))
	l.Phases, _ = descend(phases, before.Phases)
	var parents map[string][]string
	l.Touchpoints, parents = descend(touchpoints, before.Touchpoints)
	for i := range m.Touchpoints {
		t := &m.Touchpoints[i]
		d := l.Touchpoints[t.ID]
		d.Key = t.Key
		steps := map[string]Descent{}
		for _, id := range parents[t.ID] {
			parent := before.Touchpoints[id]
			d.Keys = append(d.Keys, parent.formerKeys(id, t.Key, version)...)
			maps.Copy(steps, parent.Steps)
		}
		d.Steps = descendSteps(namedSteps(t), steps)
		l.Touchpoints[t.ID] = d
	}
	return l, problems
}

// formerKeys returns the keys of the runs that a touchpoint began, when it has another key from now on.
func (d Descent) formerKeys(id, key string, version int64) []FormerKey {
	keys := slices.Clone(d.Keys)
	if d.Key == key {
		return keys
	}
	for _, known := range append([]string{id}, d.Was...) {
		keys = append(keys, FormerKey{Touchpoint: known, Key: d.Key, Through: version})
	}
	return keys
}

// descend finds the parents of all things: what has the same id, what had an id that the thing says was its own, and what
// had the thing's id before it was called otherwise, when that is gone now (a name was taken back). What is nobody's parent
// and gone stays known.
func descend(things []named, before map[string]Descent) (after map[string]Descent, parents map[string][]string) {
	taken := map[string]bool{}
	for _, n := range things {
		taken[n.id] = true
		for _, was := range n.was {
			taken[was] = true
		}
	}
	after, parents = map[string]Descent{}, map[string][]string{}
	continued := map[string]bool{}
	for _, n := range things {
		for _, id := range slices.Sorted(maps.Keys(before)) {
			if id == n.id || slices.Contains(n.was, id) || !taken[id] && slices.Contains(before[id].Was, n.id) {
				parents[n.id] = append(parents[n.id], id)
				continued[id] = true
			}
		}
		after[n.id] = n.descent(before, parents[n.id], things)
	}
	for id, d := range before {
		if _, lives := after[id]; !lives && !continued[id] {
			after[id] = d
		}
	}
	return after, parents
}

// descendSteps is descend for steps. It inherits no names like "wait-1", which steps without an id have by their place:
// another step may have it by now.
func descendSteps(steps []named, before map[string]Descent) map[string]Descent {
	after, _ := descend(steps, before)
	given := map[string]bool{}
	for id, d := range before {
		given[id] = true
		for _, was := range d.Was {
			given[was] = true
		}
	}
	for id, d := range after {
		d.Was = slices.DeleteFunc(slices.Clone(d.Was), func(was string) bool { return !given[was] })
		after[id] = d
	}
	return after
}

// descent puts the past of one thing together.
func (n named) descent(before map[string]Descent, parents []string, things []named) Descent {
	var d Descent
	for _, id := range parents {
		d.Was = append(append(d.Was, before[id].Was...), id)
		d.Origin = cmp.Or(d.Origin, before[id].Origin)
	}
	if same, ok := before[n.id]; ok {
		d.Origin = same.Origin
	}
	d.Was = append(d.Was, n.was...)
	if d.Origin == "" {
		d.Origin = cmp.Or(append(slices.Clone(n.was), n.id)...)
	}
	var known []string
	for _, was := range d.Was {
		if !slices.Contains(known, was) && !slices.ContainsFunc(things, func(other named) bool { return other.id == was }) {
			known = append(known, was)
		}
	}
	d.Was = known
	return d
}

// reused finds new things whose id was the former one of something that is still there under another.
func reused(what string, things []named, before map[string]Descent) (problems []string) {
	for _, n := range things {
		if _, known := before[n.id]; known {
			continue
		}
		for _, other := range things {
			if slices.Contains(before[other.id].Was, n.id) {
				problems = append(problems, fmt.Sprintf("%s %s: %s was called that before, so its customers would be taken for those of the new one; give the new one another id", what, n.id, other.id))
			}
		}
	}
	return problems
}

func (m *Map) namedPhases() []named {
	list := make([]named, len(m.Phases))
	for i := range m.Phases {
		list[i] = named{m.Phases[i].ID, m.Phases[i].Was}
	}
	return list
}

func (m *Map) namedTouchpoints() []named {
	list := make([]named, len(m.Touchpoints))
	for i := range m.Touchpoints {
		list[i] = named{m.Touchpoints[i].ID, m.Touchpoints[i].Was}
	}
	return list
}

func namedSteps(t *Touchpoint) []named {
	var list []named
	eachStep(t.Steps, "", func(s *Step, _ string) {
		if s.Named {
			list = append(list, named{s.ID, s.Was})
		}
	})
	return list
}

// descentOf returns the past of a phase or a touchpoint, also without a lineage.
func descentOf(lineage map[string]Descent, n named) Descent {
	if d, ok := lineage[n.id]; ok {
		return d
	}
	return n.descent(nil, nil, nil)
}
