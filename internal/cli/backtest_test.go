package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/backtest"
	"klantreis/internal/bundle"
	"klantreis/internal/store"
	"klantreis/journey"
)

// otherMap writes a map that differs from the trial map: it asks for reviews of some orders only, and has no cart.
func otherMap(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	b, err := bundle.Read(trialMap)
	require.NoError(t, err)
	for name, text := range b.Files {
		if name == "journey.yaml" {
			from, to := strings.Index(text, "  - id: cart"), strings.Index(text, "  - id: review")
			text = text[:from] + text[to:]
			text = strings.Replace(text, "    key: event.order_id\n    cancel:", "    if: event.total >= 50.0\n    key: event.order_id\n    cancel:", 1)
		}
		write(t, dir, name, text)
	}
	return dir
}

// manyEvents writes a file with the events of a hundred customers and a visitor.
func manyEvents(t *testing.T) string {
	t.Helper()
	var lines strings.Builder
	begin := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for i := range 100 {
		event := func(hours int, more string) {
			at := begin.Add(time.Duration(i+hours) * time.Hour).Format(time.RFC3339)
			fmt.Fprintf(&lines, `{"userId":"user-%d","timestamp":%q,%s}`+"\n", i, at, more)
		}
		order := fmt.Sprintf(`"properties":{"order_id":"A%d","total":%d}`, i, i)
		event(0, fmt.Sprintf(`"type":"identify","traits":{"email":"user-%d@example.com","service_consent":true,"marketing_consent":true}`, i))
		event(1, `"type":"track","event":"Checkout Started"`)
		if i%2 == 0 {
			event(2, `"type":"track","event":"Order Completed",`+order)
			event(48, `"type":"track","event":"Order Delivered",`+order)
		}
		if i%10 == 0 {
			event(72, `"type":"track","event":"Order Returned",`+order)
		}
	}
	fmt.Fprintf(&lines, `{"type":"page","anonymousId":"x","timestamp":"2026-03-02T09:00:00Z"}`+"\n")
	dir := t.TempDir()
	write(t, dir, "events.ndjson", lines.String())
	return filepath.Join(dir, "events.ndjson")
}

func TestBacktestOfAFile(t *testing.T) {
	t.Parallel()
	got := run(t, "backtest", trialMap, "--events="+manyEvents(t), "--until=30d")
	require.Zero(t, got.code, got.err)
	golden(t, "testdata/trial/backtest.golden", got.out)
	require.Regexp(t, `1 event of visitors who never became a customer left out\n`, got.err)
	require.Regexp(t, `310 events played in .*: \d+ a second; at most \d+ MB of memory\n$`, got.err)
}

func TestBacktestAgainstAnotherMap(t *testing.T) {
	t.Parallel()
	file, other := manyEvents(t), otherMap(t)
	got := run(t, "backtest", other, "--against", trialMap, "--events="+file, "--until=30d")
	require.Zero(t, got.code, got.err)
	golden(t, "testdata/trial/backtest-against.golden", strings.ReplaceAll(got.out, other, "OTHER"))
	require.Contains(t, got.err, "620 events played", "by two maps")
	got = run(t, "backtest", trialMap, "--against", trialMap, "--events="+file)
	require.Contains(t, got.out, "\ncompared with testdata/trial/map: no difference\n")
}

func TestBacktestAsJSON(t *testing.T) {
	t.Parallel()
	got := run(t, "backtest", trialMap, "--events="+manyEvents(t), "--since=3d", "--until=2026-03-20T09:00:00Z", "--json")
	require.Zero(t, got.code, got.err)
	var r backtest.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &r))
	require.Equal(t, time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC), r.Until)
	// The last event is the delivery of user-98, 48 hours after hour 98; an event of user-90 comes later, after 162 hours.
	require.Equal(t, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add((162-72)*time.Hour), r.Since)
	require.Equal(t, 100, r.Customers)
	require.Equal(t, 6, r.Map.Touchpoints[0].Sent, "the orders of the hours 90 to 100")
	require.Nil(t, r.Against)
}

// shop publishes the trial map, and stores what somebody did long ago and lately.
func (r record) shop(t *testing.T) {
	t.Helper()
	b, err := bundle.Read(trialMap)
	require.NoError(t, err)
	source, err := b.Source()
	require.NoError(t, err)
	_, _, err = r.PublishMap(t.Context(), source, bundle.Hash(source), time.Now())
	require.NoError(t, err)
	var events []journey.Event
	for i, days := range []int{200, 30} {
		user, order := fmt.Sprint("user-", i), map[string]any{"order_id": fmt.Sprint("A", i), "total": 10.0 + float64(40*i)}
		at := time.Now().AddDate(0, 0, -days)
		add := func(name string, after time.Duration, properties, traits map[string]any) {
			e := journey.Event{
				MessageID: fmt.Sprint(len(events)), Type: journey.TypeTrack, Name: name, UserID: user, Timestamp: at.Add(after),
				ReceivedAt: at.Add(after), Properties: properties, Traits: traits,
			}
			if traits != nil {
				e.Type = name
			}
			events = append(events, e)
		}
		add(journey.TypeIdentify, 0, nil, map[string]any{"email": "jo@example.com", "service_consent": true})
		add("Order Completed", 0, order, nil)
		add("Order Delivered", 48*time.Hour, order, nil)
	}
	// Nothing was of interest when it came: the map that is tried judges it itself.
	_, _, err = r.Ingest(t.Context(), events, store.AnyVersion, func(journey.Event) journey.Interest { return journey.Interest{} })
	require.NoError(t, err)
}

