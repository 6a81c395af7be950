package api_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"klantreis/api"
	"klantreis/journey"
)

// fakeCustomers knows "u1", with three decisions, and "a/b c", with nothing; "broken" fails.
type fakeCustomers struct{}

func (fakeCustomers) Customer(_ context.Context, userID string) (api.Customer, bool, error) {
	switch userID {
	case "u1":
		return api.Customer{
			UserID: "u1", Phase: "care", PhaseSince: receivedAt.Add(-time.Hour),
			Facts: journey.Facts{Traits: map[string]any{"name": "<b>Jan</b>"}, Orders: 2, TotalSpent: 99.5},
			Runs: []api.Run{{
				ID: "r_1", Touchpoint: "review-request", Key: "o1", StartedAt: receivedAt, Step: "wait-1",
				EnteredAt: receivedAt, Due: receivedAt.Add(7 * 24 * time.Hour),
			}},
			Messages: []api.Message{{
				ID: "m_1", RunID: "r_0", Touchpoint: "order-confirmation", Step: "send-1", Template: "order-confirmation",
				Channel: "email", Class: journey.Transactional, PlannedAt: receivedAt, Sent: true, SettledAt: receivedAt,
				Reason: journey.ReasonSent,
			}},
			Tasks:     []api.Task{{ID: "t_1", Touchpoint: "call", Title: "Call", Priority: "high", CreatedAt: receivedAt}},
			Exposures: []api.Exposure{{RunID: "r_0", Touchpoint: "call", Arm: "holdout", At: receivedAt, Until: receivedAt}},
		}, true, nil
	case "a/b c":
		return api.Customer{UserID: userID}, true, nil
	case "broken":
		return api.Customer{}, false, errors.New("connect to 10.0.0.1: refused")
	}
	return api.Customer{}, false, nil
}

func (fakeCustomers) Decisions(_ context.Context, userID string, filter api.DecisionFilter) ([]api.Decision, bool, error) {
	var all []api.Decision
	switch userID {
	case "u1":
		all = []api.Decision{
			{At: receivedAt, Kind: journey.DecidedNoSend, Reason: journey.ReasonHoldout, Touchpoint: "review-request", RunID: "r_1"},
			{At: receivedAt, Kind: journey.DecidedSend, Reason: journey.ReasonDue, Touchpoint: "order-confirmation", MessageID: "m_1"},
			{At: receivedAt, Kind: journey.DecidedPhase, Reason: journey.ReasonEntered, Phase: "care", EventSeq: 7, Detail: map[string]any{"n": 1}},
		}
	case "a/b c":
	default:
		_, found, err := fakeCustomers{}.Customer(context.Background(), userID)
		return nil, found, err
	}
	var kept []api.Decision
	for _, d := range all {
		if len(kept) < filter.Limit && (filter.Touchpoint == "" || filter.Touchpoint == d.Touchpoint) {
			kept = append(kept, d)
		}
	}
	return kept, true, nil
}

func TestManagementAPI(t *testing.T) {
	t.Parallel()
	const u1 = "/api/v1/customers/u1"
	admin := map[string]string{"Authorization": "Bearer " + adminToken}
	runScenarios(t, []scenario{
		{name: "card", method: http.MethodGet, url: u1, headers: admin, status: 200, content: []string{
			`"userId":"u1","phase":"care","phaseSince":"2026-03-14T11:00:00Z"`, `"orders":2`, `\u003cb\u003eJan`,
			`"step":"wait-1","enteredAt":"2026-03-14T12:00:00Z","due":"2026-03-21T12:00:00Z"`, `"class":"transactional"`, `"sent":true`,
			`"tasks":[{"id":"t_1"`, `"title":"Call","priority":"high","createdAt":"2026-03-14T12:00:00Z"}]`, `"exposures":[{"runId":"r_0"`, `"arm":"holdout"`,
		}},
		{name: "id with a slash and a space", method: http.MethodGet, url: "/api/v1/customers/a%2Fb%20c", headers: admin, status: 200, content: []string{
			`"userId":"a/b c"`, `"runs":[]`, `"messages":[]`, `"tasks":[]`, `"exposures":[]`,
		}},
		{name: "nobody", method: http.MethodGet, url: "/api/v1/customers/u2", headers: admin, status: 404, content: []string{`"not-found"`, `"field":"userId"`}},
		{name: "record away", method: http.MethodGet, url: "/api/v1/customers/broken", headers: admin, status: 503, content: []string{`"unavailable"`}},
		{name: "decisions", method: http.MethodGet, url: u1 + "/decisions", headers: admin, status: 200, content: []string{
			`{"decisions":[{"at":"2026-03-14T12:00:00Z","kind":"noSend","reason":"holdout"`, `"eventSeq":7,"detail":{"n":1}`,
		}},
		{name: "one decision", method: http.MethodGet, url: u1 + "/decisions?limit=1", headers: admin, status: 200, content: []string{`"runId":"r_1"}]}`}},
		{name: "decisions of a touchpoint", method: http.MethodGet, url: u1 + "/decisions?touchpoint=order-confirmation", headers: admin, status: 200, content: []string{
			`{"decisions":[{"at":"2026-03-14T12:00:00Z","kind":"send"`, `"messageId":"m_1"}]}`,
		}},
		{name: "no decisions", method: http.MethodGet, url: "/api/v1/customers/a%2Fb%20c/decisions", headers: admin, status: 200, content: []string{`{"decisions":[]}`}},
		{name: "decisions of nobody", method: http.MethodGet, url: "/api/v1/customers/u2/decisions", headers: admin, status: 404, content: []string{`"not-found"`}},
		{name: "decisions, record away", method: http.MethodGet, url: "/api/v1/customers/broken/decisions", headers: admin, status: 503, content: []string{`"unavailable"`}},
		{name: "limit zero", method: http.MethodGet, url: u1 + "/decisions?limit=0", headers: admin, status: 400, content: []string{`"invalid-parameter"`, `"limit"`}},
		{name: "limit too large", method: http.MethodGet, url: u1 + "/decisions?limit=1001", headers: admin, status: 400, content: []string{`"invalid-parameter"`}},
		{name: "limit empty", method: http.MethodGet, url: u1 + "/decisions?limit=", headers: admin, status: 400, content: []string{`"invalid-parameter"`}},
		{name: "limit not a number", method: http.MethodGet, url: u1 + "/decisions?limit=all", headers: admin, status: 400, content: []string{`"invalid-parameter"`}},
		{name: "no token", method: http.MethodGet, url: u1, headers: map[string]string{}, status: 401, content: []string{`"unauthorized"`, "Bearer"}},
		{name: "write key is no admin token", method: http.MethodGet, url: u1, headers: map[string]string{"Authorization": "Bearer " + writeKey}, status: 401, content: []string{`"unauthorized"`}},
		{name: "token as Basic", method: http.MethodGet, url: u1, headers: map[string]string{"Authorization": basicAuth}, status: 401, content: []string{`"unauthorized"`}},
		{name: "decisions without token", method: http.MethodGet, url: u1 + "/decisions", headers: map[string]string{}, status: 401, content: []string{`"unauthorized"`}},
		{name: "change", method: http.MethodDelete, url: u1, headers: admin, status: 405, content: []string{`"method-not-allowed"`, "GET"}},
	})
}
