package journey

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestFactsOfEarlierReleases reads facts as earlier releases wrote them, and writes them again with nothing lost.
func TestFactsOfEarlierReleases(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/facts/0.1.json")
	require.NoError(t, err)
	var f Facts
	require.NoError(t, json.Unmarshal(text, &f))
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	require.Equal(t, Facts{
		Traits: map[string]any{"email": "jo@example.com", "vip": true}, Locale: "nl",
		FirstSeen: at, LastSeen: at.Add(20 * day), Orders: 2, TotalSpent: 69.9,
		FirstOrderAt: at.Add(day), LastOrderAt: at.Add(11 * day),
		RecentOrders: []Order{
			{ID: "A1", At: at.Add(day), Total: 49.95, Status: "delivered"},
			{ID: "", At: at.Add(11 * day), Total: 19.95, Status: "completed"},
		},
	}, f)
	again, err := json.Marshal(f)
	require.NoError(t, err)
	require.JSONEq(t, string(text), string(again))

	require.Equal(t, Gaps{Count: 1, Days: 10, Until: at.Add(11 * day)}, f.Gaps())
	f = f.learn(Event{Type: TypeTrack, Name: OrderRefunded, Timestamp: at.Add(30 * day), Properties: map[string]any{"order_id": "A1"}})
	require.Equal(t, int64(1), f.Orders)
	require.InDelta(t, 19.95, f.TotalSpent, 1e-9)
}

// TestFactsAreWritten writes all facts, reads them again, and looks at the names that clients read.
func TestFactsAreWritten(t *testing.T) {
	t.Parallel()
	f := knownCustomer().Facts
	f.note(OrderCompleted, engineStart)
	f.Fired = map[string]time.Time{"phase/lapsed": engineStart}
	f.Slots = []Slot{{MessageID: "m", Class: Marketing, At: engineStart}}
	f = f.learn(refund(0, "A1", 5.0)).learn(refund(1, "early", 5.0))
	text, err := json.Marshal(f)
	require.NoError(t, err)
	var again Facts
	require.NoError(t, json.Unmarshal(text, &again))
	require.Equal(t, f, again)
	for _, name := range []string{
		"timezone", "country", "recentOrders", "lines", "productId", "refunds", "earlyChanges", "categories", "favouriteCategory",
		"firstCampaign", "lastCampaign", "scores", "scoredAt", "consents", "openTasks", "last", "fired", "lastSent", "slots",
	} {
		require.Contains(t, string(text), `"`+name+`":`)
	}
	empty, err := json.Marshal(Facts{})
	require.NoError(t, err)
	require.JSONEq(t, "{}", string(empty))
}

func TestTruncate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"empty":            {"", ""},
		"short":            {"shop", "shop"},
		"at the limit":     {strings.Repeat("a", 100), strings.Repeat("a", 100)},
		"beyond":           {strings.Repeat("a", 101), strings.Repeat("a", 100)},
		"in a character":   {strings.Repeat("a", 98) + "€", strings.Repeat("a", 98)},
		"after one":        {strings.Repeat("a", 97) + "€€", strings.Repeat("a", 97) + "€"},
		"no text at all":   {strings.Repeat("\x80", 200), ""},
		"just a character": {"€", "€"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, truncate(tt.text))
		})
	}
}
