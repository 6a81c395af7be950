package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"klantreis/api"
	"klantreis/journey"
)

// fakeMaps knows the versions 1 and 2; what it publishes depends on the author.
type fakeMaps struct{}

func (fakeMaps) Versions(_ context.Context, below int64, limit int) ([]api.MapVersion, error) {
	var list []api.MapVersion
	for version := int64(2); version > 0; version-- {
		if len(list) < limit && (below == 0 || version < below) {
			list = append(list, api.MapVersion{Version: version, Live: version == 2, Hash: "h", PublishedAt: receivedAt, Origin: "publish"})
		}
	}
	return list, nil
}

func (fakeMaps) Version(_ context.Context, version int64) (api.MapVersion, bool, error) {
	switch {
	case version == 7:
		return api.MapVersion{}, false, errors.New("connect to 10.0.0.1: refused")
	case version > 2:
		return api.MapVersion{}, false, nil
	case version == 0:
		version = 2
	}
	return api.MapVersion{Version: version, Live: version == 2, Files: map[string]string{"journey.yaml": "journey: x"}}, true, nil
}

func (fakeMaps) Publish(_ context.Context, p api.MapPublication) (api.MapResult, error) {
	report := &api.MapReport{Live: 2, DueAtOnce: 4000, Guard: 1000, Confirm: 5000, Backtest: &api.MapBacktest{Customers: 9, AllCustomers: 90, Sampled: true, Sent: 8000, SentLive: 4000, More: 5000, People: 4500, Fewer: 1000, Words: "words"}, Affected: []api.MapAffected{{
		Change: journey.Change{Kind: journey.ChangeWait, Touchpoint: "review", Step: "wait-1", From: "7d", To: "5d"}, MapVersion: 2, Waiting: 9000, DueAtOnce: 5000, Words: "words",
	}}}
	switch {
	case p.Origin != api.OriginPublish && p.Author == "":
		return api.MapResult{Version: 3, Published: true, Report: report, Warnings: []string{fmt.Sprintf("%+v", p)}}, nil
	case p.Version == 9 || p.Touchpoint == "none":
		return api.MapResult{Missing: "there is none"}, nil
	case p.Author == "away":
		return api.MapResult{}, errors.New("connect to 10.0.0.1: refused")
	case p.Author == "wrong":
		return api.MapResult{Errors: []string{"journey.yaml:1: journey: is missing"}}, nil
	case p.Author == "late":
		return api.MapResult{Version: 2, Report: report, Overtaken: true}, nil
	case p.Dry:
		return api.MapResult{Version: 2, Report: report}, nil
	case p.Confirm < report.Confirm:
		return api.MapResult{Version: 2, Report: report, Unconfirmed: true}, nil
	}
	return api.MapResult{Version: 3, Published: true, Report: report}, nil
}

func TestMapsAPI(t *testing.T) {
	t.Parallel()
	const url = "/api/v1/maps"
	admin := map[string]string{"Authorization": "Bearer " + adminToken}
	body := func(author string) string { return `{"files":{"journey.yaml":"journey: x"},"author":"` + author + `"}` }
	const report = `"affected":[{"kind":"wait","touchpoint":"review","step":"wait-1","from":"7d","to":"5d","mapVersion":2,"waiting":9000,"dueAtOnce":5000,"ends":0,"words":"words"}]`
	const numbers = `"dueAtOnce":4000,"spread":"","backtest":{"since":"0001-01-01T00:00:00Z","until":"0001-01-01T00:00:00Z","customers":9,"allCustomers":90,"sampled":true,` +
		`"sent":8000,"sentLive":4000,"more":5000,"people":4500,"fewer":1000,"words":"words"},"guard":1000,"confirm":5000`
	runScenarios(t, []scenario{
		{name: "list", method: http.MethodGet, url: url, headers: admin, status: 200, content: []string{
			`{"maps":[{"version":2,"live":true,"hash":"h","publishedAt":"2026-03-14T12:00:00Z","origin":"publish"},{"version":1,"live":false`,
		}},
		{name: "next page", method: http.MethodGet, url: url + "?before=2&limit=1", headers: admin, status: 200, content: []string{`{"maps":[{"version":1,`}},
		{name: "last page", method: http.MethodGet, url: url + "?before=1", headers: admin, status: 200, content: []string{`{"maps":[]}`}},
		{name: "limit", method: http.MethodGet, url: url + "?limit=501", headers: admin, status: 400, content: []string{`"invalid-parameter"`, `"limit"`}},
		{name: "before", method: http.MethodGet, url: url + "?before=x", headers: admin, status: 400, content: []string{`"invalid-parameter"`, `"before"`}},
		{name: "one", method: http.MethodGet, url: url + "/1", headers: admin, status: 200, content: []string{`"version":1,"live":false`, `"files":{"journey.yaml":"journey: x"}`}},
		{name: "live", method: http.MethodGet, url: url + "/live", headers: admin, status: 200, content: []string{`"version":2,"live":true`}},
		{name: "none", method: http.MethodGet, url: url + "/3", headers: admin, status: 404, content: []string{`"not-found"`, `"version"`}},
		{name: "no number", method: http.MethodGet, url: url + "/0", headers: admin, status: 400, content: []string{`"invalid-parameter"`}},
		{name: "record away", method: http.MethodGet, url: url + "/7", headers: admin, status: 503, content: []string{`"unavailable"`}},
		{name: "dry", url: url + "?dry=true", headers: admin, body: body("ann"), status: 200, content: []string{`"version":2,"published":false`, report, numbers}},
		{name: "many are due", url: url, headers: admin, body: body("ann"), status: 409, content: []string{`"unconfirmed"`, "?confirm=5000", report}},
		{name: "too few confirmed", url: url + "?confirm=4999", headers: admin, body: body("ann"), status: 409, content: []string{`"unconfirmed"`}},
		{name: "confirmed", url: url + "?confirm=5000", headers: admin, body: body("ann"), status: 200, content: []string{`"version":3,"published":true`}},
		{name: "overtaken", url: url, headers: admin, body: body("late"), status: 409, content: []string{`"overtaken"`}},
		{name: "errors", url: url, headers: admin, body: body("wrong"), status: 422, content: []string{`"invalid-map"`, `"errors":["journey.yaml:1: journey: is missing"]`}},
		{name: "publish, record away", url: url, headers: admin, body: body("away"), status: 503, content: []string{`"unavailable"`}},
		{name: "no JSON", url: url, headers: admin, body: "journey: x", status: 400, content: []string{`"invalid-json"`, "templates/NAME.LOCALE.html"}},
		{name: "two objects", url: url, headers: admin, body: body("ann") + "{}", status: 400, content: []string{`"invalid-json"`}},
		{name: "unknown key", url: url, headers: admin, body: `{"files":{"a.yaml":""},"colour":1}`, status: 400, content: []string{"colour"}},
		{name: "no files", url: url, headers: admin, body: `{}`, status: 400, content: []string{`"missing"`, `"files"`}},
		{name: "too large", url: url, headers: admin, body: `{"files":{"a.yaml":"` + strings.Repeat("x", 16<<20) + `"}}`, status: 413, content: []string{`"too-large"`}},
		{name: "dry neither true nor false", url: url + "?dry=1", headers: admin, body: body("ann"), status: 400, content: []string{`"invalid-parameter"`, `"dry"`}},
		{name: "confirm no number", url: url + "?confirm=all", headers: admin, body: body("ann"), status: 400, content: []string{`"confirm"`}},
		{name: "no token", url: url, headers: map[string]string{}, body: body("ann"), status: 401, content: []string{`"unauthorized"`}},
		{name: "list without token", method: http.MethodGet, url: url, headers: map[string]string{}, status: 401, content: []string{`"unauthorized"`}},
		{name: "reasons", method: http.MethodGet, url: "/api/v1/reasons", headers: admin, status: 200, content: []string{
			`"touchpoint-removed":"the newer map has no such touchpoint"`, `"capped":"the customer got as many messages as a cap allows"`,
		}},
		{name: "reasons without token", method: http.MethodGet, url: "/api/v1/reasons", headers: map[string]string{}, status: 401, content: []string{`"unauthorized"`}},
	})
}

