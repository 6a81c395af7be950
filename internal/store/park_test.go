package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

var errPoison = &activities.Fault{Code: activities.FaultPanic, Detail: "index out of range"}

// poisoned decides like echo, but not about events whose name says poison.
func poisoned(ctx context.Context, in journey.Input) (journey.Outcome, error) {
	for _, e := range in.Events {
		if strings.Contains(e.Name, "poison") {
			return journey.Outcome{}, errPoison
		}
	}
	return echo(ctx, in)
}

// batch returns events of one customer, of which those with the given numbers are poison.
func batch(n int, poison ...int) []journey.Event {
	events := make([]journey.Event, n)
	for i := range events {
		events[i] = track(fmt.Sprint("m", i), "u", "", fmt.Sprint("fine ", i))
	}
	for _, i := range poison {
		events[i].Name = fmt.Sprint("poison ", i)
	}
	return events
}

// settle decides until there is nothing more to decide about.
func (r *record) settle(t *testing.T, customerID string, fn activities.DecideFunc) {
	t.Helper()
	for range 200 {
		if !r.decide(t, customerID, fn).More {
			return
		}
	}
	require.Fail(t, "there is always more")
}

// seen returns the names of the events that decisions were about, in their order.
func (r *record) seen(t *testing.T, customerID string) []string {
	t.Helper()
	decisions, err := r.Decisions(t.Context(), customerID, "", 10_000)
	require.NoError(t, err)
	var names []string
	for _, d := range slices.Backward(decisions) {
		if d.Kind == journey.DecidedNoStart {
			names = append(names, d.Detail["name"].(string))
		}
	}
	return names
}

// parked returns the names of the parked events.
func (r *record) parked(t *testing.T) []string {
	t.Helper()
	events, err := r.ParkedEvents(t.Context(), 0, 1000)
	require.NoError(t, err)
	var names []string
	for _, e := range events {
		names = append(names, e.Name)
	}
	return names
}

func TestOnlyTheCulpritIsParked(t *testing.T) {
	tests := map[string]struct {
		n      int
		poison []int
	}{
		"the only one": {1, []int{0}}, "the first": {40, []int{0}}, "the last": {40, []int{39}}, "in the middle": {41, []int{17}},
		"several": {64, []int{0, 1, 13, 14, 40, 63}}, "all": {7, []int{0, 1, 2, 3, 4, 5, 6}}, "of more than one decision takes": {620, []int{499, 500, 611}},
	}
	each(t, func(t *testing.T, r *record) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				var events []journey.Event
				var fine, bad []string
				for i, e := range batch(test.n, test.poison...) {
					e.MessageID, e.UserID, events = name+fmt.Sprint(i), name, append(events, e)
					events[i] = e
					if strings.Contains(e.Name, "poison") {
						bad = append(bad, e.Name)
					} else {
						fine = append(fine, e.Name)
					}
				}
				r.ingest(t, waking, events...)
				id := r.customer(t, name)
				r.settle(t, id, poisoned)
				require.Equal(t, fine, r.seen(t, id), "each once, in order")
				require.Equal(t, bad, r.parked(t))
				require.Empty(t, r.wakeRows(t))
				execute(t, r, "DELETE FROM parked_events")
			})
		}
	})
}

func TestParkedEventIsDescribed(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, batch(1, 0)...)
		id := r.customer(t, "u")
		snapshot := r.decide(t, id, poisoned)
		require.Equal(t, activities.Snapshot{Step: 1, Parked: &activities.Parked{EventSeq: 1, Fault: *errPoison}}, snapshot)
		events, err := r.ParkedEvents(t.Context(), 0, 10)
		require.NoError(t, err)
		require.Equal(t, []ParkedEvent{{
			Seq: 1, UserID: "u", MessageID: "m0", Type: journey.TypeTrack, Name: "poison 0", Timestamp: start.Add(-time.Second),
			ReceivedAt: start, ParkedAt: start, Code: "panic", Detail: "index out of range",
		}}, events)
		parked, troubled, err := r.CountParked(t.Context())
		require.NoError(t, err)
		require.Equal(t, []int{1, 0}, []int{parked, troubled})
		decisions, err := r.Decisions(t.Context(), id, "", 10)
		require.NoError(t, err)
		require.Equal(t, journey.Decision{
			At: start, Kind: journey.DecidedParked, Reason: journey.ReasonUndecidable, EventSeq: 1,
			Detail: map[string]any{"event": "poison 0", "code": "panic"},
		}, decisions[0].Decision)
		again, err := r.Decide(t.Context(), id, 1, poisoned)
		require.NoError(t, err)
		require.Equal(t, activities.Snapshot{Step: 1}, again, "the stored decision")
	})
}

