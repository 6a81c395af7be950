package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"klantreis/internal/bundle"
	"klantreis/internal/cli"
	"klantreis/internal/store"
	"klantreis/journey"
)

// answering runs a command line and answers its question.
func answering(t *testing.T, text string, args ...string) answer {
	t.Helper()
	var out, errs strings.Builder
	var commands cli.Commands
	streams := cli.Streams{In: strings.NewReader(text), Out: &out, Err: &errs}
	code := cli.Run("klantreis", "Walks customers through a journey map.", &commands, args, streams, kong.Vars{})
	return answer{code: code, out: out.String(), err: errs.String()}
}

const (
	waitingMap = `# The shop's map.
journey: shop
locale: en
timezone: Europe/Amsterdam
shop: {name: Shop, email: shop@example.com}
phases: [{id: care, title: Care, enter: [{on: Order Completed}]}]
touchpoints:
  - id: review # asks
    title: Review request
    phase: care
    class: service
    on: Order Completed
    key: event.order_id
    do:
      - wait: 7d
      - send: {template: review}
`
)

// shopWithWaitingCustomers is a record with a live map and customers whose orders came some days ago.
func shopWithWaitingCustomers(t *testing.T, daysAgo ...int) (database, folder string) {
	t.Helper()
	folder = t.TempDir()
	write(t, folder, "journey.yaml", waitingMap)
	write(t, filepath.Join(folder, "templates"), "layout.html", "<html><body>{{ content }}{% if unsubscribe_url %}{{ unsubscribe_url }}{% endif %}</body></html>")
	write(t, filepath.Join(folder, "templates"), "layout.txt", "{{ content }}{% if unsubscribe_url %}{{ unsubscribe_url }}{% endif %}")
	write(t, filepath.Join(folder, "templates"), "review.en.html", "---\nsubject: Thanks\n---\n<p>Thanks</p>\n")
	write(t, filepath.Join(folder, "templates"), "review.en.txt", "Thanks\n")
	database = "--database=sqlite:" + filepath.Join(t.TempDir(), "record.db")
	require.Zero(t, run(t, "migrate", database).code)
	require.Contains(t, run(t, "publish", folder, database, "--yes").err, "must have a link to unsubscribe")
	got := run(t, "publish", folder, database, "--yes", "--author=ann", "--public-url=https://reis.test", "--link-key=long enough for a key")
	require.Zero(t, got.code, got.err)
	require.Equal(t, "this is the first map\n", got.out)
	require.Contains(t, got.err, "published version 1\n")
	r := openRecord(t, database)
	for i, days := range daysAgo {
		r.decided(t, folder, fmt.Sprintf("user-%d", i), time.Now().AddDate(0, 0, -days))
	}
	return database, folder
}

// decided has a customer order at an instant, and takes the decision.
func (r record) decided(t *testing.T, folder, userID string, at time.Time) {
	t.Helper()
	b, err := bundle.Read(folder)
	require.NoError(t, err)
	m := b.Check().Published.Map
	e := journey.Event{
		MessageID: "order of " + userID, Type: journey.TypeTrack, Name: "Order Completed", UserID: userID, Timestamp: at, ReceivedAt: at,
		Properties: map[string]any{"order_id": "A-" + userID},
	}
	_, _, err = r.Ingest(t.Context(), []journey.Event{e}, store.AnyVersion, m.Interest)
	require.NoError(t, err)
	customer, _, err := r.CustomerByUserID(t.Context(), userID)
	require.NoError(t, err)
	_, err = r.Decide(t.Context(), customer.State.CustomerID, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
		in.Now = at
		return m.Decide(in)
	})
	require.NoError(t, err)
}

