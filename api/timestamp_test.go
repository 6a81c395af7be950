package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/journey"
)

// TestTimestamp: every request arrives on 14 March 2026 at 12:00:00 UTC.
func TestTimestamp(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, batch, event string // fields of the batch and of the event
		want               string
		age                time.Duration
	}{
		{"nothing given", ``, ``, "2026-03-14T12:00:00Z", 0},
		{"null", ``, `"timestamp":null`, "2026-03-14T12:00:00Z", 0},
		{"as given", ``, `"timestamp":"2026-03-14T11:00:00Z"`, "2026-03-14T11:00:00Z", time.Hour},
		{"milliseconds", ``, `"timestamp":"2026-03-14T11:59:59.750Z"`, "2026-03-14T11:59:59.75Z", 250 * time.Millisecond},
		{"nanoseconds", ``, `"timestamp":"2026-03-14T11:59:59.999999999Z"`, "2026-03-14T11:59:59.999999999Z", 1},
		{"fraction with a comma", ``, `"timestamp":"2026-03-14T11:59:59,5Z"`, "2026-03-14T11:59:59.5Z", 500 * time.Millisecond},
		{"offset", ``, `"timestamp":"2026-03-14T12:30:00+01:00"`, "2026-03-14T11:30:00Z", 30 * time.Minute},
		{"offset without colon", ``, `"timestamp":"2026-03-14T12:30:00.5+0100"`, "2026-03-14T11:30:00.5Z", 30*time.Minute - 500*time.Millisecond},
		{"negative offset", ``, `"timestamp":"2026-03-14T05:30:00-05:30"`, "2026-03-14T11:00:00Z", time.Hour},
		{"no offset is UTC", ``, `"timestamp":"2026-03-14T11:00:00.123456"`, "2026-03-14T11:00:00.123456Z", time.Hour - 123456*time.Microsecond},
		{"no seconds", ``, `"timestamp":"2026-03-14T12:30+01:00"`, "2026-03-14T11:30:00Z", 30 * time.Minute},
		{"no seconds, no offset", ``, `"timestamp":"2026-03-14T11:30"`, "2026-03-14T11:30:00Z", 30 * time.Minute},
		{"date", ``, `"timestamp":"2026-03-14"`, "2026-03-14T00:00:00Z", 12 * time.Hour},
		{"long ago", ``, `"timestamp":"1999-12-31T23:59:59Z"`, "1999-12-31T23:59:59Z", receivedAt.Sub(time.Date(1999, 12, 31, 23, 59, 59, 0, time.UTC))},
		{"future is clamped", ``, `"timestamp":"2026-03-14T12:00:01Z"`, "2026-03-14T12:00:00Z", 0},
		{"originalTimestamp alone", ``, `"originalTimestamp":"2026-03-14T11:00:00Z"`, "2026-03-14T11:00:00Z", time.Hour},
		{"timestamp before originalTimestamp", ``, `"timestamp":"2026-03-14T10:00:00Z","originalTimestamp":"2026-03-14T11:00:00Z"`, "2026-03-14T10:00:00Z", 2 * time.Hour},
		{"clock slow by an hour", `"sentAt":"2026-03-14T11:00:00Z"`, `"timestamp":"2026-03-14T10:59:50Z"`, "2026-03-14T11:59:50Z", 10 * time.Second},
		{"clock fast by a day", `"sentAt":"2026-03-15T12:00:00Z"`, `"timestamp":"2026-03-15T11:59:50Z"`, "2026-03-14T11:59:50Z", 10 * time.Second},
		{"clock in 1970", `"sentAt":"1970-01-01T00:01:00Z"`, `"timestamp":"1970-01-01T00:00:30Z"`, "2026-03-14T11:59:30Z", 30 * time.Second},
		{"sentAt and timestamp in other zones", `"sentAt":"2026-03-14T13:00:00+02:00"`, `"timestamp":"2026-03-14T10:00:00Z"`, "2026-03-14T11:00:00Z", time.Hour},
		{"originalTimestamp with sentAt", `"sentAt":"2026-03-14T11:00:00Z"`, `"originalTimestamp":"2026-03-14T10:00:00Z","timestamp":"2026-03-14T01:00:00Z"`, "2026-03-14T11:00:00Z", time.Hour},
		{"sentAt of the event wins", `"sentAt":"2026-03-14T11:00:00Z"`, `"sentAt":"2026-03-14T11:30:00Z","timestamp":"2026-03-14T11:00:00Z"`, "2026-03-14T11:30:00Z", 30 * time.Minute},
		{"sent before it happened", `"sentAt":"2026-03-14T10:00:00Z"`, `"timestamp":"2026-03-14T11:00:00Z"`, "2026-03-14T12:00:00Z", 0},
		{"sentAt without timestamp", `"sentAt":"2026-03-14T10:00:00Z"`, ``, "2026-03-14T12:00:00Z", 0},
		{"zero instants of Go clients", `"sentAt":"0001-01-01T00:00:00Z"`, `"timestamp":"2026-03-14T11:00:00Z","originalTimestamp":"0001-01-01T00:00:00Z"`, "2026-03-14T11:00:00Z", time.Hour},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := ingestOne(t, journey.Clock{}, c.batch, c.event)
			require.Equal(t, receivedAt, got.ReceivedAt)
			requireInstant(t, c.want, got.Timestamp)
			require.Equal(t, c.age, got.Age)
		})
	}
}