// TestParkingIsBrokenOff lets the record go away at each call of the core in turn; what is left is taken up later.
func TestParkingIsBrokenOff(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		away := errors.New("connection refused")
		for at := 1; ; at++ {
			user, calls := fmt.Sprint("user ", at), 0
			events := batch(9, 2, 7)
			for i := range events {
				events[i].UserID, events[i].MessageID = user, fmt.Sprint(user, i)
			}
			r.ingest(t, waking, events...)
			id := r.customer(t, user)
			breaking := func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
				if calls++; calls == at {
					return journey.Outcome{}, away
				}
				return poisoned(ctx, in)
			}
			broken := false
			for more := true; more; {
				snapshot, err := r.Decide(t.Context(), id, 0, breaking)
				if err != nil {
					require.ErrorIs(t, err, away)
					broken, more = true, true
					continue
				}
				more = snapshot.More
			}
			require.Equal(t, []string{"poison 2", "poison 7"}, r.parked(t))
			require.Equal(t, []string{"fine 0", "fine 1", "fine 3", "fine 4", "fine 5", "fine 6", "fine 8"}, r.seen(t, id))
			execute(t, r, "DELETE FROM parked_events")
			if !broken {
				require.Greater(t, at, 10)
				return
			}
		}
	})
}

func TestUnreadableEventIsParked(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		for i, column := range []string{"properties", "traits", "context"} {
			events := batch(5)
			for n := range events {
				events[n].UserID, events[n].MessageID = column, column+events[n].MessageID
			}
			r.ingest(t, waking, events...)
			id, seq := r.customer(t, column), int64(5*i+3)
			execute(t, r, fmt.Sprintf(`UPDATE events SET %s = '{"order_id": "A' WHERE seq = %d`, column, seq))
			r.settle(t, id, echo)
			require.Equal(t, []string{"fine 2"}, r.parked(t))
			require.Equal(t, []string{"fine 0", "fine 1", "fine 3", "fine 4"}, r.seen(t, id))
			parked, err := r.ParkedEvents(t.Context(), 0, 10)
			require.NoError(t, err)
			require.Equal(t, "unreadable", parked[0].Code)
			require.Contains(t, parked[0].Detail, fmt.Sprintf("event %d: ", seq))
			require.NoError(t, r.Histories(t.Context(), func(h History) error {
				require.Len(t, h.Events, 5)
				return nil
			}), "the history can still be read")

			execute(t, r, fmt.Sprintf(`UPDATE events SET %s = '{}' WHERE seq = %d`, column, seq))
			_, err = r.Retry(t.Context(), ann, []int64{seq})
			require.NoError(t, err)
			r.settle(t, id, echo)
			require.Empty(t, r.parked(t))
			require.Equal(t, []string{"fine 0", "fine 1", "fine 3", "fine 4", "fine 2"}, r.seen(t, id))
		}
	})
}

// TestEventWithUnwritableOutcomeIsParked has the database refuse what was decided: two runs with the same number.
func TestEventWithUnwritableOutcomeIsParked(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, batch(3, 1)...)
		id := r.customer(t, "u")
		r.settle(t, id, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			out, err := echo(ctx, in)
			for i, e := range in.Events {
				if e.Name == "poison 1" {
					out, err = startRun("msg")(ctx, journey.Input{State: in.State, Events: in.Events[i:]})
					twin := out.State.Runs[0]
					twin.ID = "run-twin"
					out.State.Runs = append(out.State.Runs, twin)
				}
			}
			return out, err
		})
		require.Equal(t, []string{"poison 1"}, r.parked(t))
		events, err := r.ParkedEvents(t.Context(), 0, 10)
		require.NoError(t, err)
		require.Equal(t, "unwritable", events[0].Code)
		require.Contains(t, events[0].Detail, "save runs")
	})
}

