package store

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/testserver"
	"klantreis/journey"
)

// start is the instant at which every test begins.
var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// record is a migrated, empty store with a clock that a test can set.
type record struct {
	*Store
	url   string
	clock atomic.Pointer[time.Time]
}

// set moves the real clock to an offset from start.
func (r *record) set(after time.Duration) time.Time {
	now := start.Add(after)
	r.clock.Store(&now)
	return now
}

// open opens another store on the same database.
func (r *record) open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), r.url, func() time.Time { return *r.clock.Load() })
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// each runs a test against an empty record in every database: both must keep the same promises.
func each(t *testing.T, test func(t *testing.T, r *record)) {
	t.Helper()
	t.Parallel()
	urls := map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "record.db") },
		"postgres": func(t *testing.T) string { return testserver.Postgres(t) + "&pool_max_conns=8" },
	}
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &record{url: url(t)}
			r.set(0)
			r.Store = r.open(t)
			require.NoError(t, r.Migrate(t.Context()))
			test(t, r)
		})
	}
}

// waking is the interest of a map that wants every event.
func waking(journey.Event) journey.Interest { return journey.Interest{Wakes: true} }

// idle is the interest of a map that wants none.
func idle(journey.Event) journey.Interest { return journey.Interest{} }

// byName wants events by a word in their names.
func byName(event journey.Event) journey.Interest {
	return journey.Interest{
		Wakes:  strings.Contains(event.Name, "wake") || strings.Contains(event.Name, "urgent"),
		Urgent: strings.Contains(event.Name, "urgent"),
	}
}

// track makes a track event.
func track(messageID, userID, anonymousID, name string) journey.Event {
	return journey.Event{
		MessageID: messageID, Type: journey.TypeTrack, Name: name, UserID: userID, AnonymousID: anonymousID,
		Timestamp: start.Add(-time.Second), ReceivedAt: start, Age: time.Second,
	}
}

// ingest stores events that must all be new.
func (r *record) ingest(t *testing.T, interest func(journey.Event) journey.Interest, events ...journey.Event) {
	t.Helper()
	stored, duplicates, err := r.Ingest(t.Context(), events, AnyVersion, interest)
	require.NoError(t, err)
	require.Equal(t, len(events), stored)
	require.Zero(t, duplicates)
}

// customer returns the id of a customer, who must exist.
func (r *record) customer(t *testing.T, userID string) string {
	t.Helper()
	customer, ok, err := r.CustomerByUserID(t.Context(), userID)
	require.NoError(t, err)
	require.True(t, ok, "customer %s", userID)
	return customer.State.CustomerID
}

// decide takes a decision and returns its snapshot.
func (r *record) decide(t *testing.T, customerID string, fn activities.DecideFunc) activities.Snapshot {
	t.Helper()
	snapshot, err := r.Decide(t.Context(), customerID, 0, fn)
	require.NoError(t, err)
	return snapshot
}

// echo decides nothing but to note every event.
func echo(_ context.Context, in journey.Input) (journey.Outcome, error) {
	out := journey.Outcome{State: in.State}
	out.State.Runs = nil
	for _, event := range in.Events {
		out.Decisions = append(out.Decisions, journey.Decision{
			At: event.Timestamp, Kind: journey.DecidedNoStart, Reason: journey.ReasonConditionNo, EventSeq: event.Seq,
			Detail: map[string]any{"name": event.Name},
		})
	}
	return out, nil
}

// startRun returns a decision that starts a run, on the first event, with a planned message of the same id.
func startRun(id string) activities.DecideFunc {
	return func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
		out, err := echo(ctx, in)
		run := journey.Run{
			ID: "run-" + id, Touchpoint: "confirmation", Key: id, Nth: 1, Status: journey.RunActive, MapVersion: in.MapVersion,
			Trigger: in.Events[0], StartedAt: in.Events[0].Timestamp, Step: "send-1", EnteredAt: start, MessageID: id,
		}
		out.State.Runs = []journey.Run{run}
		out.Messages = []journey.Message{{
			ID: id, RunID: run.ID, Touchpoint: run.Touchpoint, Step: run.Step, Template: "order", Channel: "email",
			Class: journey.Transactional, PlannedAt: start,
		}}
		return out, err
	}
}

// plan makes a customer with one planned message, and returns the customer's id.
func (r *record) plan(t *testing.T, messageID string) string {
	t.Helper()
	user := "user of " + messageID
	r.ingest(t, waking, track("event of "+messageID, user, "", "Order Completed"))
	customerID := r.customer(t, user)
	snapshot := r.decide(t, customerID, startRun(messageID))
	require.Equal(t, []activities.Effect{{MessageID: messageID, Class: journey.Transactional}}, snapshot.Effects)
	return customerID
}

// scalar reads one value from the database.
func scalar[T any](t *testing.T, r *record, query string) T {
	t.Helper()
	var value T
	require.NoError(t, r.reader.QueryRowContext(t.Context(), query).Scan(&value))
	return value
}

// wakeRows returns the wake rows as "customer count urgent", by customer.
func (r *record) wakeRows(t *testing.T) map[string]string {
	t.Helper()
	rows, err := r.reader.QueryContext(t.Context(), "SELECT customer_id, count, urgent FROM wakes")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	found := map[string]string{}
	for rows.Next() {
		var id string
		var count, urgent int
		require.NoError(t, rows.Scan(&id, &count, &urgent))
		found[id] = fmt.Sprintf("count %d urgent %d", count, urgent)
	}
	require.NoError(t, rows.Err())
	return found
}