func TestPublishReportsWhoIsAffected(t *testing.T) {
	t.Parallel()
	database, folder := shopWithWaitingCustomers(t, 1, 3, 6, 6)
	write(t, folder, "journey.yaml", strings.Replace(waitingMap, "wait: 7d", "wait: 5d", 1))
	const report = `compared with version 1, which is live:
  review / wait-1: waits for 5d instead of 7d, counted from when the wait began
4 of 4 runs under way are affected
  review / wait-1: waits for 5d instead of 7d, counted from when the wait began (4 under way; 2 of them become due at once)
2 customers become due at once
in the last 90d it would have sent 0 messages, as many as the live map
`
	got := run(t, "publish", folder, database, "--dry-run")
	require.Equal(t, answer{out: report}, got)
	got = answering(t, "", "publish", folder, database)
	require.Equal(t, answer{code: 1, out: report, err: "Publish? [y/N] klantreis: not published; answer y, or give --yes\n"}, got)
	got = answering(t, "3\n", "publish", folder, database, "--guard=1")
	require.Equal(t, 1, got.code)
	require.Equal(t, "2 customers become due at once. To publish the map all the same, type that number: "+
		"klantreis: not published: 2 customers would become due at once; confirm them with --confirm 2\n", got.err)
	got = run(t, "publish", folder, database, "--guard=1", "--yes")
	require.Contains(t, got.err, "confirm them with --confirm 2", "yes alone is not enough")
	got = run(t, "publish", folder, database, "--confirm=1")
	require.Contains(t, got.err, "2 customers would become due at once, and at most 1 are confirmed, so the map is not published")
	require.Contains(t, run(t, "maps", database).out, "1 (live)")

	got = answering(t, "2\n", "publish", folder, database, "--guard=1", "--json", "--author=bob", "--note=sooner")
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.err, "published version 2\n")
	var told map[string]any
	require.NoError(t, json.Unmarshal([]byte(got.out), &told))
	require.InDelta(t, 2, told["dueAtOnce"], 0)
	got = run(t, "publish", folder, database, "--yes")
	require.Equal(t, answer{out: "version 2, which is live, is this map already\n"}, got)

	got = answering(t, "y\n", "rollback", "1", database)
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.err, "published version 3\n")
	require.Contains(t, got.out, "waits for 7d instead of 5d")
	got = run(t, "maps", database)
	require.Zero(t, got.code)
	require.Regexp(t, `(?s)^VERSION +PUBLISHED +HASH +BY +NOTE\n3 \(live\) .*rollback.*back to version 1\n2 .*publish \(bob\) +sooner\n1 .*publish \(ann\)`, got.out)
	require.NoError(t, json.Unmarshal([]byte(run(t, "maps", database, "--json", "--limit=1").out), &[]any{}))
	require.Contains(t, run(t, "rollback", "9", database).err, "map version 9")
	require.Contains(t, run(t, "rollback", "0", database).err, "0 is no version")
}

func TestPublishRefusesAMapWithErrors(t *testing.T) {
	t.Parallel()
	database, folder := shopWithWaitingCustomers(t)
	write(t, folder, "journey.yaml", strings.Replace(waitingMap, "class: service", "colour: red", 1))
	got := run(t, "publish", folder, database, "--yes")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "the map has errors, so it is not published:\njourney.yaml:")
}

func TestPublishNeedsTheSettingsThatTheMapNeeds(t *testing.T) {
	t.Parallel()
	database, folder := shopWithWaitingCustomers(t)
	steps := "      - webhook: {url: \"https://erp.example.com/x\", type: review.asked}\n      - ask: {template: review, question: How was it?, scale: 0-10}\n"
	write(t, folder, "journey.yaml", waitingMap+steps)
	got := run(t, "publish", folder, database, "--yes")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "the map needs settings that are not there, so it is not published:\n--webhook-secret (KLANTREIS_WEBHOOK_SECRET): must be set")
	require.NotContains(t, got.err, "--public-url", "the live map needs that too")
	got = run(t, "publish", folder, database, "--yes", "--public-url=https://reis.test", "--link-key=long enough for a key", "--webhook-secret=whsec_x")
	require.Zero(t, got.code, got.err)
	require.Zero(t, run(t, "pause", "--all", database).code, "the live map needs no more than it did")
}

// TestPublishTellsWhatBecomesOneAndOfKeys has a touchpoint take in another, and changes its key.
func TestPublishTellsWhatBecomesOneAndOfKeys(t *testing.T) {
	t.Parallel()
	database, folder := shopWithWaitingCustomers(t)
	head, review, _ := strings.Cut(waitingMap, "  - id: review # asks\n")
	write(t, folder, "journey.yaml", waitingMap+"  - id: tips\n"+review)
	require.Zero(t, run(t, "publish", folder, database, "--yes").code)
	r := openRecord(t, database)
	for _, userID := range []string{"anna", "ben", "cas"} {
		r.decided(t, folder, userID, time.Now().AddDate(0, 0, -1))
	}
	write(t, folder, "journey.yaml", head+"  - id: tips\n    was: review\n"+strings.Replace(review, "event.order_id", "event.number", 1))
	const report = `compared with version 2, which is live:
  review: is taken in by tips; who has a run of both for one key keeps the one that has mailed, or else the older one, and the other ends (6 under way in all; 3 of them end)
  review: has the key event.number instead of event.order_id; runs under way keep the one with which they began, and nothing that had its run under it gets a second one (6 under way)
  review / wait-1: is called tips / wait-1 now
  review / send-1: is called tips / send-1 now
  tips: has the key event.number instead of event.order_id; runs under way keep the one with which they began, and nothing that had its run under it gets a second one (6 under way)
3 of 6 runs under way are affected
  review / wait-1: is called tips / wait-1 now (3 under way)
`
	got := run(t, "publish", folder, database, "--dry-run", "--guard-since=0d")
	require.Equal(t, answer{out: report}, got)
	var told struct{ Changes []map[string]any }
	require.NoError(t, json.Unmarshal([]byte(run(t, "publish", folder, database, "--dry-run", "--guard-since=0d", "--json").out), &told))
	delete(told.Changes[0], "words")
	require.Equal(t, map[string]any{"kind": "united", "touchpoint": "review", "toTouchpoint": "tips", "waiting": 6.0, "ends": 3.0}, told.Changes[0])
	require.Equal(t, "key", told.Changes[1]["kind"])
	require.Equal(t, "event.order_id", told.Changes[1]["from"])
	require.Equal(t, "event.number", told.Changes[1]["to"])

	require.Zero(t, run(t, "publish", folder, database, "--yes").code)
	for _, userID := range []string{"anna", "ben", "cas"} {
		r.decided(t, folder, userID, time.Now())
		require.Equal(t, 1, strings.Count(run(t, "why", userID, database).out, "two touchpoints were made one"))
	}
}