func TestErrorsOfTheRecordParkNothing(t *testing.T) {
	failures := map[string]error{
		"away": errors.New("dial tcp: connection refused"), "slow": context.DeadlineExceeded, "stopping": context.Canceled,
		"lock timeout": &pgconn.PgError{Code: "55P03"}, "statement timeout": &pgconn.PgError{Code: "57014"},
		"shutting down": &pgconn.PgError{Code: "57P01"}, "too many connections": &pgconn.PgError{Code: "53300"},
		"disk full": &pgconn.PgError{Code: "53100"}, "serialization": &pgconn.PgError{Code: "40001"}, "deadlock": &pgconn.PgError{Code: "40P01"},
		"no such table": &pgconn.PgError{Code: "42P01"}, "read only": &pgconn.PgError{Code: "25006"}, "connection lost": &pgconn.PgError{Code: "08006"},
		"in the commit": fmt.Errorf("commit: %w: %w", activities.ErrUnclear, &pgconn.PgError{Code: "23505"}),
		"unusable map":  activities.ErrUnusable,
	}
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, batch(3)...)
		id := r.customer(t, "u")
		for name, failure := range failures {
			_, err := r.Decide(t.Context(), id, 0, func(context.Context, journey.Input) (journey.Outcome, error) {
				return journey.Outcome{}, fmt.Errorf("decide: %w", failure)
			})
			require.ErrorIs(t, err, failure, name)
			require.Empty(t, r.parked(t), name)
		}
		troubled, err := r.Troubled(t.Context(), 10)
		require.NoError(t, err)
		require.Empty(t, troubled)
		require.Len(t, r.wakeRows(t), 1)
		r.settle(t, id, echo)
		require.Len(t, r.seen(t, id), 3)
	})
}

// TestBusyFileParksNothing has another process hold the lock of the SQLite file for longer than a decision waits.
func TestBusyFileParksNothing(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		if r.dialect != sqlite {
			t.Skip("PostgreSQL has no lock on the whole record; the test runs on SQLite")
		}
		r.ingest(t, waking, batch(2)...)
		id := r.customer(t, "u")
		execute(t, r, "PRAGMA busy_timeout = 1")
		holder := r.open(t)
		err := holder.write(t.Context(), func(context.Context, tx) error {
			_, err := r.Decide(t.Context(), id, 0, echo)
			return err
		})
		require.ErrorContains(t, err, "locked")
		require.Empty(t, r.parked(t))
		r.settle(t, id, echo)
		require.Len(t, r.seen(t, id), 2)
	})
}

// TestBrokenWaitParksNothing has a wait that makes every decision fail in which it falls due. No event is to blame.
func TestBrokenWaitParksNothing(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, batch(6, 3)...)
		id := r.customer(t, "u")
		due := func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			if in.Horizon.IsZero() {
				return journey.Outcome{}, errPoison
			}
			return echo(ctx, in)
		}
		var err error
		for err == nil {
			_, err = r.Decide(t.Context(), id, 0, due)
		}
		var fault *activities.Fault
		require.ErrorAs(t, err, &fault)
		require.Empty(t, r.parked(t))
		r.set(time.Hour)
		_, err = r.Decide(t.Context(), id, 0, due)
		require.ErrorAs(t, err, &fault)
		troubled, err := r.Troubled(t.Context(), 10)
		require.NoError(t, err)
		require.Equal(t, []Troubled{{UserID: "u", Since: start, Tries: 2, Trouble: "panic: index out of range"}}, troubled)
		require.Len(t, r.wakeRows(t), 1, "it is tried again")

		r.settle(t, id, echo)
		require.Len(t, r.seen(t, id), 6, "the last event was left")
		troubled, err = r.Troubled(t.Context(), 10)
		require.NoError(t, err)
		require.Empty(t, troubled)
	})
}

func TestUnreadableCustomerParksNothing(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, batch(2)...)
		id := r.customer(t, "u")
		execute(t, r, "UPDATE customers SET facts = '{' ")
		_, err := r.Decide(t.Context(), id, 0, echo)
		require.EqualError(t, err, "nothing can be decided with what is stored: unreadable")
		require.Empty(t, r.parked(t))
		troubled, err := r.Troubled(t.Context(), 10)
		require.NoError(t, err)
		require.Contains(t, troubled[0].Trouble, "unreadable: customer "+id)
	})
}
