package app

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRejectedEventsCanBeRead(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	status, _ := a.do(t, http.MethodPost, "/v1/batch", `{"writeKey":"write-key","batch":[{"type":"track","event":"X"},{"type":"fly","userId":"u"}]}`, nil)
	require.Equal(t, http.StatusOK, status)
	admin := http.Header{"Authorization": {"Bearer admin-token"}}
	status, answer := a.do(t, http.MethodGet, "/api/v1/rejected?limit=1&key=first", "", admin)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, answer, `"key":"first","code":"unknown-event-type","field":"type",`)
	require.Contains(t, answer, `"item":"{\"type\":\"fly\",\"userId\":\"u\"}"`)
	require.NotContains(t, answer, "missing")
}

// TestPruningGoesByRealTime forgets what is old for people, however fast journey time runs.
func TestPruningGoesByRealTime(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.Clock.Speed = 86400
	a := serve(t, cfg)
	a.order(t, "user-1", "A1")
	a.do(t, http.MethodPost, "/v1/track", `{"writeKey":"write-key"}`, nil)
	count := func() int {
		status, answer := a.do(t, http.MethodPost, "/v1/track", `{"writeKey":"write-key","userId":"user-1","event":"Order Completed","messageId":"order A1"}`, nil)
		require.Equal(t, http.StatusOK, status, answer)
		rejected, err := a.record.RejectedEvents(t.Context(), 0, "", 10)
		require.NoError(t, err)
		return len(rejected)
	}
	for _, after := range []time.Duration{rejectedKept - time.Minute, rejectedKept + time.Minute, messageIDsKept + time.Minute} {
		a.forget(t.Context(), "rejected events", start.Add(after-rejectedKept), a.record.PruneRejected)
		forgotten, err := a.record.PruneMessageIDs(t.Context(), start.Add(after-messageIDsKept), pruneAtOnce)
		require.NoError(t, err)
		require.Equal(t, after > messageIDsKept, forgotten > 0, after)
		require.Equal(t, after < rejectedKept, count() > 0, after)
	}
}
