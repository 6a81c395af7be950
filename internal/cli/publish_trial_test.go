package cli_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/store"
	"klantreis/journey"
)

// ordered stores orders of customers who can be mailed, all of a month ago, and decides nothing.
func (r record) ordered(t *testing.T, customers int) {
	t.Helper()
	at := time.Now().AddDate(0, -1, 0)
	var events []journey.Event
	for n := range customers {
		userID := fmt.Sprintf("user-%d", n)
		events = append(events, journey.Event{
			MessageID: "who " + userID, Type: journey.TypeIdentify, Name: journey.TypeIdentify, UserID: userID, Timestamp: at, ReceivedAt: at,
			Traits: map[string]any{"email": userID + "@example.com"},
		}, journey.Event{
			MessageID: "order of " + userID, Type: journey.TypeTrack, Name: "Order Completed", UserID: userID, Timestamp: at, ReceivedAt: at,
			Properties: map[string]any{"order_id": "A-" + userID},
		})
	}
	_, _, err := r.Ingest(t.Context(), events, store.AnyVersion, func(journey.Event) journey.Interest { return journey.Interest{} })
	require.NoError(t, err)
}

// TestPublishAsksAboutMessagesThatWouldHaveBeenSent has nobody wait, and a new touchpoint that mails everybody.
func TestPublishAsksAboutMessagesThatWouldHaveBeenSent(t *testing.T) {
	t.Parallel()
	database, folder := shopWithWaitingCustomers(t)
	openRecord(t, database).ordered(t, 12)
	write(t, folder, "more.yaml", "touchpoints: [{id: thanks, phase: care, class: service, on: Order Completed, do: [{send: {template: review}}]}]\n")
	const words = "in the last 90d it would have sent 24 messages instead of 12; 12 more, to 12 people\n"
	got := run(t, "publish", folder, database, "--dry-run", "--guard=10")
	require.Zero(t, got.code, got.err)
	require.True(t, strings.HasSuffix(got.out, words), got.out)
	got = answering(t, "y\n", "publish", folder, database, "--guard=11")
	require.Equal(t, 1, got.code)
	require.Equal(t, "12 messages more would have been sent. To publish the map all the same, type that number: "+
		"klantreis: not published: 12 messages more would have been sent; confirm them with --confirm 12\n", got.err)
	got = run(t, "publish", folder, database, "--confirm=11")
	require.Contains(t, got.err, "12 messages more would have been sent lately, and at most 11 are confirmed, so the map is not published")
	got = run(t, "publish", folder, database, "--guard=11", "--json", "--dry-run")
	var told struct {
		Guard, Confirm int
		Backtest       map[string]any
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &told))
	require.Equal(t, []int{11, 12}, []int{told.Guard, told.Confirm})
	require.InDelta(t, 12, told.Backtest["people"], 0)
	require.NotContains(t, run(t, "publish", folder, database, "--guard-since=0d", "--dry-run").out, "in the last")
	require.NotContains(t, run(t, "publish", folder, database, "--guard-since=10d", "--dry-run").out, "12 more")

	got = answering(t, "12\n", "publish", folder, database, "--guard=11")
	require.Zero(t, got.code, got.err)
	got = run(t, "pause", "--all", database, "--guard=0")
	require.Zero(t, got.code, got.err)
	require.NotContains(t, got.out, "in the last", "a pause is not tried")
	got = run(t, "resume", "--all", database, "--yes", "--guard=23")
	require.Contains(t, got.err, "24 messages more would have been sent; confirm them with --confirm 24")
	require.Zero(t, run(t, "resume", "--all", database, "--confirm=24").code)
}
