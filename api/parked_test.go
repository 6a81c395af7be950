package api_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/internal/access"
)

// fakeParking has the event 7.
type fakeParking struct{ err error }

func (f fakeParking) Parked(_ context.Context, after int64, limit int) ([]api.ParkedEvent, error) {
	if after >= 7 || limit < 1 {
		return nil, f.err
	}
	return []api.ParkedEvent{{ID: 7, UserID: "u", MessageID: "m", Type: "track", Name: "X", ParkedAt: receivedAt, Code: "panic", Detail: "why"}}, f.err
}

func (f fakeParking) Troubled(context.Context, int) ([]api.TroubledCustomer, error) {
	return []api.TroubledCustomer{{UserID: "v", Since: receivedAt, Tries: 3, Trouble: "panic: why"}}, f.err
}

func (f fakeParking) Retry(_ context.Context, _ access.Actor, id int64) (bool, error) {
	return id == 7, f.err
}

func (f fakeParking) RetryAll(context.Context, access.Actor) (int, error) { return 2, f.err }

func TestParked(t *testing.T) {
	t.Parallel()
	admin := map[string]string{"Authorization": "Bearer " + adminToken}
	with := func(o *api.Options) { o.Parking = fakeParking{} }
	runScenarios(t, []scenario{
		{name: "list", method: http.MethodGet, url: "/api/v1/parked?limit=5", headers: admin, status: 200, content: []string{
			`{"parked":[{"id":7,"userId":"u","messageId":"m","type":"track","name":"X",`, `"parkedAt":"2026-03-14T12:00:00Z","code":"panic","detail":"why"}]`,
			`"customers":[{"userId":"v","since":"2026-03-14T12:00:00Z","tries":3,"trouble":"panic: why"}]`,
		}},
		{name: "list after", method: http.MethodGet, url: "/api/v1/parked?after=7", headers: admin, status: 200, content: []string{`"parked":[]`}},
		{name: "bad limit", method: http.MethodGet, url: "/api/v1/parked?limit=0", headers: admin, status: 400, content: []string{`"field":"limit"`}},
		{name: "bad after", method: http.MethodGet, url: "/api/v1/parked?after=x", headers: admin, status: 400, content: []string{`"field":"after"`}},
		{name: "retry", url: "/api/v1/parked/7/retry", headers: admin, status: 200, content: []string{`{"retried":1}`}},
		{name: "retry another", url: "/api/v1/parked/8/retry", headers: admin, status: 404, content: []string{`"field":"id"`}},
		{name: "retry words", url: "/api/v1/parked/x/retry", headers: admin, status: 400, content: []string{`"field":"id"`}},
		{name: "retry all", url: "/api/v1/parked/retry", headers: admin, status: 200, content: []string{`{"retried":2}`}},
		{name: "write key lists", method: http.MethodGet, url: "/api/v1/parked", headers: map[string]string{"Authorization": basicAuth}, status: 401},
		{name: "write key retries", url: "/api/v1/parked/retry", headers: map[string]string{"Authorization": basicAuth}, status: 401},
	}, with)
	away := setup(t, func(o *api.Options) { o.Parking = fakeParking{err: errors.New("away")} })
	for _, sc := range []scenario{
		{method: http.MethodGet, url: "/api/v1/parked"}, {url: "/api/v1/parked/7/retry"}, {url: "/api/v1/parked/retry"},
	} {
		sc.headers = admin
		response, _ := send(t, away, sc)
		require.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
	}
}
