package journey

import (
	"cmp"
	"slices"
)

// Join returns what is known of a customer into whom another one was merged: two customers turned out to be one person.
// Runs and exposures are those of into; see JoinRuns.
func (m *Map) Join(into, from State) State {
	joined := into
	joined.Facts = into.Facts.Join(from.Facts)
	if phase := m.joinPhase(&into, &from); phase != &into {
		joined.Phase, joined.PhaseSince = phase.Phase, phase.PhaseSince
	}
	return joined
}

// joinPhase returns the state whose phase counts: the one further along the journey. But a phase into which nothing but
// absence leads counts only when it was entered last: who came back after it is not absent.
func (m *Map) joinPhase(into, from *State) *State {
	if from.Phase == "" || into.Phase == "" {
		if into.Phase == "" {
			return from
		}
		return into
	}
	further, other := into, from
	switch n := m.phaseIndex(into.Phase) - m.phaseIndex(from.Phase); {
	case n < 0:
		further, other = from, into
	case n == 0 && from.PhaseSince.Before(into.PhaseSince):
		return from
	case n == 0:
		return into
	}
	if m.absentOnly(further.Phase) && other.PhaseSince.After(further.PhaseSince) {
		return other
	}
	return further
}

// absentOnly tells whether nothing but absence leads into a phase.
func (m *Map) absentOnly(phase string) bool {
	i := m.phaseIndex(phase)
	if i < 0 || len(m.Phases[i].Enter) == 0 {
		return false
	}
	return !slices.ContainsFunc(m.Phases[i].Enter, func(rule PhaseRule) bool { return rule.Absence.After == 0 })
}

// JoinedRun is a run of one of two customers who become one.
type JoinedRun struct {
	// Run needs no trigger.
	Run
	// CustomerID is whose it was.
	CustomerID string
	// Out is how many of its messages were handed over, or may have been.
	Out int
}

// JoinRuns settles the runs of two customers who become one, so that no touchpoint has two runs under way for one key, and
// one that has a single run for a key keeps to it. It returns the runs that end, with those to which they give way, and the
// new numbers of those that need one, by id. The run under way that is kept, if any, has the highest number.
//
// Of two runs under way the one that has mailed already goes on, and otherwise the older one. Where one run for a key is
// all there may ever be, a run under way ends also beside one that has ended: what it is for was done, or called off.
func (m *Map) JoinRuns(runs []JoinedRun) (ended map[string]string, numbers map[string]int) {
	ended, numbers = map[string]string{}, map[string]int{}
	type group struct{ touchpoint, key string }
	groups := map[group][]JoinedRun{}
	for _, r := range runs {
		g := group{r.Touchpoint, r.Key}
		if f := m.compiled.touchpoints[r.Touchpoint]; f != nil {
			g.touchpoint = f.touchpoint.ID
		}
		groups[g] = append(groups[g], r)
	}
	for g, members := range groups {
		if slices.ContainsFunc(members, func(r JoinedRun) bool { return r.CustomerID != members[0].CustomerID }) {
			m.joinGroup(g.touchpoint, members, ended, numbers)
		}
	}
	return ended, numbers
}

// joinGroup settles the runs of one touchpoint and key.
func (m *Map) joinGroup(touchpoint string, runs []JoinedRun, ended map[string]string, numbers map[string]int) {
	// Those that have ended come first, and the one to be kept comes last.
	slices.SortFunc(runs, func(a, b JoinedRun) int {
		if a.Status != b.Status {
			return cmp.Compare(under(a), under(b))
		}
		newest := cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
		if a.Status == RunActive {
			return cmp.Or(cmp.Compare(min(a.Out, 1), min(b.Out, 1)), -newest)
		}
		return newest
	})
	once := runs[0].Key != ""
	if f := m.compiled.touchpoints[touchpoint]; f != nil {
		once = f.touchpoint.Again == AgainNever
	}
	highest := map[string]int{}
	for _, r := range runs {
		highest[r.CustomerID] = max(highest[r.CustomerID], r.Nth)
	}
	number := 0
	for _, n := range highest {
		number += n
	}
	stays := runs[len(runs)-1]
	if once && runs[0].Status == RunEnded {
		stays = runs[0]
	}
	for _, r := range slices.Backward(runs) {
		if r.Status == RunActive && r.ID != stays.ID {
			ended[r.ID] = stays.ID
		}
		numbers[r.ID] = number
		number--
	}
}

// under is 1 for a run under way and 0 for one that has ended.
func under(r JoinedRun) int {
	if r.Status == RunActive {
		return 1
	}
	return 0
}
