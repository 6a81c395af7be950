package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/config"
	"klantreis/internal/store"
	"klantreis/journey"
)

// keepFor keeps everything for so many days, and refused events for a week.
func keepFor(n int) config.Keep {
	d := config.Days(time.Duration(n) * 24 * time.Hour)
	return config.Keep{
		Events: d, Visitors: d, Decisions: d, Tasks: d, Audit: d, Reports: d,
		MessageIDs: config.Days(8 * 24 * time.Hour), Rejected: config.Days(7 * 24 * time.Hour),
	}
}

// retaining returns what removes, at an instant, without rests.
func retaining(a *App, now func() time.Time) *retention {
	r := a.retention()
	r.now, r.pace.now = now, now
	r.pace.rest = func(ctx context.Context, _ time.Duration) bool { return ctx.Err() == nil }
	r.turn.Every = 0
	return r
}

// What people look up is forgotten by real time, however fast journey time runs.
func TestRetentionGoesByRealTime(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.Clock.Speed, cfg.Keep = 86400, keepFor(100)
	a := serve(t, cfg)
	a.order(t, "user-1", "A1")
	a.do(t, http.MethodPost, "/v1/track", `{"writeKey":"write-key"}`, nil)
	again := func() bool {
		before, err := a.record.Counts(t.Context())
		require.NoError(t, err)
		status, answer := a.do(t, http.MethodPost, "/v1/track", `{"writeKey":"write-key","userId":"user-1","event":"Order Completed","messageId":"order A1"}`, nil)
		require.Equal(t, http.StatusOK, status, answer)
		after, err := a.record.Counts(t.Context())
		require.NoError(t, err)
		return after.Events > before.Events
	}
	for _, at := range []struct {
		days            time.Duration
		rejected, known bool
	}{{6, true, true}, {7, false, true}, {8, false, false}} {
		r := retaining(a, func() time.Time { return start.Add(at.days*24*time.Hour + time.Minute) })
		require.NoError(t, r.look(t.Context()))
		rejected, err := a.record.RejectedEvents(t.Context(), 0, "", 10)
		require.NoError(t, err)
		require.Equal(t, at.rejected, len(rejected) > 0, at.days)
		require.Equal(t, !at.known, again(), at.days)
	}
}

// A process that dies between two portions stops nothing: another one goes on when its turn is over.
func TestRetentionGoesOnElsewhere(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.Keep = keepFor(100)
	var log strings.Builder
	o := options()
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	a := serveWith(t, cfg, o)
	const portions = 3
	rejected := make([]store.RejectedEvent, portions*leastPortion)
	for i := range rejected {
		rejected[i] = store.RejectedEvent{ReceivedAt: start, Code: "x"}
	}
	require.NoError(t, a.record.RecordRejected(t.Context(), "key", rejected))
	left := func() int {
		found, err := a.record.RejectedEvents(t.Context(), 0, "", 10*len(rejected))
		require.NoError(t, err)
		return len(found)
	}

	at := start.AddDate(1, 0, 0)
	clock := func() time.Time { return at }
	ctx, die := context.WithCancel(t.Context())
	dying, other := retaining(a, clock), retaining(a, clock)
	dying.pace.rest = func(context.Context, time.Duration) bool {
		if left() < len(rejected) {
			die()
		}
		return ctx.Err() == nil
	}
	require.ErrorIs(t, dying.look(ctx), context.Canceled)
	after := left()
	require.Positive(t, after, "it died after a portion")
	require.Less(t, after, len(rejected))
	require.NoError(t, other.look(t.Context()))
	require.Equal(t, after, left(), "the other one does not know that it died")

	record, err := store.Open(t.Context(), string(cfg.Record.Database), func() time.Time { return start.Add(turnLength) })
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, record.Close()) })
	other.record, other.pace.record = record, record
	require.NoError(t, other.look(t.Context()))
	require.Zero(t, left())
	_, metrics := a.do(t, http.MethodGet, "/metrics", "", http.Header{"Authorization": {"Bearer admin-token"}})
	require.Contains(t, metrics, `klantreis_retention_deleted_total{what="rejected_events"} 150`)
	require.Contains(t, log.String(), fmt.Sprintf(`msg="removed what was kept long enough" what=rejected_events removed=%d kept=7d`, after))
}

