package sendgrid

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	const date = "Sun, 22 Nov 2026 10:00:00 GMT"
	tests := []struct {
		name   string
		status int
		header map[string]string
		want   time.Duration
	}{
		{"seconds", 429, map[string]string{"Retry-After": "7"}, 7 * time.Second},
		{"seconds on a 503", 503, map[string]string{"Retry-After": "7"}, 7 * time.Second},
		{"date", 429, map[string]string{"Date": date, "Retry-After": "Sun, 22 Nov 2026 10:00:30 GMT"}, 30 * time.Second},
		{"date without a date to compare", 429, map[string]string{"Retry-After": "Sun, 22 Nov 2026 10:00:30 GMT"}, 0},
		{"past date", 429, map[string]string{"Date": date, "Retry-After": "Sun, 22 Nov 2026 09:00:00 GMT"}, 0},
		{"rate limit reset", 429, map[string]string{"Date": date, "X-RateLimit-Reset": "1795341612"}, 12 * time.Second},
		{"reset of a 500 says nothing", 500, map[string]string{"Date": date, "X-RateLimit-Reset": "1795341612"}, 0},
		{"retry-after wins", 429, map[string]string{"Date": date, "Retry-After": "3", "X-RateLimit-Reset": "1795341612"}, 3 * time.Second},
		{"negative", 429, map[string]string{"Retry-After": "-1"}, 0},
		{"absurd", 429, map[string]string{"Retry-After": "999999999999999"}, time.Hour},
		{"nonsense", 429, map[string]string{"Date": date, "Retry-After": "soon", "X-RateLimit-Reset": "later"}, 0},
		{"silence", 429, nil, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			for name, value := range test.header {
				header.Set(name, value)
			}
			require.Equal(t, test.want, retryAfter(test.status, header))
		})
	}
}
