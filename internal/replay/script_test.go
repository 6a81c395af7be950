package replay

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// requireApart requires what makes the expected mails certain: no event of an order is near an instant at which one of
// its mails falls due, and those that matter to each other are hours apart.
func requireApart(t *testing.T, s Script) {
	t.Helper()
	instants := map[string][]Event{}
	for _, e := range s.Events {
		same := func(other Event) bool { return other.Name == e.Name && other.At.Equal(e.At) }
		if id := e.order(); id != "" && e.Name != fulfilled && !slices.ContainsFunc(instants[id], same) {
			instants[id] = append(instants[id], e)
		}
	}
	for id, story := range Stories(s.Events) {
		for i, e := range instants[id] {
			for _, other := range instants[id][:i] {
				require.GreaterOrEqual(t, e.At.Sub(other.At).Abs(), apart, "%s and %s of order %s", e.Name, other.Name, id)
			}
			if story.Delivered == nil {
				continue
			}
			for after, late := range map[time.Duration]time.Duration{requestAfter: day, reminderAfter: 2 * day} {
				passed := e.At.Sub(story.Delivered.At.Add(after))
				require.True(t, passed <= -guardBefore || passed >= late, "%s of order %s is %s from a mail", e.Name, id, passed)
			}
		}
	}
}

func TestScriptKeepsAwayFromWhatIsUncertain(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			s := NewScript(Synthetic(500, seed), seed, day)
			require.Positive(t, s.Shifted)
			requireApart(t, s)
		})
	}
}

func TestScriptHoldsEverything(t *testing.T) {
	t.Parallel()
	orders := Synthetic(1000, 3)
	s := NewScript(orders, 3, day)
	require.Equal(t, s, NewScript(orders, 3, day), "the same seed gives the same script")
	require.NotEqual(t, s, NewScript(orders, 4, day))
	require.Equal(t, 1000, s.Orders)
	require.InDelta(t, 1000/2, s.Customers, 60)
	require.True(t, slices.IsSortedFunc(s.Events, func(a, b Event) int { return a.PostAt.Compare(b.PostAt) }))

	ids, known := map[string]int{}, map[string]bool{}
	for _, e := range s.Events {
		require.False(t, e.PostAt.Before(e.At))
		require.LessOrEqual(t, len(e.MessageID), 100)
		if e.Type == "identify" {
			known[e.UserID] = true
		}
		require.True(t, known[e.UserID], "a customer is known before the first order")
		ids[e.MessageID]++
	}
	require.Len(t, known, s.Customers)
	require.Len(t, ids, len(s.Events)-s.Repeated)
	for _, name := range []string{completed, fulfilled, delivered, cancelled, refunded, returned, reviewed} {
		require.Positive(t, s.Count(name), name)
	}
	require.Positive(t, s.Repeated)
	require.Positive(t, s.Resent)
}

func TestScriptOfAnOrderDependsOnTheOrderAlone(t *testing.T) {
	t.Parallel()
	orders := Synthetic(50, 5)
	names := func(s Script, order string) []string {
		var names []string
		for _, e := range s.Events {
			if e.order() == order {
				names = append(names, e.MessageID)
			}
		}
		return names
	}
	all, some := NewScript(orders, 9, day), NewScript(orders[20:], 9, day)
	for _, o := range orders[20:] {
		require.Equal(t, names(all, o.ID), names(some, o.ID))
	}
}

func TestScriptHasMailsOfEveryKindAndNone(t *testing.T) {
	t.Parallel()
	s := NewScript(Synthetic(500, 1), 1, day)
	count := map[string]int{}
	for _, m := range Expect(s.Events) {
		count[m.Template]++
	}
	require.Equal(t, 500, count[confirmation])
	require.Greater(t, count[request], 200)
	require.Less(t, count[request], 400, "many are cancelled or reviewed before")
	require.Greater(t, count[reminder], 100)
	require.Less(t, count[reminder], count[request])
}
