package store

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

func TestDecideTakesEventsInPortions(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		var events []journey.Event
		for i := range 2*eventLimit + 1 {
			event := track(fmt.Sprint(i), "u", "", "wake")
			event.Timestamp = start.Add(-time.Duration(i) * time.Second)
			events = append(events, event)
		}
		r.ingest(t, waking, events...)
		id := r.customer(t, "u")
		var sizes []int
		var horizons []time.Time
		var seqs []int64
		portion := func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			sizes, horizons = append(sizes, len(in.Events)), append(horizons, in.Horizon)
			for _, event := range in.Events {
				seqs = append(seqs, event.Seq)
			}
			return echo(ctx, in)
		}
		require.True(t, r.decide(t, id, portion).More)
		require.Len(t, r.wakeRows(t), 1)
		require.True(t, r.decide(t, id, portion).More)
		require.False(t, r.decide(t, id, portion).More)
		require.Empty(t, r.wakeRows(t))
		require.Equal(t, []int{eventLimit, eventLimit, 1}, sizes)
		require.Equal(t, []time.Time{events[2*eventLimit].Timestamp, events[2*eventLimit].Timestamp, {}}, horizons)
		require.True(t, slices.IsSorted(seqs))
		require.Len(t, slices.Compact(seqs), 2*eventLimit+1)
	})
}

func TestDecideExactPortionLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		var events []journey.Event
		for i := range eventLimit {
			events = append(events, track(fmt.Sprint(i), "u", "", "wake"))
		}
		r.ingest(t, waking, events...)
		require.False(t, r.decide(t, r.customer(t, "u"), echo).More)
		require.Empty(t, r.wakeRows(t))
	})
}

func TestDecideConsumesEventsOfNoInterest(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, byName, track("1", "u", "", "view"), track("2", "u", "", "wake"), track("3", "v", "", "view"))
		r.decide(t, r.customer(t, "u"), echo)
		require.EqualValues(t, 2, scalar[int64](t, r, "SELECT COUNT(*) FROM events WHERE consumed_step = 1"))
	})
}

// A message that ended after an event which did not fit waits for the decision that sees the event.
func TestDecideLeavesSettlementsBehindTheHorizon(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		id := r.plan(t, "m-1")
		r.claimed(t, "m-1")
		require.NoError(t, r.Confirm(t.Context(), "m-1", "first", "p", journey.ReasonSent, start.Add(time.Hour)))
		var events []journey.Event
		for i := range eventLimit + 1 {
			event := track(fmt.Sprint("later ", i), "user of m-1", "", "wake")
			event.Timestamp = start
			events = append(events, event)
		}
		r.ingest(t, waking, events...)
		var settled []int
		count := func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			settled = append(settled, len(in.Settled))
			return echo(ctx, in)
		}
		require.True(t, r.decide(t, id, count).More)
		r.decide(t, id, count)
		r.decide(t, id, count)
		require.Equal(t, []int{0, 1, 0}, settled)
	})
}
