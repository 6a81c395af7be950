package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/testserver"
	"klantreis/journey"
)

// onPostgres returns a record on PostgreSQL, where transactions run beside each other.
func onPostgres(t *testing.T) *record {
	t.Helper()
	r := &record{url: testserver.Postgres(t) + "&pool_max_conns=8"}
	r.set(0)
	r.Store = r.open(t)
	require.NoError(t, r.Migrate(t.Context()))
	return r
}

// TestTheWakeRowOfAMergedCustomerStaysWhenMoreCameIn: while a merged customer's workflow hands over what
// came late, something more comes in.
func TestTheWakeRowOfAMergedCustomerStaysWhenMoreCameIn(t *testing.T) {
	t.Parallel()
	r := onPostgres(t)
	r.ingest(t, waking, track("1", "old", "", "X"), track("2", "new", "", "X"))
	former, survivor := r.customer(t, "old"), r.customer(t, "new")

	// An ingest looks its customer up; then the customer is merged; then its process freezes for a moment.
	merged, goOn, stored := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		first := true
		_, _, err := r.Ingest(context.Background(), []journey.Event{track("late", "old", "", "Order Cancelled")}, AnyVersion, func(journey.Event) journey.Interest {
			if first {
				first = false
				_, err := r.Merge(context.Background(), Merging{From: "old", Into: "new"}, new(journey.Map))
				if err != nil {
					panic(err)
				}
				close(merged)
				<-goOn
			}
			return journey.Interest{Wakes: true}
		})
		stored <- err
	}()
	<-merged
	_, err := r.ClaimWakes(t.Context(), start, 9, time.Minute) // both are signalled
	require.NoError(t, err)

	// The workflow of the former customer asks for a decision, and waits for the survivor's wake row, which somebody holds.
	holder, err := r.writer.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = holder.ExecContext(t.Context(), "SELECT 1 FROM wakes WHERE customer_id = '"+survivor+"' FOR UPDATE")
	require.NoError(t, err)
	decided := make(chan error, 1)
	go func() { _, err := r.Decide(context.Background(), former, 0, nothing); decided <- err }()
	r.waitUntilBlocked(t, decided)
	close(goOn)
	require.NoError(t, <-stored) // acknowledged
	require.NoError(t, holder.Rollback())
	require.ErrorIs(t, <-decided, ErrNotFound)

	require.Zero(t, scalar[int64](t, r, `SELECT COUNT(*) FROM events e WHERE consumed_step IS NULL AND wakes = 1
		AND NOT EXISTS (SELECT 1 FROM wakes w WHERE w.customer_id = e.customer_id)`), "events that nobody is woken for")

	wakes, err := r.ClaimWakes(t.Context(), start.Add(time.Second), 9, time.Minute)
	require.NoError(t, err)
	require.Len(t, wakes, 1)
	require.Equal(t, former, wakes[0].CustomerID, "its workflow is started again at once")
	_, err = r.Decide(t.Context(), former, 0, nothing)
	require.ErrorIs(t, err, ErrNotFound)
	require.NotContains(t, r.wakeRows(t), former)
	require.EqualValues(t, 3, scalar[int64](t, r, "SELECT COUNT(*) FROM events WHERE customer_id = '"+survivor+"'"))
}

// TestACancelBesideAMergeIsSeenAtTheHandover: a customer is merged while an ingest, which has looked its customer up already,
// stores a cancellation. The cancellation is acknowledged; the hand-over that follows must see it.
func TestACancelBesideAMergeIsSeenAtTheHandover(t *testing.T) {
	t.Parallel()
	r := onPostgres(t)
	r.plan(t, "msg")
	r.ingest(t, waking, track("1", "old", "", "X"))
	merged := false
	_, _, err := r.Ingest(t.Context(), []journey.Event{track("cancel", "old", "", "Order Cancelled")}, AnyVersion, func(journey.Event) journey.Interest {
		if !merged {
			merged = true
			r.mergeInto(t, "old", "user of msg") // by another process, in the middle of this ingest
		}
		return journey.Interest{Wakes: true}
	})
	require.NoError(t, err) // acknowledged

	var seen []string
	_, err = r.Claim(t.Context(), "msg", "token", start, func(_ context.Context, h activities.Handover) (journey.Reason, error) {
		for _, e := range h.Unconsumed {
			seen = append(seen, e.Name)
		}
		return "", nil
	})
	require.NoError(t, err)
	require.Contains(t, seen, "Order Cancelled")
}
