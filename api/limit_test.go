package api_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
)

// fakeLimiter refuses for a while, or never when it is zero, and notes what it was asked.
type fakeLimiter struct {
	after time.Duration
	asked []string
}

func (f *fakeLimiter) Allow(_ context.Context, key string, n int) (time.Duration, bool) {
	f.asked = append(f.asked, fmt.Sprintf("%s %d", key, n))
	return f.after, f.after == 0
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	track, batch := `{"messageId":"m1","userId":"u1","event":"X"}`, `{"batch":[`+good("m1")+`,{}]}`
	tests := map[string]struct {
		scenario
		after time.Duration
		retry string
		asked []string
	}{
		"an event that is taken": {scenario{url: "/v1/track", body: track, status: 200, stored: []string{"m1"}}, 0, "", []string{"test 1"}},
		"a batch that is taken":  {scenario{url: "/v1/batch", body: batch, status: 200, stored: []string{"m1"}}, 0, "", []string{"test 2"}},
		"an empty batch":         {scenario{url: "/v1/batch", body: `{"batch":[]}`, status: 200}, 0, "", []string{"test 1"}},
		"an event that must wait": {
			scenario{url: "/v1/track", body: track, status: 429, content: []string{`"rate-limited"`, "Retry-After"}}, 1200 * time.Millisecond, "2", []string{"test 1"},
		},
		"a batch that must wait": {scenario{url: "/v1/batch", body: batch, status: 429}, time.Microsecond, "1", []string{"test 2"}},
		"an import that must wait": {
			scenario{url: "/v1/import", body: batch, status: 429}, time.Minute, "60", []string{"test 2"},
		},
		"a stranger": {scenario{url: "/v1/track", headers: map[string]string{}, body: track, status: 401}, time.Minute, "", nil},
		"rubbish":    {scenario{url: "/v1/track", body: `{`, status: 400}, time.Minute, "", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limiter := &fakeLimiter{after: tt.after}
			response := tt.run(t, setup(t, func(o *api.Options) { o.Limiter = limiter }))
			require.Equal(t, tt.retry, response.Header.Get("Retry-After"))
			require.Equal(t, tt.asked, limiter.asked)
		})
	}
}
