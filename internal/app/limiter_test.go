package app

import (
	"net/http"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"

	"klantreis/config"
)

// TestTheRateLimitIsSharedAndFailsOpen fills what a key may send through one process, and asks another one.
func TestTheRateLimitIsSharedAndFailsOpen(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	server := miniredis.RunT(t)
	server.SetTime(start)
	cfg.Redis.URL = config.Secret("redis://" + server.Addr())
	cfg.HTTP.IngestRate = 0.5
	a, b := serve(t, cfg), serve(t, cfg)
	batch := `{"writeKey":"write-key","batch":[`
	for range 2499 {
		batch += "0,"
	}
	status, _ := a.do(t, http.MethodPost, "/v1/batch", batch+"0]}", nil)
	require.Equal(t, http.StatusOK, status, "a whole batch always passes after a quiet time")
	require.Equal(t, http.StatusTooManyRequests, b.post(t, "write-key", "1"))

	server.SetError("LOADING")
	require.Equal(t, http.StatusOK, b.post(t, "write-key", "1"))
}
