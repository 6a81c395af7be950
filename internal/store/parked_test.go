package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/activities"
	"klantreis/journey"
)

func TestRetryOnce(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, func(journey.Event) journey.Interest { return journey.Interest{Wakes: true, Urgent: true} }, batch(4, 1, 2)...)
		id := r.customer(t, "u")
		r.settle(t, id, poisoned)
		var group errgroup.Group
		retried := make([]int, 4)
		for i := range retried {
			group.Go(func() (err error) {
				retried[i], err = r.Retry(t.Context(), ann, []int64{2, 99, 1})
				return err
			})
		}
		require.NoError(t, group.Wait())
		require.Equal(t, 1, retried[0]+retried[1]+retried[2]+retried[3])
		require.Equal(t, []string{"poison 2"}, r.parked(t))
		require.Equal(t, map[string]string{id: "count 1 urgent 1"}, r.wakeRows(t))

		var given []journey.Event
		r.settle(t, id, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			given = append(given, in.Events...)
			return echo(ctx, in)
		})
		require.Len(t, given, 1)
		require.Equal(t, "poison 1", given[0].Name)
		require.True(t, given[0].Dormant, "as old as it is")
		require.Equal(t, start, given[0].ReceivedAt)
		require.Empty(t, r.wakeRows(t))
		decisions, err := r.Decisions(t.Context(), id, "", 2)
		require.NoError(t, err)
		require.Equal(t, journey.DecidedRetried, decisions[1].Kind)

		_, err = r.Retry(t.Context(), ann, []int64{3})
		require.NoError(t, err)
		r.settle(t, id, poisoned)
		require.Equal(t, []string{"poison 2"}, r.parked(t), "parked again")
	})
}

func TestParkedEventsAreNoPast(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, batch(2, 1)...)
		id := r.customer(t, "u")
		r.settle(t, id, poisoned)
		r.decide(t, id, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			events, err := in.Past.Named([]string{"fine 0", "poison 1"}, time.Time{})
			require.NoError(t, err)
			require.Len(t, events, 1)
			latest, err := in.Past.Latest([]string{"fine 0", "poison 1"})
			require.NoError(t, err)
			require.Len(t, latest, 1)
			return echo(ctx, in)
		})
	})
}

func TestParkedEventsMoveWithAMerge(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, append(batch(2, 1), track("other", "v", "", "fine"))...)
		r.settle(t, r.customer(t, "u"), poisoned)
		merged, err := r.Merge(t.Context(), Merging{From: "u", Into: "v"}, new(journey.Map))
		require.NoError(t, err)
		require.True(t, merged)
		_, err = r.Retry(t.Context(), ann, []int64{2})
		require.NoError(t, err)
		v := r.customer(t, "v")
		r.settle(t, v, echo)
		require.Contains(t, r.seen(t, v), "poison 1")
	})
}

func TestHandoverSeesParkedEvents(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		id := r.plan(t, "msg")
		for _, name := range []string{"poison 1", "poison 2"} {
			r.ingest(t, waking, track(name, "user of msg", "", name))
		}
		r.settle(t, id, poisoned)
		execute(t, r, `UPDATE events SET properties = '{' WHERE name = 'poison 2'`)
		r.ingest(t, waking, track("new", "user of msg", "", "new"))
		_, err := r.Claim(t.Context(), "msg", "t", start, func(_ context.Context, h activities.Handover) (journey.Reason, error) {
			require.Len(t, h.Unconsumed, 1)
			require.Equal(t, "new", h.Unconsumed[0].Name)
			require.Len(t, h.Parked, 1, "what cannot be read is left out")
			require.Equal(t, "poison 1", h.Parked[0].Name)
			return "", nil
		})
		require.NoError(t, err)
	})
}
