package store

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/journey"
)

// Events come in while many workers claim, decide, repeat steps and fail; every event is consumed exactly once.
func TestIngestAndDecideAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		const customers, writers, batches = 5, 3, 20
		var writing atomic.Int64
		writing.Store(writers)
		var group errgroup.Group
		for w := range writers {
			group.Go(func() error {
				defer writing.Add(-1)
				for b := range batches {
					var events []journey.Event
					for i := range 4 {
						n := (w + b + i) % customers
						events = append(events, track(fmt.Sprintf("%d-%d-%d", w, b, i), fmt.Sprintf("u%d", n), "", "wake"))
					}
					if _, _, err := r.Ingest(t.Context(), events, AnyVersion, waking); err != nil {
						return err
					}
				}
				return nil
			})
		}
		for w := range 4 {
			group.Go(func() error { return r.decideUntilQuiet(t.Context(), w, &writing) })
		}
		require.NoError(t, group.Wait())
		const total = writers * batches * 4
		require.EqualValues(t, total, scalar[int64](t, r, "SELECT COUNT(*) FROM events WHERE consumed_step IS NOT NULL"))
		require.EqualValues(t, total, scalar[int64](t, r, "SELECT COUNT(*) FROM decisions"))
		require.EqualValues(t, total, scalar[int64](t, r, "SELECT COUNT(DISTINCT event_seq) FROM decisions"))
		require.Empty(t, r.wakeRows(t))
	})
}

// decideUntilQuiet claims wake rows and decides, until nobody writes and no row is left.
func (r *record) decideUntilQuiet(ctx context.Context, worker int, writing *atomic.Int64) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for turn := 0; ; turn++ {
		done := writing.Load() == 0
		// Nothing counts as in flight, so that workers meet at the same customers.
		wakes, err := r.ClaimWakes(ctx, r.now(), 3, -time.Second)
		if err != nil {
			return err
		}
		if done && len(wakes) == 0 {
			backlog, err := r.Backlog(ctx, r.now(), 0, 0)
			if err != nil || backlog.Waiting+backlog.InFlight == 0 {
				return err
			}
		}
		for _, wake := range wakes {
			_, err := r.Decide(ctx, wake.CustomerID, 0, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
				if (turn+worker)%5 == 0 {
					return journey.Outcome{}, errDied
				}
				return echo(ctx, in)
			})
			if err != nil && !errors.Is(err, errDied) {
				return err
			}
		}
	}
}

var errDied = errors.New("died in the middle")