func TestBacktestOfTheRecord(t *testing.T) {
	t.Parallel()
	database := "--database=sqlite:" + filepath.Join(t.TempDir(), "record.db")
	require.Zero(t, run(t, "migrate", database).code)
	openRecord(t, database).shop(t)
	other := otherMap(t)

	got := run(t, "backtest", other, database, "--since=90d", "--json")
	require.Zero(t, got.code, got.err)
	var r backtest.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &r))
	require.Equal(t, 2, r.Customers)
	require.Equal(t, 6, r.Events)
	require.WithinDuration(t, time.Now(), r.Until, time.Minute)
	require.WithinDuration(t, time.Now().AddDate(0, 0, -90), r.Since, 2*time.Hour)
	require.Equal(t, 1, r.Map.Touchpoints[0].Sent, "the older order does not count")
	require.Equal(t, 2, r.Map.Touchpoints[1].Sent, "request and reminder")
	require.NotNil(t, r.Against, "the live map")
	require.Empty(t, r.Differences)

	got = run(t, "backtest", other, database, "--since=365d")
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.out, "compared with the live map, version 1: 4 messages instead of 6 (0 more to 0 people, 2 fewer to 1)\n")
	require.Contains(t, got.out, "review, lost: user-0\n")

	text, err := os.ReadFile(filepath.Join(other, "journey.yaml"))
	require.NoError(t, err)
	write(t, other, "journey.yaml", strings.Replace(string(text), "id: review", "id: opinion\n    was: review", 1))
	got = run(t, "backtest", other, database, "--since=365d")
	require.Regexp(t, `opinion \(was review\) +1 instead of 2 +2 instead of 4 +0 +1\n`, got.out)

	got = run(t, "backtest", other, "--against", other, database, "--since=365d")
	require.Contains(t, got.out, "compared with "+other+": no difference\n")
}

func TestBacktestSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "journey.yaml", "journey: broken\n")
	events := "--events=" + trialStories + "returned.ndjson"
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"no events":          {[]string{trialMap}, 1, "say which events to take"},
		"a broken map":       {[]string{dir, events}, 1, "journey.yaml"},
		"another broken map": {[]string{trialMap, events, "--against=" + dir}, 1, "journey.yaml"},
		"an odd beginning":   {[]string{trialMap, events, "--since=long ago"}, 1, "--since: "},
		"an odd end":         {[]string{trialMap, events, "--until=one day"}, 1, "--until: "},
		"no record":          {[]string{trialMap, "--since=1d", "--database=sqlite:" + dir + "/record.db"}, 1, "migrate"},
		"no such file":       {[]string{trialMap, "--events=" + dir + "/missing"}, 2, "missing"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := run(t, append([]string{"backtest"}, tt.args...)...)
			require.Equal(t, tt.code, got.code, got.err)
			require.Contains(t, got.err, tt.says)
			require.Empty(t, got.out)
		})
	}
}

func TestBacktestTellsWhatElseHappens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "journey.yaml", `journey: calls
shop: {name: Shop, email: shop@example.com}
phases: [{id: care, enter: [{on: Order Delivered}]}]
touchpoints:
  - {id: call, phase: care, class: service, on: Order Delivered, key: event.order_id, do: [task: {title: Call}, webhook: {url: "https://example.com/hook"}]}
  - {id: visit, phase: care, channel: store, observe: Order Returned}
`)
	write(t, dir, "templates/layout.html", "{{ content }}")
	write(t, dir, "templates/layout.txt", "{{ content }}")
	got := run(t, "backtest", dir, "--events="+manyEvents(t))
	require.Zero(t, got.code, got.err)
	require.Regexp(t, `(?m)^call +50 +0 +0 +- +and 50 task, 50 webhook$`, got.out)
	require.Regexp(t, `(?m)^visit +0 +0 +0 +- +and 10 observed$`, got.out)
}

func TestBacktestOfAnEmptyFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "empty.ndjson")
	require.NoError(t, os.WriteFile(name, nil, 0o600))
	got := run(t, "backtest", trialMap, "--events="+name)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "no event has a userId")
}
