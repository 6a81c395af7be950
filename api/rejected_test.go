package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
)

// fakeRejected keeps what is noted, by key.
type fakeRejected struct {
	mu     sync.Mutex
	noted  []api.RejectedEvent
	filter api.RejectedFilter
	err    error
	// silent is true when nothing is answered as long as somebody waits.
	silent bool
}

func (f *fakeRejected) Note(ctx context.Context, key string, events []api.RejectedEvent) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, bounded := ctx.Deadline(); f.silent && bounded {
		return context.DeadlineExceeded
	}
	for _, e := range events {
		e.Key = key
		f.noted = append(f.noted, e)
	}
	return f.err
}

func (f *fakeRejected) Rejected(_ context.Context, filter api.RejectedFilter) ([]api.RejectedEvent, error) {
	f.filter = filter
	return f.noted, f.err
}

func TestRejectedEventsAreNoted(t *testing.T) {
	t.Parallel()
	inBody := map[string]string{}
	tests := map[string]struct {
		scenario
		want []string // key, code, field and item
	}{
		"an event":              {scenario{url: "/v1/track", body: `{"userId":"u"}`}, []string{`test missing event {"userId":"u"}`}},
		"an event that is fine": {scenario{url: "/v1/track", body: `{"userId":"u","event":"X"}`}, nil},
		"two of three in a batch": {
			scenario{url: "/v1/batch", body: `{"batch":[{"type":"track"},` + good("m1") + `, 7 ]}`},
			[]string{`test missing event {"type":"track"}`, `test wrong-type  7`},
		},
		"a body that is not JSON": {scenario{url: "/v1/track", body: ` userId=u `}, []string{`test invalid-json  userId=u`}},
		"a body that is too large": {
			scenario{url: "/v1/batch", body: strings.Repeat(" ", 600<<10)}, []string{`test too-large  `},
		},
		"a batch with a bad context": {scenario{url: "/v1/batch", body: `{"context":1,"batch":[]}`}, []string{`test wrong-type context `}},
		"the key in the body": {
			scenario{url: "/v1/track", headers: inBody, body: `{"writeKey" : "wk_test","userId":"wk_test"}`},
			[]string{`test missing event {"writeKey":"...","userId":"..."}`},
		},
		"another key in the body": {
			scenario{url: "/v1/track", body: `{"writeKey":"wk_\"other","userId":"u"}`}, []string{`test missing event {"writeKey":"...","userId":"u"}`},
		},
		"a key that is cut off": {
			scenario{url: "/v1/track", body: `{"userId":"u","writeKey":"wk_oth`}, []string{`test invalid-json  {"userId":"u","writeKey":"..."`},
		},
		"of strangers":           {scenario{url: "/v1/track", headers: inBody, body: `{"userId":"u"}`}, nil},
		"of strangers, not JSON": {scenario{url: "/v1/track", headers: inBody, body: `{`}, nil},
		"of a wrong key":         {scenario{url: "/v1/track", headers: map[string]string{"Authorization": "Bearer wk_wrong"}, body: `{`}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rejected := &fakeRejected{}
			b := setup(t, func(o *api.Options) { o.Rejected = rejected })
			send(t, b, tt.scenario)
			var got []string
			for _, e := range rejected.noted {
				require.Equal(t, receivedAt, e.ReceivedAt)
				got = append(got, fmt.Sprintf("%s %s %s %s", e.Key, e.Code, e.Field, e.Item))
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestOnlyTheBeginningOfARejectedEventIsNoted(t *testing.T) {
	t.Parallel()
	rejected := &fakeRejected{}
	b := setup(t, func(o *api.Options) { o.Rejected = rejected })
	send(t, b, scenario{url: "/v1/track", body: `{"x":"` + strings.Repeat("é", 5000) + `"}`})
	require.Len(t, rejected.noted[0].Item, 2048)
	send(t, b, scenario{url: "/v1/track", body: `{"x":"` + strings.Repeat("é", 1020) + `", "userId":"wk_test` + strings.Repeat("é", 5000) + `"}`})
	require.NotContains(t, rejected.noted[1].Item, "wk_")

	rejected.noted = nil
	send(t, b, scenario{url: "/v1/batch", body: `{"batch":[` + strings.Repeat("1,", 500) + `1]}`})
	require.Len(t, rejected.noted, 100)
}

func TestRejectedEventsThatCannotBeNoted(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *api.Options) { o.Rejected = &fakeRejected{err: errors.New("the record is away")} })
	scenario{url: "/v1/batch", body: `{"batch":[1,` + good("m1") + `]}`, status: 200, stored: []string{"m1"}}.run(t, b)
	require.Contains(t, b.log.String(), "note rejected events")
}

func TestNobodyWaitsForeverUntilRejectedEventsAreNoted(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *api.Options) { o.Rejected = &fakeRejected{silent: true} })
	scenario{url: "/v1/batch", body: `{"batch":[1,` + good("m1") + `]}`, status: 200, stored: []string{"m1"}}.run(t, b)
	require.Contains(t, b.log.String(), "deadline exceeded")
}

func TestWhatIsToBeSentAgainIsNotNotedYet(t *testing.T) {
	t.Parallel()
	rejected := &fakeRejected{}
	b := setup(t, func(o *api.Options) { o.Rejected = rejected })
	b.ingestor.failures = 1
	again := scenario{url: "/v1/batch", body: `{"batch":[1,` + good("m1") + `]}`}
	send(t, b, again)
	require.Empty(t, rejected.noted)
	send(t, b, again)
	require.Len(t, rejected.noted, 1)
}

func TestShowRejectedEvents(t *testing.T) {
	t.Parallel()
	admin := map[string]string{"Authorization": "Bearer " + adminToken}
	rejected := &fakeRejected{noted: []api.RejectedEvent{{
		ID: 7, ReceivedAt: receivedAt, Key: "shop", Problem: api.Problem{Code: "missing", Field: "userId", Message: "is required"}, Item: "{}",
	}}}
	b := setup(t, func(o *api.Options) { o.Rejected = rejected })
	_, body := send(t, b, scenario{method: http.MethodGet, url: "/api/v1/rejected?before=9&limit=5&key=shop", headers: admin})
	require.JSONEq(t, `{"rejected":[{"id":7,"receivedAt":"`+receivedAt.Format(time.RFC3339)+`","key":"shop","code":"missing","field":"userId","message":"is required","item":"{}"}]}`, body)
	require.Equal(t, api.RejectedFilter{Before: 9, Key: "shop", Limit: 5}, rejected.filter)

	runScenarios(t, []scenario{
		{name: "none", method: http.MethodGet, url: "/api/v1/rejected", headers: admin, status: 200, content: []string{`{"rejected":[]}`}},
		{name: "limit is words", method: http.MethodGet, url: "/api/v1/rejected?limit=many", headers: admin, status: 400, content: []string{`"invalid-parameter"`, `"field":"limit"`}},
		{name: "before is zero", method: http.MethodGet, url: "/api/v1/rejected?before=0", headers: admin, status: 400, content: []string{`"field":"before"`}},
		{name: "write key", method: http.MethodGet, url: "/api/v1/rejected", headers: map[string]string{"Authorization": basicAuth}, status: 401},
	}, func(o *api.Options) { o.Rejected = &fakeRejected{} })
	scenario{method: http.MethodGet, url: "/api/v1/rejected", headers: admin, status: 503}.run(t,
		setup(t, func(o *api.Options) { o.Rejected = &fakeRejected{err: errors.New("away")} }))
}