func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	database, _ := shopWithWaitingCustomers(t, 1)
	got := run(t, "pause", "review", database, "--author=ann")
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.out, "review: is paused; nothing starts, and what falls due is held\n0 of 1 run under way are affected\n")
	require.Contains(t, got.err, "published version 2\n")
	require.Equal(t, answer{out: "it is paused already in version 2, which is live\n"}, run(t, "pause", "review", database))
	record := openRecord(t, database)
	source, err := record.MapSource(t.Context(), 2)
	require.NoError(t, err)
	require.Contains(t, string(source), `- id: review # asks\n    paused: true\n    title:`)

	got = answering(t, "y\n", "resume", "review", database)
	require.Zero(t, got.code, got.err)
	first, err := record.MapSource(t.Context(), 1)
	require.NoError(t, err)
	third, err := record.MapSource(t.Context(), 3)
	require.NoError(t, err)
	require.Equal(t, first, third)
	require.Zero(t, run(t, "pause", "--all", database).code)
	require.Equal(t, answer{out: "it is not paused in version 4, which is live\n"}, run(t, "resume", "review", database))
	require.Zero(t, run(t, "resume", "--all", "--yes", database).code)
	require.Contains(t, run(t, "pause", database).err, "name a touchpoint, or give --all")
	require.Contains(t, run(t, "pause", "review", "--all", database).err, "name a touchpoint, or give --all")
	require.Contains(t, run(t, "pause", "other", database).err, `the map has no touchpoint "other" (there are: review)`)
}

func TestWhy(t *testing.T) {
	t.Parallel()
	database, folder := shopWithWaitingCustomers(t)
	r := openRecord(t, database)
	r.decided(t, folder, "anna", time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	got := run(t, "why", "anna", database)
	require.Equal(t, answer{out: `anna, times in Europe/Amsterdam
2026-03-02 10:00:00  Entered the phase Care: a rule of the phase matched the event Order Completed.
2026-03-02 10:00:00  Review request (A-anna). Began: the event that starts it came.
`}, got)
	got = run(t, "why", "anna", "review", database)
	require.Equal(t, 2, strings.Count(got.out, "\n"))
	got = run(t, "why", "anna", "--limit=1", database)
	require.Contains(t, got.out, "(there are earlier decisions: --limit shows more)\n2026-03-02 10:00:00  Review request")
	var told struct{ Decisions []map[string]any }
	require.NoError(t, json.Unmarshal([]byte(run(t, "why", "anna", "--json", database).out), &told))
	require.Equal(t, "Began: the event that starts it came.", told.Decisions[1]["words"])
	require.Equal(t, "2026-03-02T10:00:00+01:00", told.Decisions[1]["at"])
	at := time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC)
	known := journey.Event{
		MessageID: "anna", Type: journey.TypeIdentify, Name: journey.TypeIdentify, UserID: "anna", Timestamp: at, ReceivedAt: at,
		Traits: map[string]any{"email": "anna@example.net"},
	}
	_, _, err := r.Ingest(t.Context(), []journey.Event{known}, store.AnyVersion, func(journey.Event) journey.Interest { return journey.Interest{Wakes: true} })
	require.NoError(t, err)
	r.decided(t, folder, "anna", at)
	got = run(t, "why", "anna", database)
	require.Contains(t, got.out, "Planned a message review: the run came to this step.\n                     -> Not handed over yet.\n")
	require.NoError(t, json.Unmarshal([]byte(run(t, "why", "anna", "--json", database).out), &told))
	require.Equal(t, map[string]any{"status": "planned", "words": "Not handed over yet."}, told.Decisions[len(told.Decisions)-1]["handover"])
	require.Contains(t, run(t, "why", "nobody", database).err, `there is no customer "nobody"`)
	require.Contains(t, run(t, "why", "anna", "--limit=0", database).err, "--limit")
}
