package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// An event that is stored while a decision is being taken must never be forgotten.
func TestEventDuringDecide(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("1", "u", "", "wake"))
		id := r.customer(t, "u")
		other := r.open(t)
		stored := make(chan error, 1)
		snapshot := r.decide(t, id, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			require.Len(t, in.Events, 1)
			go func() {
				_, _, err := other.Ingest(context.WithoutCancel(ctx), []journey.Event{track("2", "u", "", "wake")}, AnyVersion, waking)
				stored <- err
			}()
			if r.dialect == postgres { // SQLite has one writer, so there the event waits for the decision.
				require.NoError(t, <-stored)
			}
			return echo(ctx, in)
		})
		if r.dialect == sqlite {
			require.NoError(t, <-stored)
		}
		require.Equal(t, r.dialect == postgres, snapshot.More)
		require.Contains(t, r.wakeRows(t), id, "the row stays, or is there again")
		again, err := r.Decide(t.Context(), id, 1, echo)
		require.NoError(t, err)
		require.Equal(t, snapshot, again)
		require.False(t, r.decide(t, id, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			require.Len(t, in.Events, 1)
			return echo(ctx, in)
		}).More)
		require.Empty(t, r.wakeRows(t))
	})
}

// The same, when the event was written before the decision reads and committed only after that.
func TestEventCommittedDuringDecide(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		if r.dialect == sqlite {
			t.Skip("SQLite has one writer: no two transactions can be interleaved; the test runs on PostgreSQL")
		}
		r.ingest(t, waking, track("1", "u", "", "wake"))
		id := r.customer(t, "u")
		read, decided := make(chan struct{}), make(chan bool, 1)
		err := r.write(t.Context(), func(ctx context.Context, tx tx) error {
			if err := r.insertEvents(ctx, tx, []journey.Event{track("2", "u", "", "wake")}, AnyVersion, waking); err != nil {
				return err
			}
			go func() {
				snapshot, err := r.Decide(t.Context(), id, 0, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
					close(read)
					out, err := echo(ctx, in)
					if len(in.Events) != 1 {
						err = fmt.Errorf("saw %d events", len(in.Events))
					}
					return out, err
				})
				decided <- err == nil && snapshot.More
			}()
			<-read
			return nil
		})
		require.NoError(t, err)
		require.True(t, <-decided)
		require.Contains(t, r.wakeRows(t), id)
	})
}

// A wake row that appears while a decision is being taken asks for something that the decision may not have seen.
func TestWakeRowMadeDuringDecideStays(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		if r.dialect == sqlite {
			t.Skip("SQLite has one writer: no two transactions can be interleaved; the test runs on PostgreSQL")
		}
		r.ingest(t, idle, track("1", "u", "", "view"))
		id := r.customer(t, "u")
		r.decide(t, id, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			_, _, err := r.Ingest(ctx, []journey.Event{track("2", "u", "", "wake")}, AnyVersion, waking)
			require.NoError(t, err)
			return echo(ctx, in)
		})
		require.Contains(t, r.wakeRows(t), id)
	})
}

// A visitor's event is written, and before it is committed somebody else gives the device to a customer. The event must
// not be left with nobody.
func TestVisitorEventDuringLink(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		if r.dialect == sqlite {
			t.Skip("SQLite has one writer: no two transactions can be interleaved; the test runs on PostgreSQL")
		}
		r.ingest(t, idle, track("first", "", "a", "view"))
		linked := make(chan error, 1)
		err := r.write(t.Context(), func(ctx context.Context, tx tx) error {
			if err := r.insertEvents(ctx, tx, []journey.Event{track("visit", "", "a", "wake")}, AnyVersion, waking); err != nil {
				return err
			}
			go func() {
				_, _, err := r.Ingest(t.Context(), []journey.Event{track("login", "u", "a", "view")}, AnyVersion, idle)
				linked <- err
			}()
			r.waitUntilBlocked(t, linked)
			return nil
		})
		require.NoError(t, err)
		require.NoError(t, <-linked)
		require.Equal(t, map[string]string{"first": "u", "visit": "u", "login": "u"}, r.owners(t))
		require.Equal(t, map[string]string{r.customer(t, "u"): "count 1 urgent 0"}, r.wakeRows(t))
	})
}

// waitUntilBlocked returns when a transaction in PostgreSQL waits for another one, or when there is something in done.
func (r *record) waitUntilBlocked(t *testing.T, done <-chan error) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for len(done) == 0 && scalar[int64](t, r, "SELECT COUNT(*) FROM pg_stat_activity "+
		"WHERE datname = current_database() AND wait_event_type = 'Lock'") == 0 {
		require.True(t, time.Now().Before(deadline), "nobody waits")
	}
}
