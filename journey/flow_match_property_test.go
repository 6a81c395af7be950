package journey

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// stepTree draws steps of few kinds, so that many are alike.
type stepTree struct {
	t    *rapid.T
	name int // of the next step that gets one
}

func (d *stepTree) steps(least, most, depth int) []Step {
	var steps []Step
	for range rapid.IntRange(least, most).Draw(d.t, "steps") {
		steps = append(steps, d.step(depth))
	}
	return steps
}

func (d *stepTree) step(depth int) Step {
	kinds := []StepKind{StepWait, StepWait, StepSend, StepSet}
	if depth > 0 {
		kinds = append(kinds, StepWaitFor, StepBranch, StepSplit)
	}
	s := Step{Kind: rapid.SampledFrom(kinds).Draw(d.t, "kind")}
	if rapid.IntRange(0, 9).Draw(d.t, "named") == 0 {
		d.name++
		s.ID, s.Named = fmt.Sprint("own-", d.name), true
	}
	switch s.Kind {
	case StepWait:
		s.Wait = Delay{length: time.Duration(rapid.IntRange(1, 2).Draw(d.t, "days")) * day}
	case StepSend:
		s.Template = rapid.SampledFrom([]string{"a", "b"}).Draw(d.t, "template")
	case StepWaitFor:
		s.For = WaitFor{On: []string{"Product Viewed"}, Timeout: day}
		s.Do, s.Else = d.steps(0, 3, depth-1), d.steps(0, 3, depth-1)
	case StepBranch:
		s.Arms = []Arm{{If: "event.x > 1", Do: d.steps(1, 3, depth-1)}, {If: "event.x > 2", Do: d.steps(1, 3, depth-1)}}
		s.Else = d.steps(0, 3, depth-1)
	case StepSplit:
		s.Arms = []Arm{{Name: "a", Share: 0.5, Do: d.steps(1, 3, depth-1)}, {Name: "b", Share: 0.5, Do: d.steps(1, 3, depth-1)}}
	default:
	}
	return s
}

// copied returns steps that share nothing with others, without the ids that they were given.
func copied(steps []Step) []Step {
	own := slices.Clone(steps)
	for i := range own {
		s := &own[i]
		if !s.Named {
			s.ID = ""
		}
		s.Do, s.Else, s.Arms = copied(s.Do), copied(s.Else), slices.Clone(s.Arms)
		for j := range s.Arms {
			s.Arms[j].Do = copied(s.Arms[j].Do)
		}
	}
	return own
}

// everyList returns all lists of steps, also those within others.
func everyList(steps *[]Step) []*[]Step {
	lists := []*[]Step{steps}
	for i := range *steps {
		s := &(*steps)[i]
		for j := range s.Arms {
			lists = append(lists, everyList(&s.Arms[j].Do)...)
		}
		if s.Kind == StepWaitFor {
			lists = append(lists, everyList(&s.Do)...)
		}
		if s.Kind == StepWaitFor || s.Kind == StepBranch {
			lists = append(lists, everyList(&s.Else)...)
		}
	}
	return lists
}

// laid returns the steps laid out, under the names that the parser gives them.
func laid(steps []Step) *flow {
	(&parser{}).nameSteps(steps, "do")
	return newFlow(&Map{}, &Touchpoint{ID: "tp", Steps: steps}, 0)
}

// requirePairs checks what holds for every matching: each step has one pair of its kind, or both wait, and nobody is taken from one arm
// into another.
func requirePairs(t *rapid.T, old, f *flow, pairs map[string]string) {
	taken := map[string]bool{}
	from, to := old.lists(), f.lists()
	for a, b := range pairs {
		require.False(t, taken[b], "%s is the pair of two", b)
		taken[b] = true
		if one, other := old.nodes[a], f.nodes[b]; !one.waits() || !other.waits() {
			require.Equal(t, one.step.Kind, other.step.Kind)
		}
		for in := from[a]; in.step != ""; in = from[in.step] {
			for other := to[b]; other.step != ""; other = to[other.step] {
				if pairs[in.step] == other.step {
					require.Equal(t, in.arm, other.arm, "%s became %s, in another arm of %s", a, b, in.step)
				}
			}
		}
	}
}

func TestPropertyMatchIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := laid((&stepTree{t: t}).steps(1, 5, 2))
		pairs := f.match(f)
		require.Len(t, pairs, len(f.order))
		for a, b := range pairs {
			require.Equal(t, a, b)
		}
	})
}

// TestPropertyMatchOneEdit puts in or takes out one step, with all that stands in it: every other one is known again.
func TestPropertyMatchOneEdit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &stepTree{t: t}
		less := d.steps(1, 5, 2)
		more := copied(less)
		list := rapid.SampledFrom(everyList(&more)).Draw(t, "list")
		at := rapid.IntRange(0, len(*list)).Draw(t, "at")
		*list = slices.Insert(*list, at, d.step(1))

		small, large := laid(less), laid(more)
		grown := large.match(small)
		requirePairs(t, small, large, grown)
		require.Len(t, grown, len(small.order))
		shrunk := small.match(large)
		requirePairs(t, large, small, shrunk)
		require.Len(t, shrunk, len(small.order))
		for a, b := range grown {
			require.True(t, sameStep(small.nodes[a].step, large.nodes[b].step), "%s became %s", a, b)
		}
		for a, b := range shrunk {
			require.True(t, sameStep(large.nodes[a].step, small.nodes[b].step), "%s became %s", a, b)
		}
	})
}

// TestPropertyMatchAnything compares flows that have little to do with each other.
func TestPropertyMatchAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &stepTree{t: t}
		old, f := laid(d.steps(1, 5, 2)), laid(d.steps(1, 5, 2))
		requirePairs(t, old, f, f.match(old))
	})
}

// TestPropertyMatchAlong names a step and then puts one in, without that anybody follows the first edit: the named step is
// known by its name, and each step has one pair of its kind.
func TestPropertyMatchAlong(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &stepTree{t: t}
		steps := d.steps(1, 5, 2)
		first := laid(copied(steps))
		(&parser{}).nameSteps(steps, "do")
		list := *rapid.SampledFrom(everyList(&steps)).Draw(t, "list")
		if len(list) == 0 {
			return
		}
		s := &list[rapid.IntRange(0, len(list)-1).Draw(t, "named")]
		if s.Named {
			return
		}
		was := s.ID
		s.ID, s.Was, s.Named = "given", []string{was}, true
		second := laid(copied(steps))
		s.Was = nil // what it was called is known without it too
		grown := rapid.SampledFrom(everyList(&steps)).Draw(t, "list of the second edit")
		*grown = slices.Insert(*grown, rapid.IntRange(0, len(*grown)).Draw(t, "at"), d.step(1))
		third := laid(copied(steps))

		pairs := third.matchAlong([]*flow{first, second})
		require.Equal(t, "given", pairs[was])
		taken := map[string]bool{}
		for a, b := range pairs {
			require.False(t, taken[b], "%s is the pair of two", b)
			taken[b] = true
			require.Equal(t, first.nodes[a].step.Kind, third.nodes[b].step.Kind)
		}
	})
}
