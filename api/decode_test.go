package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/journey"
)

func TestDecodeEvent(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		text string
		want journey.Event
	}{
		"received when it happened": {
			`{"type":"track","userId":"u","event":"Order Completed","timestamp":"2026-03-02T10:00:00+01:00","properties":{"total":9.5}}`,
			journey.Event{Type: "track", Name: "Order Completed", UserID: "u", Timestamp: at, ReceivedAt: at, Properties: map[string]any{"total": 9.5}},
		},
		"received later, and sentAt does not matter": {
			`{"type":"page","anonymousId":"a","messageId":"m","timestamp":"2026-03-02T09:00:00Z","sentAt":"2020-01-01T00:00:00Z","receivedAt":"2026-03-02T11:00:00Z"}`,
			journey.Event{Type: "page", Name: "page", AnonymousID: "a", MessageID: "m", Timestamp: at, ReceivedAt: at.Add(2 * time.Hour), Age: 2 * time.Hour},
		},
		"from the future": {
			`{"type":"identify","userId":"u","originalTimestamp":"2026-03-02T10:00:00Z","receivedAt":"2026-03-02T09:00:00Z"}`,
			journey.Event{Type: "identify", Name: "identify", UserID: "u", Timestamp: at, ReceivedAt: at},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := api.DecodeEvent([]byte(tt.text))
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestDecodeEventSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, says string }{
		"not JSON":         {`{"type":`, "the text ends at byte 8"},
		"no object":        {`[]`, "the body must be a JSON object"},
		"no type":          {`{"userId":"u","timestamp":"2026-03-02T10:00:00Z"}`, "type: "},
		"no instant":       {`{"type":"identify","userId":"u","receivedAt":"2026-03-02T10:00:00Z"}`, "timestamp: is required"},
		"odd receipt":      {`{"type":"identify","userId":"u","timestamp":"2026-03-02T10:00:00Z","receivedAt":7}`, "receivedAt: "},
		"nobody's":         {`{"type":"identify","timestamp":"2026-03-02T10:00:00Z"}`, "userId: "},
		"text for traits":  {`{"type":"identify","userId":"u","traits":"x","timestamp":"2026-03-02T10:00:00Z"}`, "traits: must be an object"},
		"odd as messageId": {`{"type":"identify","userId":"u","messageId":[],"timestamp":"2026-03-02T10:00:00Z"}`, "messageId: "},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := api.DecodeEvent([]byte(tt.text))
			require.ErrorContains(t, err, tt.says)
		})
	}
}
