package api_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/segmentio/analytics-go/v3"
	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// outcomes hears from analytics-go how each message ended.
type outcomes chan error

func (o outcomes) Success(analytics.Message) { o <- nil }

func (o outcomes) Failure(_ analytics.Message, err error) { o <- err }

// quiet keeps the client's log out of the test's output.
type quiet struct{ t *testing.T }

func (q quiet) Logf(format string, args ...any)   { q.t.Logf(format, args...) }
func (q quiet) Errorf(format string, args ...any) { q.t.Logf(format, args...) }

// newClient returns the official Go client, which sends whenever it has size messages.
func newClient(t *testing.T, b *bundle, key string, size int) (analytics.Client, outcomes) {
	t.Helper()
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	heard := make(outcomes, 100)
	client, err := analytics.NewWithConfig(key, analytics.Config{
		Endpoint: server.URL, BatchSize: size, Interval: time.Hour, Callback: heard, Logger: quiet{t},
		RetryAfter:     func(int) time.Duration { return time.Millisecond },
		DefaultContext: &analytics.Context{Locale: "nl-NL"},
	})
	require.NoError(t, err)
	return client, heard
}

func TestAnalyticsGo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	client, heard := newClient(t, b, writeKey, 6)
	now := time.Now()
	messages := []analytics.Message{
		analytics.Identify{UserId: "u1", Traits: analytics.NewTraits().SetEmail("jan@example.nl")},
		analytics.Track{UserId: "u1", Event: "Order Completed", Timestamp: now.Add(-time.Hour), Properties: analytics.NewProperties().SetTotal(12.5)},
		analytics.Page{AnonymousId: "a1", Name: "Home"},
		analytics.Screen{UserId: "u1", Name: "Cart"},
		analytics.Group{UserId: "u1", GroupId: "g1", Traits: analytics.NewTraits().SetName("Acme")},
		analytics.Alias{PreviousId: "a1", UserId: "u1"},
	}
	for _, m := range messages {
		require.NoError(t, client.Enqueue(m))
	}
	for range messages {
		require.NoError(t, <-heard)
	}
	require.NoError(t, client.Close())

	stored := b.ingestor.stored()
	require.Len(t, stored, len(messages))
	types := make([]string, len(stored))
	for i, e := range stored {
		types[i] = e.Type
		require.Len(t, e.MessageID, 36)
		require.Equal(t, "nl-NL", e.Context["locale"])
		require.Equal(t, "analytics-go", e.Context["library"].(map[string]any)["name"])
		require.Equal(t, receivedAt, e.ReceivedAt)
	}
	require.Equal(t, []string{"identify", "track", "page", "screen", "group", "alias"}, types)
	require.Equal(t, map[string]any{"email": "jan@example.nl"}, stored[0].Traits)
	require.Equal(t, map[string]any{"total": 12.5}, stored[1].Properties)
	// The client's clock is the real one; only how long before sending the order happened is taken from it.
	require.WithinDuration(t, receivedAt.Add(-time.Hour), stored[1].Timestamp, time.Minute)
	require.Equal(t, map[string]any{"name": "Home"}, stored[2].Properties)
	require.Equal(t, "g1", stored[4].GroupID)
	require.Equal(t, "a1", stored[5].PreviousID)
}

func TestAnalyticsGoRetries(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ingestor.failures = 3
	client, heard := newClient(t, b, writeKey, 2)
	for _, id := range []string{"m1", "m2"} {
		require.NoError(t, client.Enqueue(analytics.Track{MessageId: id, UserId: "u1", Event: "X"}))
	}
	require.NoError(t, <-heard)
	require.NoError(t, <-heard)
	require.NoError(t, client.Close())
	require.Len(t, b.ingestor.stored(), 2)
	require.Equal(t, 4, b.ingestor.calls)
	require.InDelta(t, 6, counted(t, b, journey.TypeTrack, "failed"), 0)
	require.InDelta(t, 2, counted(t, b, journey.TypeTrack, "accepted"), 0)
}

// A bad event must not make the client send the whole batch ten times and then drop it.
func TestAnalyticsGoWithABadEvent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	client, heard := newClient(t, b, writeKey, 2)
	require.NoError(t, client.Enqueue(analytics.Track{MessageId: "bad", UserId: "u\x00", Event: "X"}))
	require.NoError(t, client.Enqueue(analytics.Track{MessageId: "good", UserId: "u1", Event: "X"}))
	require.NoError(t, <-heard)
	require.NoError(t, <-heard)
	require.NoError(t, client.Close())
	require.Equal(t, 1, b.ingestor.calls)
	require.Equal(t, "good", b.ingestor.stored()[0].MessageID)
}

func TestAnalyticsGoWithAWrongKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	client, heard := newClient(t, b, "wk_wrong", 1)
	require.NoError(t, client.Enqueue(analytics.Track{UserId: "u1", Event: "X"}))
	require.ErrorContains(t, <-heard, "401")
	require.NoError(t, client.Close())
	require.Empty(t, b.ingestor.stored())
}

// counted returns how many events of a type had an outcome.
func counted(t *testing.T, b *bundle, typ, outcome string) float64 {
	t.Helper()
	families, err := b.registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		if family.GetName() != "klantreis_ingest_events_total" {
			continue
		}
		for _, m := range family.GetMetric() {
			if m.GetLabel()[0].GetValue() == outcome && m.GetLabel()[1].GetValue() == typ {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}