func TestJourneyTime(t *testing.T) {
	t.Parallel()
	// Ten real seconds after the clock was set, at a day a second, journey time is 11 January 2030.
	fast := journey.Clock{J0: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), R0: receivedAt.Add(-10 * time.Second), Speed: 86400}
	chosen := fast
	chosen.Started = true
	const received = "2030-01-11T00:00:00Z"
	cases := []struct {
		name         string
		clock        journey.Clock
		batch, event string
		want         string
		age          time.Duration
	}{
		{"real time is mapped", fast, ``, `"timestamp":"2026-03-14T11:59:58Z"`, "2030-01-09T00:00:00Z", 2 * time.Second},
		{"real sentAt counts", fast, `"sentAt":"2026-03-14T11:00:00Z"`, `"timestamp":"2026-03-14T10:59:59Z"`, "2030-01-10T00:00:00Z", time.Second},
		{"nothing given", fast, ``, ``, received, 0},
		{"real future is clamped", fast, ``, `"timestamp":"2026-03-14T12:00:09Z"`, received, 0},
		{"journey time as given", chosen, ``, `"timestamp":"2030-01-09T00:00:00Z"`, "2030-01-09T00:00:00Z", 48 * time.Hour},
		{"originalTimestamp as given", chosen, ``, `"originalTimestamp":"2030-01-09T00:00:00Z"`, "2030-01-09T00:00:00Z", 48 * time.Hour},
		{"sentAt is ignored", chosen, `"sentAt":"2026-03-14T11:00:00Z"`, `"timestamp":"2030-01-09T00:00:00Z","sentAt":"2026-01-01T00:00:00Z"`, "2030-01-09T00:00:00Z", 48 * time.Hour},
		{"nonsense sentAt is ignored", chosen, `"sentAt":"soon"`, `"sentAt":7`, received, 0},
		{"nothing given on a chosen clock", chosen, ``, ``, received, 0},
		{"journey future is clamped", chosen, ``, `"timestamp":"2030-02-01T00:00:00Z"`, received, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := ingestOne(t, c.clock, c.batch, c.event)
			requireInstant(t, received, got.ReceivedAt)
			requireInstant(t, c.want, got.Timestamp)
			require.Equal(t, c.age, got.Age)
		})
	}
}

// ingestOne sends a batch of one event and returns what was stored.
func ingestOne(t *testing.T, clock journey.Clock, batch, event string) journey.Event {
	t.Helper()
	b := setup(t, func(o *api.Options) { o.Clock = clock })
	if batch != "" {
		batch += ","
	}
	if event != "" {
		event += ","
	}
	body := `{` + batch + `"batch":[{` + event + `"type":"identify","messageId":"m","userId":"u"}]}`
	scenario{url: "/v1/batch", body: body, status: 200, content: []string{`{"success":true}`}, stored: []string{"m"}}.run(t, b)
	return b.ingestor.stored()[0]
}

func requireInstant(t *testing.T, want string, got time.Time) {
	t.Helper()
	require.Equal(t, want, got.Format(time.RFC3339Nano))
}

// TestImportedTimestamps sends events as an export has them, with the sentAt of long ago.
func TestImportedTimestamps(t *testing.T) {
	t.Parallel()
	const item = `{"type":"track","messageId":"m1","userId":"u","event":"X","timestamp":"2020-01-01T00:00:00Z","originalTimestamp":"2020-01-01T00:00:09Z","sentAt":"2020-01-01T00:00:10Z"}`
	then := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	b := setup(t)
	scenario{url: "/v1/import", body: `{"batch":[` + item + `],"sentAt":"2020-01-01T00:00:10Z"}`, status: 200, stored: []string{"m1"}}.run(t, b)
	e := b.ingestor.stored()[0]
	require.True(t, e.Imported)
	require.Equal(t, then, e.Timestamp)
	require.Equal(t, receivedAt, e.ReceivedAt)
	require.Equal(t, receivedAt.Sub(then), e.Age)

	b = setup(t)
	scenario{url: "/v1/batch", body: `{"batch":[` + item + `]}`, status: 200, stored: []string{"m1"}}.run(t, b)
	e = b.ingestor.stored()[0]
	require.False(t, e.Imported)
	require.Equal(t, receivedAt.Add(-time.Second), e.Timestamp)
}
