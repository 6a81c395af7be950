package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// due decides nothing but the next due instant.
func due(at time.Time) func(context.Context, journey.Input) (journey.Outcome, error) {
	return func(context.Context, journey.Input) (journey.Outcome, error) { return journey.Outcome{Next: at}, nil }
}

func TestWakeOverdue(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		for i, user := range []string{"past", "long past", "future", "never", "awake"} {
			r.ingest(t, waking, track(fmt.Sprint(i), user, "", "wake"))
		}
		r.decide(t, r.customer(t, "past"), due(start.Add(-time.Second)))
		r.decide(t, r.customer(t, "long past"), due(start.Add(-time.Hour)))
		r.decide(t, r.customer(t, "future"), due(start.Add(time.Second)))
		r.decide(t, r.customer(t, "never"), due(time.Time{}))
		require.Len(t, r.wakeRows(t), 1)

		woken, err := r.WakeOverdue(t.Context(), start, start.Add(time.Minute), 1)
		require.NoError(t, err)
		require.Equal(t, 1, woken)
		require.Contains(t, r.wakeRows(t), r.customer(t, "long past"), "the longest overdue comes first")
		woken, err = r.WakeOverdue(t.Context(), start, start.Add(time.Minute), 10)
		require.NoError(t, err)
		require.Equal(t, 1, woken)
		woken, err = r.WakeOverdue(t.Context(), start, start.Add(time.Minute), 10)
		require.NoError(t, err)
		require.Zero(t, woken)
		require.Equal(t, []string{"awake", "long past", "past"}, sorted(r.claim(t, start, 10)))
	})
}

func TestWakeOverdueFindsForgottenEvents(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, byName, track("1", "u", "", "wake"), track("2", "u", "", "urgent"), track("3", "v", "", "view"), track("4", "", "a", "wake"))
		execute(t, r, "DELETE FROM wakes")
		woken, err := r.WakeOverdue(t.Context(), start, start, 10)
		require.NoError(t, err)
		require.Equal(t, 1, woken)
		require.Equal(t, map[string]string{r.customer(t, "u"): "count 1 urgent 1"}, r.wakeRows(t))
	})
}

func TestWakeWaiting(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		for i, user := range []string{"timer", "nothing", "signalled"} {
			r.ingest(t, waking, track(fmt.Sprint(i), user, "", "wake"))
		}
		r.decide(t, r.customer(t, "timer"), due(start.Add(time.Hour)))
		r.decide(t, r.customer(t, "nothing"), echo)
		require.Equal(t, []string{"signalled"}, r.claim(t, start, 10))
		r.ingest(t, idle, track("view", "nothing", "", "view"))
		planned, settled := r.plan(t, "planned"), r.plan(t, "settled")
		require.NoError(t, r.GiveUp(t.Context(), "settled", journey.ReasonRefused, "", start))
		r.plan(t, "seen")
		require.NoError(t, r.GiveUp(t.Context(), "seen", journey.ReasonRefused, "", start))
		r.decide(t, r.customer(t, "user of seen"), echo)

		woken, err := r.WakeWaiting(t.Context(), start.Add(time.Minute))
		require.NoError(t, err)
		require.Equal(t, 4, woken)
		require.Equal(t, map[string]string{
			r.customer(t, "timer"): "count 1 urgent 0", planned: "count 1 urgent 0", settled: "count 1 urgent 0",
			r.customer(t, "signalled"): "count 2 urgent 0",
		}, r.wakeRows(t))
		require.Len(t, r.claim(t, start, 10), 4, "none counts as signalled")
	})
}

// TestWakeWaitingForgetsSignals has a customer with nothing but a wake row, as a newer map makes it for a run that a pause
// held. It was signalled in vain before.
func TestWakeWaitingForgetsSignals(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("1", "ann", "", "wake"))
		execute(t, r, "UPDATE events SET consumed_step = 1")
		require.Equal(t, []string{"ann"}, r.claim(t, start, 10))
		execute(t, r, "UPDATE wakes SET tries = 4")

		woken, err := r.WakeWaiting(t.Context(), start)
		require.NoError(t, err)
		require.Equal(t, 1, woken)
		require.Zero(t, scalar[int64](t, r, "SELECT MAX(tries) FROM wakes"))
		require.Equal(t, []string{"ann"}, r.claim(t, start, 10), "it does not count as signalled")
	})
}

func TestWakeWaitingManyBatches(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		const customers = 2*rebuildBatch + 1
		var events []journey.Event
		for i := range customers {
			events = append(events, track(fmt.Sprint(i), fmt.Sprint(i), "", "wake"))
		}
		r.ingest(t, waking, events...)
		execute(t, r, "DELETE FROM wakes")
		woken, err := r.WakeWaiting(t.Context(), start)
		require.NoError(t, err)
		require.Equal(t, customers, woken)
		require.EqualValues(t, customers, scalar[int64](t, r, "SELECT COUNT(*) FROM wakes"))
	})
}

func TestWakeUnfinishedFindsMessagesThatNobodyLooksAfter(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		planned := r.plan(t, "m-1")
		settled := r.plan(t, "m-2")
		r.claimed(t, "m-2")
		require.NoError(t, r.Confirm(t.Context(), "m-2", "first", "p", journey.ReasonSent, start.Add(time.Minute)))
		seen := r.plan(t, "m-3")
		r.claimed(t, "m-3")
		require.NoError(t, r.Confirm(t.Context(), "m-3", "first", "p", journey.ReasonSent, start))
		r.decide(t, seen, echo)
		require.Empty(t, r.wakeRows(t))

		woken, _, err := r.WakeUnfinished(t.Context(), start.Add(time.Second), start, "", 10)
		require.NoError(t, err)
		require.Equal(t, 1, woken, "the other was settled only just now")
		require.Contains(t, r.wakeRows(t), planned)
		_, _, err = r.WakeUnfinished(t.Context(), start.Add(time.Hour), start, "", 10)
		require.NoError(t, err)
		require.Equal(t, []string{planned, settled}, sortedKeys(r.wakeRows(t), planned, settled))
		require.NotContains(t, r.wakeRows(t), seen)
	})
}

// TestUnfinishedMessagesTakeTurns leaves the messages of many unfinished, as a provider does that is away. Each look wakes some of
// their customers, who decide; every one of them gets a turn, also one who came later.
func TestUnfinishedMessagesTakeTurns(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		turns := map[string]int{}
		for i := range 5 {
			turns[r.plan(t, fmt.Sprint(i))] = 0
		}
		behind := ""
		look := func() {
			t.Helper()
			woken, last, err := r.WakeUnfinished(t.Context(), start.Add(time.Hour), start, behind, 2)
			require.NoError(t, err)
			require.Equal(t, 2, woken)
			behind = last
			for id := range r.wakeRows(t) {
				turns[id]++
				r.decide(t, id, echo)
			}
		}
		for range 5 {
			look()
		}
		for id, n := range turns {
			require.Equal(t, 2, n, id)
		}
		late := r.plan(t, "late")
		for range 3 {
			look()
		}
		require.Equal(t, 1, turns[late])

		woken, _, err := r.WakeUnfinished(t.Context(), start.Add(time.Hour), start, behind, 10)
		require.NoError(t, err)
		require.Equal(t, 6, woken, "all of them, when there is room")
	})
}

// sortedKeys returns which of the keys a map has, in the given order.
func sortedKeys(m map[string]string, keys ...string) []string {
	var found []string
	for _, key := range keys {
		if _, ok := m[key]; ok {
			found = append(found, key)
		}
	}
	return found
}