func TestMapsAreRolledBackPausedAndResumed(t *testing.T) {
	t.Parallel()
	const rollback, pause, resume = "/api/v1/maps/rollback", "/api/v1/maps/pause", "/api/v1/maps/resume"
	admin := map[string]string{"Authorization": "Bearer " + adminToken}
	runScenarios(t, []scenario{
		{name: "rollback", url: rollback, headers: admin, body: `{"version":1,"note":"why"}`, status: 200, content: []string{`"version":3,"published":true`, "Origin:rollback", "Version:1", "Note:why Dry:false Confirm:0"}},
		{name: "rollback, dry", url: rollback + "?dry=true&confirm=7", headers: admin, body: `{"version":1}`, status: 200, content: []string{"Dry:true Confirm:7"}},
		{name: "no such version", url: rollback, headers: admin, body: `{"version":9,"author":"ann"}`, status: 404, content: []string{`"not-found"`, "there is none"}},
		{name: "no version", url: rollback, headers: admin, body: `{}`, status: 400, content: []string{`"missing"`, `"version"`}},
		{name: "rollback with files", url: rollback, headers: admin, body: `{"version":1,"files":{}}`, status: 400, content: []string{`"invalid-json"`, "files", `{\"version\": 3}`}},
		{name: "rollback, many are due", url: rollback, headers: admin, body: `{"version":1,"author":"ann"}`, status: 409, content: []string{`"unconfirmed"`, "?confirm=5000"}},
		{name: "pause", url: pause, headers: admin, body: `{"touchpoint":"review"}`, status: 200, content: []string{"Origin:pause", "Touchpoint:review"}},
		{name: "pause all", url: pause, headers: admin, body: `{"all":true}`, status: 200, content: []string{"Origin:pause", "Touchpoint: Author"}},
		{name: "pause nothing", url: pause, headers: admin, body: `{}`, status: 400, content: []string{`"missing"`, `"touchpoint"`}},
		{name: "pause both", url: pause, headers: admin, body: `{"all":true,"touchpoint":"review"}`, status: 400, content: []string{`"missing"`}},
		{name: "no such touchpoint", url: pause, headers: admin, body: `{"touchpoint":"none","author":"ann"}`, status: 404, content: []string{`"not-found"`}},
		{name: "resume", url: resume, headers: admin, body: `{"touchpoint":"review"}`, status: 200, content: []string{"Origin:resume"}},
		{name: "resume, many are due", url: resume, headers: admin, body: `{"all":true,"author":"ann"}`, status: 409, content: []string{`"unconfirmed"`}},
		{name: "resume, record away", url: resume, headers: admin, body: `{"all":true,"author":"away"}`, status: 503, content: []string{`"unavailable"`}},
		{name: "rollback without token", url: rollback, headers: map[string]string{}, body: `{"version":1}`, status: 401, content: []string{`"unauthorized"`}},
		{name: "pause without token", url: pause, headers: map[string]string{}, body: `{"all":true}`, status: 401, content: []string{`"unauthorized"`}},
		{name: "resume without token", url: resume, headers: map[string]string{}, body: `{"all":true}`, status: 401, content: []string{`"unauthorized"`}},
	})
}
