package app

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/config"
	"klantreis/internal/dispatch"
	"klantreis/internal/store"
	"klantreis/internal/testserver"
	"klantreis/journey"
)

// decider decides about whom its dispatcher wakes, a moment later, as a workflow would.
type decider struct {
	record  *store.Store
	all     *sync.WaitGroup // done once by each decider
	first   sync.Once
	decided chan string
	woken   map[string]int
	mu      sync.Mutex
}

// Wake implements dispatch.Waker. It goes on when every dispatcher has somebody to wake, so that none is too quick for the
// others.
func (w *decider) Wake(_ context.Context, customerID string) error {
	w.first.Do(w.all.Done)
	w.all.Wait()
	w.mu.Lock()
	w.woken[customerID]++
	w.mu.Unlock()
	w.decided <- customerID
	return nil
}

func (w *decider) work(ctx context.Context) error {
	for id := range w.decided {
		for more := true; more; {
			snapshot, err := w.record.Decide(ctx, id, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
				return journey.Outcome{State: in.State}, nil
			})
			if err != nil {
				return err
			}
			more = snapshot.More
		}
	}
	return nil
}

// TestTwoDispatchersShareARecord has two processes dispatch from one record while events come in. Both get some, nothing is
// given to both at the same time, and nothing is left.
func TestTwoDispatchersShareARecord(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "record.db") },
		"postgres": func(t *testing.T) string { return testserver.Postgres(t) + "&pool_max_conns=8" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := config.Record{Database: config.Secret(url(t))}
			require.NoError(t, Migrate(t.Context(), cfg, time.Now))
			const customers, rounds = 200, 5
			var all sync.WaitGroup
			workers := []*decider{newDecider(t, cfg, &all), newDecider(t, cfg, &all)}
			ctx, stop := context.WithCancel(t.Context())
			var dispatchers, group errgroup.Group
			for _, w := range workers {
				d := dispatch.New(dispatch.Options{
					Rows: &rows{record: w.record}, Waker: w, Now: time.Now, Log: slog.New(slog.DiscardHandler), Poll: 5 * time.Millisecond,
				})
				dispatchers.Go(func() error { return d.Run(ctx) })
				group.Go(func() error { return w.work(t.Context()) })
			}
			record := openShared(t, cfg)
			for round := range rounds {
				ingestRound(t, record, round, customers)
			}
			require.Eventually(t, func() bool {
				lanes, err := record.Lanes(t.Context())
				require.NoError(t, err)
				left := 0
				for _, lane := range lanes {
					left += lane.Waiting + lane.InFlight
				}
				return left == 0
			}, time.Minute, 10*time.Millisecond)
			stop()
			require.NoError(t, dispatchers.Wait())
			total := 0
			for _, w := range workers {
				close(w.decided)
				require.NotEmpty(t, w.woken, "both dispatch")
				for _, n := range w.woken {
					total += n
				}
			}
			require.NoError(t, group.Wait())
			require.LessOrEqual(t, total, customers*rounds, "no row is given to both at the same time")
			requireConsumed(t, record, customers, rounds)
		})
	}
}

func newDecider(t *testing.T, cfg config.Record, all *sync.WaitGroup) *decider {
	t.Helper()
	all.Add(1)
	return &decider{record: openShared(t, cfg), all: all, decided: make(chan string, 10_000), woken: map[string]int{}}
}

func openShared(t *testing.T, cfg config.Record) *store.Store {
	t.Helper()
	record, err := store.Open(t.Context(), string(cfg.Database), time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, record.Close()) })
	return record
}

// ingestRound stores one event of each customer.
func ingestRound(t *testing.T, record *store.Store, round, customers int) {
	t.Helper()
	events := make([]journey.Event, customers)
	for i := range events {
		events[i] = journey.Event{
			MessageID: fmt.Sprint(round, " ", i), Type: journey.TypeTrack, Name: "X", UserID: fmt.Sprint("u", i),
			Timestamp: time.Now(), ReceivedAt: time.Now(),
		}
	}
	_, _, err := record.Ingest(t.Context(), events, store.AnyVersion, func(journey.Event) journey.Interest { return journey.Interest{Wakes: true} })
	require.NoError(t, err)
}

// requireConsumed demands that a further decision about each customer has no event left to see.
func requireConsumed(t *testing.T, record *store.Store, customers, rounds int) {
	t.Helper()
	for i := range customers {
		customer, found, err := record.CustomerByUserID(t.Context(), fmt.Sprint("u", i))
		require.NoError(t, err)
		require.True(t, found)
		require.LessOrEqual(t, customer.Step, int64(2*rounds+1))
		_, err = record.Decide(t.Context(), customer.State.CustomerID, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
			require.Empty(t, in.Events)
			return journey.Outcome{State: in.State}, nil
		})
		require.NoError(t, err)
	}
}
