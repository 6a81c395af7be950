package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// TestAnObjectionBesideAMerge: somebody notes that a customer objects to everything, and the customer is merged between the look-up and the note.
func TestAnObjectionBesideAMerge(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("1", "old", "", "X"), track("2", "new", "", "X"))
		customer, _, err := r.CustomerByUserID(t.Context(), "old") // as app.consents.Object does
		require.NoError(t, err)
		r.mergeInto(t, "old", "new")
		require.NoError(t, r.Choose(t.Context(), Choice{
			CustomerID: customer.State.CustomerID, Object: customer.UserID,
			Events: []journey.Event{track("o", customer.UserID, "", journey.ConsentWithdrawn)},
		}, AnyVersion, waking))
		_, objected, err := r.SuppressionFor(t.Context(), "", "new")
		require.NoError(t, err)
		require.True(t, objected, "the objection is noted for an id that nobody looks at")
	})
}

// TestAnObjectionDuringAMerge: the merge has joined the objections of both, and has not ended.
func TestAnObjectionDuringAMerge(t *testing.T) {
	t.Parallel()
	r := onPostgres(t)
	r.ingest(t, waking, track("1", "old", "", "X"), track("2", "new", "", "X"))
	chosen := make(chan error, 1)
	_, err := r.Merge(t.Context(), Merging{From: "old", Into: "new"}, during{func() {
		go func() {
			chosen <- r.Choose(context.WithoutCancel(t.Context()), Choice{Object: "old"}, AnyVersion, waking)
		}()
		r.waitUntilBlocked(t, chosen)
	}})
	require.NoError(t, err)
	require.NoError(t, <-chosen)
	_, objected, err := r.SuppressionFor(t.Context(), "", "new")
	require.NoError(t, err)
	require.True(t, objected)
}

// during joins customers without a map, and does something before.
type during struct{ do func() }

func (during) Join(into, from journey.State) journey.State { return new(journey.Map).Join(into, from) }

func (d during) JoinRuns(runs []journey.JoinedRun) (map[string]string, map[string]int) {
	d.do()
	return new(journey.Map).JoinRuns(runs)
}

// TestAMailIsWaitedForAfterAMerge: its reader unsubscribed, and was merged before it was handed over.
func TestAMailIsWaitedForAfterAMerge(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		former := r.plan(t, "msg")
		execute(t, r, "UPDATE messages SET class = 'service'")
		r.claimed(t, "msg")
		r.ingest(t, waking, track("1", "new", "", "X"))
		r.mergeInto(t, "user of msg", "new")
		busy, err := r.HandingOver(t.Context(), former, longAgo.Add(-time.Second))
		require.NoError(t, err)
		require.True(t, busy)
	})
}
