package journey

import "slices"

// ChangeKind says what a newer map does to a touchpoint or a step of an older one.
type ChangeKind string

// The kinds of change.
const (
	ChangeStays    ChangeKind = "stays"    // nothing changes for the runs that stand there
	ChangeWait     ChangeKind = "wait"     // the step waits for something else, or for another time
	ChangeMoves    ChangeKind = "moves"    // the step is gone; its runs go on at another one
	ChangeEnds     ChangeKind = "ends"     // nothing is left for the runs that stand there; they end
	ChangeFinishes ChangeKind = "finishes" // runs keep to the version with which they began
	ChangeRenamed  ChangeKind = "renamed"  // it has another id
	ChangePaused   ChangeKind = "paused"   // the touchpoint is held
	ChangeResumed  ChangeKind = "resumed"  // the touchpoint is held no longer
	ChangeReturns  ChangeKind = "returns"  // an edit that had brought runs there is taken back before it took effect
	ChangeAdded    ChangeKind = "added"    // the touchpoint is new
	ChangeUnited   ChangeKind = "united"   // another touchpoint takes it in
	ChangeKey      ChangeKind = "key"      // the touchpoint has another key
	ChangeDate     ChangeKind = "date"     // the touchpoint's date comes later, so some come to it twice
)

// Change is what becomes of one touchpoint of an older map, or of one of its steps, under a newer one.
type Change struct {
	// Kind says what.
	Kind ChangeKind `json:"kind"`
	// Touchpoint is the id in the older map; of a touchpoint that was added, in the newer one.
	Touchpoint string `json:"touchpoint"`
	// Step is the id of the step in the older map. Empty when the change is about the touchpoint as a whole.
	Step string `json:"step,omitempty"`
	// ToTouchpoint and ToStep are the ids in the newer map, where they differ.
	ToTouchpoint string `json:"toTouchpoint,omitempty"`
	ToStep       string `json:"toStep,omitempty"`
	// From and To say for what the step waited and waits, which key the touchpoint had and has, or when its date came and comes.
	// Only for ChangeWait, ChangeKey and ChangeDate.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Compare says what becomes of every touchpoint and every step of an older map under a newer one, in the order of the
// older one; each touchpoint comes before its steps. Touchpoints that were added come last.
func Compare(older, newer *Map) []Change {
	var changes []Change
	for i := range older.Touchpoints {
		t := &older.Touchpoints[i]
		changes = append(changes, newer.becomes(older, t.ID)...)
		for _, n := range older.compiled.touchpoints[t.ID].order {
			changes = append(changes, newer.changeAt([]*flow{older.compiled.touchpoints[t.ID]}, t.ID, n.step.ID))
		}
	}
	for i := range newer.Touchpoints {
		t := &newer.Touchpoints[i]
		if !slices.ContainsFunc(slices.Collect(newer.compiled.touchpoints[t.ID].ids()), func(id string) bool { return older.compiled.touchpoints[id] != nil }) {
			changes = append(changes, Change{Kind: ChangeAdded, Touchpoint: t.ID})
		}
	}
	return changes
}

// becomes says what this map makes of a touchpoint of an older one.
func (m *Map) becomes(older *Map, id string) []Change {
	was, f := older.compiled.touchpoints[id], m.compiled.touchpoints[id]
	if f == nil {
		kind := ChangeEnds
		if m.InFlight == Finish {
			kind = ChangeFinishes
		}
		return []Change{{Kind: kind, Touchpoint: id}}
	}
	var changes []Change
	add := func(kind ChangeKind) {
		changes = append(changes, Change{Kind: kind, Touchpoint: id, ToTouchpoint: differing(f.touchpoint.ID, id)})
	}
	switch {
	case f.touchpoint.ID == id:
	case m.unites(older, f):
		add(ChangeUnited)
	default:
		add(ChangeRenamed)
	}
	if from, to := was.touchpoint.Key, f.touchpoint.Key; from != to {
		add(ChangeKey)
		changes[len(changes)-1].From, changes[len(changes)-1].To = from, to
	}
	if from, to := was.touchpoint.Date, f.touchpoint.Date; from.Trait != "" && from.Trait == to.Trait && to.OffsetDays > from.OffsetDays+1 {
		add(ChangeDate)
		changes[len(changes)-1].From, changes[len(changes)-1].To = offsetWords(from.OffsetDays), offsetWords(to.OffsetDays)
	}
	if f.inFlight() == Finish {
		add(ChangeFinishes)
	}
	switch {
	case f.paused() && !was.paused():
		add(ChangePaused)
	case was.paused() && !f.paused():
		add(ChangeResumed)
	}
	if len(changes) == 0 {
		add(ChangeStays)
	}
	return changes
}

// unites tells whether several touchpoints of an older map are one in this one.
func (m *Map) unites(older *Map, f *flow) bool {
	n := 0
	for i := range older.Touchpoints {
		if m.compiled.touchpoints[older.Touchpoints[i].ID] == f {
			n++
		}
	}
	return n > 1
}

// TouchpointIDs returns all ids that a touchpoint of this map has and had, given one of them. Nil when there is none.
func (m *Map) TouchpointIDs(id string) []string {
	f := m.compiled.touchpoints[id]
	if f == nil {
		return nil
	}
	return slices.Collect(f.ids())
}

// ChangeAt says what this map, as the version to, makes of the runs that stand at a step of a touchpoint of the version from.
// When that cannot be used any more, only ids count. It returns an error only when Versions does.
func (m *Map) ChangeAt(versions Versions, from, to int64, touchpoint, step string) (Change, error) {
	olds, err := flowsSince(versions, from, to, touchpoint)
	if err != nil {
		return Change{}, err
	}
	return m.changeAt(olds, touchpoint, step), nil
}

// changeAt is ChangeAt for a flow and those of the versions after it.
func (m *Map) changeAt(olds []*flow, touchpoint, step string) Change {
	c := Change{Kind: ChangeStays, Touchpoint: touchpoint, Step: step}
	f := m.compiled.touchpoints[touchpoint]
	inFlight := m.InFlight
	if f != nil {
		inFlight = f.inFlight()
	}
	var was *flow
	if len(olds) > 0 {
		was = olds[0]
	}
	switch {
	case inFlight == Finish && was != nil:
		c.Kind = ChangeFinishes
		return c
	case f == nil:
		c.Kind = ChangeEnds
		return c
	}
	to, same := f.find(olds, step)
	c.ToTouchpoint = differing(f.touchpoint.ID, touchpoint)
	switch {
	case to == "":
		c.Kind = ChangeEnds
		return c
	case !same:
		c.Kind, c.ToStep = ChangeMoves, to
		return c
	}
	c.ToStep = differing(to, step)
	if was != nil && was.nodes[step] != nil && !sameWait(was.nodes[step].step, f.nodes[to].step) {
		c.Kind, c.From, c.To = ChangeWait, was.nodes[step].step.waits(), f.nodes[to].step.waits()
		return c
	}
	if c.ToStep != "" || c.ToTouchpoint != "" {
		c.Kind = ChangeRenamed
	}
	return c
}

// differing returns an id that differs from what it was.
func differing(id, was string) string {
	if id == was {
		return ""
	}
	return id
}

// PausedAt tells whether the map holds what falls due at a touchpoint that has or had the id.
func (m *Map) PausedAt(touchpoint string) bool {
	f := m.compiled.touchpoints[touchpoint]
	return m.Paused || f != nil && f.touchpoint.Paused
}
