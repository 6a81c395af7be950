package api_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/journey"
)

// fakeSuppressions has one address that bounced and whose reader complained.
type fakeSuppressions struct{ err error }

func (f fakeSuppressions) Suppressions(_ context.Context, address, after string, limit int) ([]api.SuppressedAddress, error) {
	if address != "" || after == "c" || limit != 5 {
		return nil, f.err
	}
	return []api.SuppressedAddress{{Reason: journey.AddressBounced, Since: receivedAt, Source: "provider", UserID: "u", Cursor: "c"}}, f.err
}

func (f fakeSuppressions) Lift(_ context.Context, l api.Lift) (api.Lifted, error) {
	switch {
	case l.Address != "jo@example.com":
		return api.Lifted{}, f.err
	case l.Objections:
		return api.Lifted{Taken: []journey.SuppressionReason{journey.AddressBounced, journey.AddressComplained}}, f.err
	default:
		return api.Lifted{Taken: []journey.SuppressionReason{journey.AddressBounced}, Left: []journey.SuppressionReason{journey.AddressComplained}}, f.err
	}
}

func TestSuppressions(t *testing.T) {
	t.Parallel()
	admin := map[string]string{"Authorization": "Bearer " + adminToken, "Content-Type": "application/json"}
	runScenarios(t, []scenario{
		{name: "list", method: http.MethodGet, url: "/api/v1/suppressions?limit=5", headers: admin, status: 200, content: []string{
			`{"suppressions":[{"reason":"bounced","since":"2026-03-14T12:00:00Z","source":"provider","userId":"u","cursor":"c"}]}`,
		}},
		{name: "list after", method: http.MethodGet, url: "/api/v1/suppressions?limit=5&after=c", headers: admin, status: 200, content: []string{`{"suppressions":[]}`}},
		{name: "bad limit", method: http.MethodGet, url: "/api/v1/suppressions?limit=0", headers: admin, status: 400, content: []string{`"field":"limit"`}},
		{name: "lift", url: "/api/v1/suppressions/lift", headers: admin, body: `{"address":"jo@example.com","by":"ann"}`, status: 200, content: []string{
			`{"lifted":["bounced"],"left":["complained"]}`,
		}},
		{name: "lift all", url: "/api/v1/suppressions/lift", headers: admin, body: `{"address":"jo@example.com","objections":true}`, status: 200, content: []string{
			`{"lifted":["bounced","complained"],"left":[]}`,
		}},
		{name: "lift another", url: "/api/v1/suppressions/lift", headers: admin, body: `{"address":"x@example.com"}`, status: 404, content: []string{`"field":"address"`}},
		{name: "lift nothing", url: "/api/v1/suppressions/lift", headers: admin, body: `{}`, status: 400, content: []string{`"missing"`, `"field":"address"`}},
		{name: "lift in words", url: "/api/v1/suppressions/lift", headers: admin, body: `{"address":"x","objections":"yes"}`, status: 400, content: []string{`"field":"objections"`}},
		{name: "lift in no words", url: "/api/v1/suppressions/lift", headers: admin, body: `x`, status: 400, content: []string{`"invalid-json"`}},
		{name: "write key lists", method: http.MethodGet, url: "/api/v1/suppressions", headers: map[string]string{"Authorization": basicAuth}, status: 401},
		{name: "write key lifts", url: "/api/v1/suppressions/lift", headers: map[string]string{"Authorization": basicAuth}, status: 401},
	}, func(o *api.Options) { o.Suppressions = fakeSuppressions{} })
	away := setup(t, func(o *api.Options) { o.Suppressions = fakeSuppressions{err: errors.New("away")} })
	for _, sc := range []scenario{
		{method: http.MethodGet, url: "/api/v1/suppressions"}, {url: "/api/v1/suppressions/lift", body: `{"address":"jo@example.com"}`},
	} {
		sc.headers = admin
		response, _ := send(t, away, sc)
		require.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
	}
}