// When all that a customer did is forgotten, ids of events included, an order that is posted again is still confirmed once, and
// a message that nobody has sent yet is still sent, with what started it.
func TestNothingIsSentTwiceAfterRetention(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.Keep = keepFor(30)
	a := serve(t, cfg)
	a.order(t, "waits", "A2")
	a.handOver(t)
	customer, _, err := a.record.CustomerByUserID(t.Context(), "user-1")
	require.NoError(t, err)
	_, live, err := a.maps.Live(t.Context())
	require.NoError(t, err)
	at := start
	decide := func(id string) activities.Snapshot {
		snapshot, err := a.record.Decide(t.Context(), id, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
			in.Now = a.clock.Journey(at)
			return live.Map.Decide(in)
		})
		require.NoError(t, err)
		return snapshot
	}
	messages, err := a.record.Messages(t.Context(), customer.State.CustomerID)
	require.NoError(t, err)
	require.NoError(t, a.record.Confirm(t.Context(), messages[0].ID, "token", "provider", journey.ReasonSent, start))
	require.Empty(t, decide(customer.State.CustomerID).Effects)
	planned := a.plan(t, "waits")

	at = start.AddDate(0, 3, 0)
	require.NoError(t, retaining(a, func() time.Time { return at }).look(t.Context()))
	require.NoError(t, a.record.Histories(t.Context(), func(h store.History) error {
		require.Equal(t, "waits", h.UserID, "the other one's events are gone")
		require.Equal(t, "Order Completed", h.Events[len(h.Events)-1].Name, "what started the run")
		return nil
	}))
	woken, err := a.record.WakeWaiting(t.Context(), at)
	require.NoError(t, err)
	require.Positive(t, woken, "everything can be rebuilt")
	handover, found, err := a.record.Planned(t.Context(), planned)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "A2", handover.Run.Trigger.Properties["order_id"])

	a.order(t, "user-1", "A1")
	require.Empty(t, decide(customer.State.CustomerID).Effects, "it was confirmed")
	messages, err = a.record.Messages(t.Context(), customer.State.CustomerID)
	require.NoError(t, err)
	require.Len(t, messages, 1)
}

// Portions shrink when they are slow, and rests grow when customers wait.
func TestRetentionGivesWay(t *testing.T) {
	t.Parallel()
	a := open(t, setup(t))
	r := retaining(a, func() time.Time { return start.Add(time.Minute) })
	var rests []time.Duration
	r.pace.rest = func(_ context.Context, length time.Duration) bool { rests = append(rests, length); return true }
	quick := func(int) error { return nil }
	require.NoError(t, r.pace.portion(t.Context(), quick))
	require.Equal(t, 2*leastPortion, r.pace.size)
	require.NoError(t, r.pace.portion(t.Context(), func(int) error { <-time.After(slowPortion + time.Millisecond); return nil }))
	require.Equal(t, leastPortion, r.pace.size)
	require.Less(t, rests[0], rests[1])
	require.GreaterOrEqual(t, rests[1], restsPerWork*slowPortion)
	events := []journey.Event{{MessageID: "1", Type: journey.TypeTrack, Name: "Order Completed", UserID: "u", Timestamp: start, ReceivedAt: start}}
	_, _, err := a.record.Ingest(t.Context(), events, store.AnyVersion, func(journey.Event) journey.Interest {
		return journey.Interest{Wakes: true, Urgent: true}
	})
	require.NoError(t, err)
	require.NoError(t, r.pace.portion(t.Context(), quick))
	require.Equal(t, mostRest, rests[2], "somebody waits for an order confirmation")
	r.pace.rest = func(context.Context, time.Duration) bool { return false }
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, r.pace.portion(ended, quick))
}
