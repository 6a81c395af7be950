package journey

import (
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
	// Took are the things that have become one with it, as they were then, by id: they can be taken out of it again.
	Took map[string]Descent `json:"took,omitempty"`
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

// Descend returns what the map would inherit if it followed a version with a lineage. The problems are ids, now or in a was,
// that were those of something else that is still there: runs and customers who are known by them would be taken for those of
// another thing.
func (m *Map) Descend(before Lineage, version int64) (l Lineage, problems []string) {
	phases := descend(m.namedPhases(), before.Phases)
	touchpoints := descend(m.namedTouchpoints(), before.Touchpoints)
	problems = append(phases.given("phase"), touchpoints.given("touchpoint")...)
	l.Listens = slices.Compact(slices.Sorted(slices.Values(slices.AppendSeq(slices.Clone(before.Listens), maps.Keys(m.compiled.interest)))))
	l.Phases, l.Touchpoints = phases.after, touchpoints.after
	for i := range m.Touchpoints {
		t := &m.Touchpoints[i]
		d := l.Touchpoints[t.ID]
		d.Key = t.Key
		steps := map[string]Descent{}
		for _, id := range touchpoints.parents[t.ID] {
			parent := touchpoints.before[id]
			d.Keys = append(d.Keys, parent.formerKeys(id, t.Key, version)...)
			maps.Copy(steps, parent.Steps)
		}
		below := descendSteps(namedSteps(t), steps)
		problems = append(problems, below.given("touchpoint "+t.ID+": step")...)
		d.Steps = below.after
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
	return (&descending{}).descent(n)
}
