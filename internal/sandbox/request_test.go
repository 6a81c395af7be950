package sandbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func FuzzDecodeRequest(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `[]`, `{"personalizations":[null]}`, `{"personalizations":[{"to":[{"email":"a@b.nl"}]}],"from":{"email":"a@b.nl"},` +
			`"subject":"s","content":[{"type":"text/plain","value":"x"}],"headers":{"":""},"custom_args":null}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		request, problems := decodeRequest(body)
		if len(problems) > 0 {
			return
		}
		// Whatever is accepted makes mails that can be shown and reported.
		for i := range request.Personalizations {
			message := request.message(i, "id", time.Unix(0, 0))
			require.NotEmpty(t, message.To)
			require.NotEmpty(t, message.headers())
			require.Len(t, message.Reports, 2*len(message.recipients()))
			require.NotEmpty(t, payload(message, message.Reports[0]))
		}
	})
}

func TestTimes(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3600)
	now := time.Date(2026, 3, 2, 0, 30, 0, 0, zone)
	tests := []struct {
		name        string
		at          time.Time
		short, long string
	}{
		{"today here, yesterday in UTC", time.Date(2026, 3, 1, 23, 5, 0, 0, time.UTC), "00:05", "2 mrt 2026, 00:05:00"},
		{"yesterday", time.Date(2026, 3, 1, 22, 5, 0, 0, time.UTC), "1 mrt", "1 mrt 2026, 23:05:00"},
		{"another year", time.Date(2025, 3, 2, 12, 0, 0, 0, time.UTC), "2 mrt 2025", "2 mrt 2025, 13:00:00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.short, dutch.shortTime(test.at, now))
			require.Equal(t, test.long, dutch.longTime(test.at, now))
		})
	}
}

func TestWordsAreComplete(t *testing.T) {
	t.Parallel()
	for _, words := range []*words{dutch, english} {
		for _, event := range allEvents {
			require.NotEmpty(t, words.Events[event], "%s %s", words.Lang, event)
		}
	}
}

func TestBackoffDoublesAndEnds(t *testing.T) {
	t.Parallel()
	o := &outbox{backoff: time.Second, wake: make(chan struct{}, 1), url: "http://shop.example.com"}
	o.add(reportRef{MessageID: "m", ReportID: "r"})
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	b, _, _ := o.next(now)
	var waits []time.Duration
	for len(b.refs) > 0 {
		o.postpone(b, now)
		_, _, wait := o.next(now)
		waits = append(waits, wait)
		now = now.Add(wait)
		b, _, _ = o.next(now)
	}

	require.Equal(t, []time.Duration{1, 2, 4, 8, 16, 32, 60, 60}, seconds(waits[:8]))
	pending, dropped := o.counts()
	require.Zero(t, pending)
	require.EqualValues(t, 1, dropped)
	require.InDelta(t, 24*60, len(waits), 10)
}

func TestFailingBatchHoldsUpNobody(t *testing.T) {
	t.Parallel()
	o := &outbox{backoff: time.Minute, wake: make(chan struct{}, 1), url: "http://shop.example.com"}
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	o.add(reportRef{MessageID: "1"})
	failing, _, _ := o.next(now)
	o.postpone(failing, now)
	o.add(reportRef{MessageID: "2"})

	next, _, _ := o.next(now)

	require.Equal(t, []reportRef{{MessageID: "2"}}, next.refs)
}

func seconds(waits []time.Duration) []time.Duration {
	var out []time.Duration
	for _, wait := range waits {
		out = append(out, wait/time.Second)
	}
	return out
}
