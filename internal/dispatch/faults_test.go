package dispatch_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/dispatch"
)

func TestErrorsOfTheRowsAreLoggedAndTriedAgain(t *testing.T) {
	t.Parallel()
	for call, doing := range map[string]string{
		"backlog": "read the wake backlog", "claim": "claim wake rows", "release": "release wake rows", "overdue": "look for overdue customers",
	} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &woken{record: newRecord("c_1")}
				w.overdue = []string{"c_2"}
				w.fails[call] = errAway
				failed := false
				waker := wakerFunc(func(ctx context.Context, customerID string) error {
					if call == "release" && !failed {
						failed = true
						return errAway
					}
					return w.Wake(ctx, customerID)
				})
				log, stop := run(t, dispatch.Options{Rows: w, Waker: waker})
				time.Sleep(2 * time.Minute) // A row that could not be released is claimed again once it is stale.
				stop()
				require.ElementsMatch(t, []string{"c_1", "c_2"}, w.seen())
				require.Contains(t, log.String(), doing+"; trying again")
				require.Contains(t, log.String(), errAway.Error())
			})
		})
	}
}

func TestFailedWakesAreReleased(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &woken{record: newRecord(many(300)...)}
		var attempts atomic.Int32
		var back atomic.Bool
		waker := wakerFunc(func(ctx context.Context, customerID string) error {
			if customerID == "c_0" && !back.Load() {
				attempts.Add(1)
				return errAway
			}
			return w.Wake(ctx, customerID)
		})
		log, stop := run(t, dispatch.Options{Rows: w, Waker: waker})
		synctest.Wait()
		require.Len(t, w.seen(), 299, "one that fails does not hold up the others")
		require.Zero(t, w.inFlight())
		before := attempts.Load()
		require.LessOrEqual(t, before, int32(6), "once a round")
		time.Sleep(time.Second)
		synctest.Wait()
		require.Equal(t, before+4, attempts.Load(), "and then at every look")
		back.Store(true)
		time.Sleep(250 * time.Millisecond)
		synctest.Wait()
		stop()
		require.Contains(t, w.seen(), "c_0")
		require.Contains(t, log.String(), "signal customers; trying again")
	})
}

func TestWhenNobodyCanBeWokenItDoesNotSpin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRecord(many(300)...)
		var attempts atomic.Int32
		_, stop := run(t, dispatch.Options{Rows: r, Waker: wakerFunc(func(context.Context, string) error {
			attempts.Add(1)
			return errAway
		})})
		time.Sleep(time.Second - 1)
		stop()
		require.Equal(t, int32(4*64), attempts.Load(), "one round at every look")
	})
}

func TestStopping(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		releases bool
		within   time.Duration
	}{
		"gives back what could not be signalled":        {releases: true},
		"does not wait for ever to give something back": {within: 5 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRecord(many(100)...)
				var rows dispatch.Rows = r
				if !tt.releases {
					rows = hanging{r}
				}
				_, stop := run(t, dispatch.Options{Rows: rows, Waker: wakerFunc(func(ctx context.Context, _ string) error {
					<-ctx.Done()
					return ctx.Err()
				})})
				synctest.Wait()
				require.Equal(t, 64, r.inFlight())
				stopped := time.Now()
				stop()
				require.Equal(t, tt.within, time.Since(stopped))
				if tt.releases {
					require.Len(t, r.waiting, 100)
				}
			})
		})
	}
}

// hanging never answers a release.
type hanging struct{ *record }

func (hanging) ReleaseWakes(ctx context.Context, _ time.Time, _ []string) error {
	<-ctx.Done()
	return ctx.Err()
}

// silent is a record of which the first answer to each question never comes.
type silent struct {
	*woken
	asked sync.Map
}

func (s *silent) hush(ctx context.Context, call string) error {
	if _, again := s.asked.LoadOrStore(call, true); again {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

func (s *silent) Backlog(ctx context.Context, now time.Time, late, lost time.Duration) (dispatch.Backlog, error) {
	if err := s.hush(ctx, "backlog"); err != nil {
		return dispatch.Backlog{}, err
	}
	return s.woken.Backlog(ctx, now, late, lost)
}

func (s *silent) ClaimWakes(ctx context.Context, now time.Time, limit int, stale time.Duration) ([]dispatch.Wake, error) {
	if err := s.hush(ctx, "claim"); err != nil {
		return nil, err
	}
	return s.woken.ClaimWakes(ctx, now, limit, stale)
}

func (s *silent) WakeOverdue(ctx context.Context, now time.Time, grace time.Duration) (int, error) {
	if err := s.hush(ctx, "overdue"); err != nil {
		return 0, err
	}
	return s.woken.WakeOverdue(ctx, now, grace)
}

func TestARecordThatIsSilentDoesNotHoldTheDispatcher(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &silent{woken: &woken{record: newRecord("c_1")}}
		s.overdue = []string{"c_2"}
		log, stop := run(t, dispatch.Options{Rows: s, Waker: s})
		time.Sleep(25 * time.Second)
		require.Equal(t, []string{"c_1"}, s.seen())
		time.Sleep(3 * time.Minute)
		stop()
		require.Equal(t, []string{"c_1", "c_2"}, s.seen())
		for _, doing := range []string{"read the wake backlog", "claim wake rows", "look for overdue customers"} {
			require.Contains(t, log.String(), doing+"; trying again")
		}
	})
}
