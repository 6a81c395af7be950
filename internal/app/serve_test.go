package app

import (
	"net/http"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/internal/dispatch"
)

var admin = http.Header{"Authorization": {"Bearer admin-token"}}

func TestAnEventReachesTheRecord(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	a := serve(t, cfg)
	client := redis.NewClient(&redis.Options{Addr: string(cfg.Redis.URL)[len("redis://"):]})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	hints := client.Subscribe(t.Context(), "klantreis:woken")
	t.Cleanup(func() { require.NoError(t, hints.Close()) })
	_, err := hints.Receive(t.Context())
	require.NoError(t, err)

	a.order(t, "user-1", "A1")
	a.order(t, "user-1", "A1")
	_, err = hints.ReceiveMessage(t.Context())
	require.NoError(t, err, "dispatchers are told")
	counts, err := a.record.Counts(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, counts.Customers)
	require.EqualValues(t, 2, counts.Events, "the others are duplicates")
	wakes, err := a.record.ClaimWakes(t.Context(), start, 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, wakes, 1)
	require.True(t, wakes[0].Urgent, "an order confirmation may follow")
}

func TestAnEventThatTheMapDoesNotWantWakesNobody(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	status, answer := a.do(t, http.MethodPost, "/v1/track", `{"userId":"user-1","event":"Video Watched","writeKey":"write-key"}`, nil)
	require.Equal(t, http.StatusOK, status, answer)
	counts, err := a.record.Counts(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, counts.Events)
	backlog, err := a.record.Backlog(t.Context(), start, time.Minute, time.Minute)
	require.NoError(t, err)
	require.Zero(t, backlog.Waiting)
}

func TestNobodyPostsWithoutTheKey(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	for _, key := range []string{"", "write-kez", "admin-token"} {
		status, _ := a.do(t, http.MethodPost, "/v1/track", `{"userId":"u","event":"Order Completed"}`, http.Header{"Authorization": {"Bearer " + key}})
		require.Equal(t, http.StatusUnauthorized, status, key)
	}
}

func TestTheCardOfACustomer(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	a.order(t, "user-1", "A1")
	planned := a.plan(t, "user-1")
	status, card := a.do(t, http.MethodGet, "/api/v1/customers/user-1", "", admin)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, card, planned)
	require.Contains(t, card, "purchase")
	status, decisions := a.do(t, http.MethodGet, "/api/v1/customers/user-1/decisions?touchpoint=confirmation", "", admin)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, decisions, `"triggered"`)
	for _, path := range []string{"", "/decisions"} {
		status, _ = a.do(t, http.MethodGet, "/api/v1/customers/nobody"+path, "", admin)
		require.Equal(t, http.StatusNotFound, status, path)
	}
}

func TestReadyWithoutRedis(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	server := miniredis.RunT(t)
	cfg.Redis.URL = config.Secret("redis://" + server.Addr())
	a := serve(t, cfg)
	server.Close()
	status, answer := a.do(t, http.MethodGet, "/readyz", "", nil)
	require.Equal(t, http.StatusOK, status, answer)
	a.order(t, "user-1", "A1")
}

func TestNotReadyWithoutTheRecord(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	require.NoError(t, a.record.Close())
	status, answer := a.do(t, http.MethodGet, "/readyz", "", nil)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, answer, `"record"`)
	status, answer = a.do(t, http.MethodGet, "/metrics", "", bearerOf("admin-token"))
	require.Equal(t, http.StatusInternalServerError, status)
	require.NotContains(t, answer, "klantreis_wakes_waiting 0")
}

func TestMetricsOfTheRecord(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	a.order(t, "user-1", "A1")
	a.order(t, "user-2", "A2")
	_, err := a.record.ClaimWakes(t.Context(), start, 1, time.Minute)
	require.NoError(t, err)
	status, metrics := a.do(t, http.MethodGet, "/metrics", "", bearerOf("admin-token"))
	require.Equal(t, http.StatusOK, status)
	for _, line := range []string{
		`klantreis_wakes_waiting{lane="urgent"} 1`, `klantreis_wakes_waiting{lane="other"} 0`, `klantreis_wakes_waiting{lane="rollout"} 0`,
		"klantreis_wakes_in_flight 1", `klantreis_wakes_lag_seconds{lane="urgent"} 0`, `klantreis_wakes_age_seconds{lane="urgent"} 0`,
	} {
		require.Contains(t, metrics, line)
	}
	a.dispatched.observe("urgent", 30*time.Millisecond)
	_, metrics = a.do(t, http.MethodGet, "/metrics", "", bearerOf("admin-token"))
	require.Contains(t, metrics, `klantreis_dispatch_seconds_bucket{lane="urgent",le="0.05"} 1`)
}

func TestBacklogForTheDispatcher(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	r := &rows{record: a.record, clock: a.clock}
	claim := func(user string, at time.Time) {
		a.order(t, user, "order of "+user)
		wakes, err := r.ClaimWakes(t.Context(), at, 10, time.Minute)
		require.NoError(t, err)
		require.Len(t, wakes, 1)
	}
	claim("lost", start.Add(-11*time.Second))
	claim("late", start.Add(-2*time.Second))
	claim("recent", start.Add(-time.Second))
	for name, tt := range map[string]struct {
		late time.Duration
		want dispatch.Backlog
	}{
		"one is late":  {time.Second, dispatch.Backlog{InFlight: 2, Late: 1}},
		"both are":     {time.Millisecond, dispatch.Backlog{InFlight: 2, Late: 2}},
		"none is late": {2 * time.Second, dispatch.Backlog{InFlight: 2}},
	} {
		got, err := r.Backlog(t.Context(), start, tt.late, 10*time.Second)
		require.NoError(t, err)
		require.Equal(t, tt.want, got, name)
	}
	wakes, err := r.ClaimWakes(t.Context(), start, 10, time.Minute)
	require.NoError(t, err)
	require.Empty(t, wakes)
}
