package api_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/internal/access"
)

// fakePreferences knows the readers of a few tokens, and keeps what it is told.
type fakePreferences struct{ calls []string }

func (f *fakePreferences) note(token, call string) (bool, error) {
	if token == "broken" {
		return false, errors.New("the record is away")
	}
	if token == "none" {
		return false, nil
	}
	f.calls = append(f.calls, call)
	return true, nil
}

func (f *fakePreferences) Reader(_ context.Context, token string) (api.Reader, bool, error) {
	topics := []api.ReaderTopic{
		{ID: "tips", Titles: map[string]string{"nl": "Tips & onderhoud", "en": "Tips <b>care</b>"}, Wanted: true},
		{ID: "offers", Titles: map[string]string{"nl": "Aanbiedingen", "en": "Offers"}},
	}
	switch token {
	case "broken":
		return api.Reader{}, false, errors.New("the record is away")
	case "jan":
		return api.Reader{Shop: "Winkel", Locale: "nl-BE", Known: true, Topics: topics, Weekly: true, NotBefore: time.Date(2026, 5, 3, 0, 0, 0, 0, time.UTC)}, true, nil
	case "ann":
		return api.Reader{Shop: "Shop", Locale: "en", Known: true, Topics: topics}, true, nil
	case "out":
		return api.Reader{Shop: "Shop", Locale: "en", Known: true, Unsubscribed: true}, true, nil
	case "gone":
		return api.Reader{Shop: "Shop", Unsubscribed: true}, true, nil
	}
	return api.Reader{}, false, nil
}

func (f *fakePreferences) Unsubscribe(_ context.Context, token, source string) (bool, error) {
	return f.note(token, "unsubscribe by "+source)
}

func (f *fakePreferences) Subscribe(_ context.Context, token string) (bool, error) {
	return f.note(token, "subscribe")
}

func (f *fakePreferences) Choose(_ context.Context, token string, _ api.ReaderChoice) (bool, error) {
	return f.note(token, "choose")
}

func (f *fakePreferences) Confirmation(_ context.Context, token string) (api.Confirmation, bool, error) {
	c := api.Confirmation{Shop: "Winkel", Locale: "nl", Topics: []map[string]string{{"nl": "Tips", "en": "Tips"}}}
	switch token {
	case "broken":
		return c, false, errors.New("the record is away")
	case "done":
		c.Done = true
		return c, true, nil
	case "jan":
		return c, true, nil
	}
	return c, false, nil
}

func (f *fakePreferences) Confirm(_ context.Context, token string) (bool, error) {
	return f.note(token, "confirm")
}

func TestPreferencePages(t *testing.T) {
	t.Parallel()
	browser := map[string]string{"Accept-Language": "en-GB,en;q=0.9"}
	posted := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	get := func(url string, status int, content ...string) scenario {
		return scenario{method: http.MethodGet, url: url, headers: browser, status: status, content: content}
	}
	post := func(url, body string, status int, content ...string) scenario {
		return scenario{url: url, headers: posted, body: body, status: status, content: content}
	}
	tests := map[string]struct {
		scenario
		calls []string
	}{
		"in the reader's language":         {get("/u/jan", 200, `<html lang="nl">`, "Winkel", "Tips &amp; onderhoud", `value="weekly" checked`, "Geen mail tot 3 mei 2026"), nil},
		"in another one":                   {get("/u/ann", 200, `<html lang="en">`, "Tips &lt;b&gt;care&lt;/b&gt;", `value="normal" checked`, "No mail for 30 days"), nil},
		"in the one asked for":             {get("/u/jan?lang=en", 200, `<html lang="en">`, "No mail until 3 May 2026"), nil},
		"unsubscribed":                     {get("/u/out", 200, "You are unsubscribed", "Subscribe again"), nil},
		"of somebody gone":                 {get("/u/gone", 200, "You are unsubscribed"), nil},
		"of nobody":                        {get("/u/none", 404, "This link does not work"), nil},
		"while the record is away":         {get("/u/broken", 503, "One moment, please"), nil},
		"one click":                        {post("/u/jan", "List-Unsubscribe=One-Click", 200), []string{"unsubscribe by one-click"}},
		"the button":                       {post("/u/jan", "do=unsubscribe", 200), []string{"unsubscribe by preference-page"}},
		"subscribing":                      {post("/u/jan", "do=subscribe", 200, "Fijn dat je er weer bij bent."), []string{"subscribe"}},
		"saving":                           {post("/u/jan", "do=save", 200, "Je keuze is bewaard."), []string{"choose"}},
		"something else":                   {post("/u/jan", "do=what", 422, "Er is niets veranderd."), nil},
		"a click while the record is away": {post("/u/broken", "List-Unsubscribe=One-Click", 503, "nothing was changed yet"), nil},
		"a click of nobody":                {post("/u/none", "List-Unsubscribe=One-Click", 404), nil},
		"something else of nobody":         {post("/u/none", "do=what", 404), nil},
		"to confirm":                       {get("/c/jan", 200, "Wil je mail van ons ontvangen?", "<li>Tips</li>", "Ja, graag"), nil},
		"confirmed":                        {get("/c/done", 200, "Bedankt, het is bevestigd"), nil},
		"to confirm nothing":               {get("/c/none", 404), nil},
		"confirming":                       {post("/c/jan", "", 200), []string{"confirm"}},
		"confirming nothing":               {post("/c/none", "", 404), nil},
		"confirming, record away":          {post("/c/broken", "", 503), nil},
	}
	inline := regexp.MustCompile(`(?s)<style>(.*)</style>`)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			prefs := &fakePreferences{}
			b := setup(t, func(o *api.Options) { o.Preferences = prefs })
			response, body := send(t, b, tt.scenario)
			require.Equal(t, tt.status, response.StatusCode, body)
			for _, want := range tt.content {
				require.Contains(t, body, want)
			}
			require.Equal(t, tt.calls, prefs.calls)
			require.Empty(t, response.Cookies())
			require.Equal(t, "no-store", response.Header.Get("Cache-Control"))
			require.Equal(t, "no-referrer", response.Header.Get("Referrer-Policy"), "the address of the page is a secret")
			require.NotContains(t, body, "<script")
			style := inline.FindStringSubmatch(body)
			require.NotNil(t, style)
			sum := sha256.Sum256([]byte(style[1]))
			require.Equal(t, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
				response.Header.Get("Content-Security-Policy"))
			require.Equal(t, strings.Count(body, "<form"), strings.Count(body, `method="post"`))
		})
	}
}

func TestWithoutLinksThereAreNoPreferencePages(t *testing.T) {
	t.Parallel()
	runScenarios(t, []scenario{
		{name: "page", method: http.MethodGet, url: "/u/jan", status: 404, content: []string{`"not-found"`}},
		{name: "click", url: "/u/jan", body: "List-Unsubscribe=One-Click", status: 404, content: []string{`"not-found"`}},
		{name: "confirmation", url: "/c/jan", status: 404, content: []string{`"not-found"`}},
	})
}

// fakeConsents knows one customer.
type fakeConsents struct{ objected map[string]bool }

func (fakeConsents) Consents(_ context.Context, userID string, _ int64, limit int) ([]api.Consent, bool, error) {
	if userID == "new" {
		return nil, true, nil
	}
	list := []api.Consent{{Seq: 2, Class: "marketing", Channel: "email", Given: true, Source: "checkout"}, {Seq: 1, Topic: "tips", Channel: "email", Source: "event"}}
	return list[:min(limit, len(list))], userID == "jan", nil
}

func (f fakeConsents) Object(_ context.Context, _ access.Actor, userID string, lift bool) error {
	if userID != "jan" {
		return api.ErrNoCustomer
	}
	f.objected[userID] = !lift
	return nil
}

func TestConsentsOfACustomer(t *testing.T) {
	t.Parallel()
	admin := map[string]string{"Authorization": "Bearer " + adminToken}
	f := fakeConsents{objected: map[string]bool{}}
	with := func(o *api.Options) { o.Consents = f }
	runScenarios(t, []scenario{
		{name: "all", method: http.MethodGet, url: "/api/v1/customers/jan/consents", headers: admin, status: 200, content: []string{`"source":"checkout"`, `"topic":"tips"`}},
		{name: "a page", method: http.MethodGet, url: "/api/v1/customers/jan/consents?limit=1&before=9", headers: admin, status: 200, content: []string{`"source":"checkout"`}},
		{name: "none", method: http.MethodGet, url: "/api/v1/customers/new/consents", headers: admin, status: 200, content: []string{`{"consents":[]}`}},
		{name: "nobody", method: http.MethodGet, url: "/api/v1/customers/x/consents", headers: admin, status: 404},
		{name: "a bad limit", method: http.MethodGet, url: "/api/v1/customers/jan/consents?limit=x", headers: admin, status: 400},
		{name: "without a token", method: http.MethodGet, url: "/api/v1/customers/jan/consents", headers: map[string]string{}, status: 401},
		{name: "object without a token", method: http.MethodPut, url: "/api/v1/customers/jan/objection", headers: map[string]string{}, status: 401},
		{name: "object for nobody", method: http.MethodPut, url: "/api/v1/customers/x/objection", headers: admin, status: 404},
	}, with)
	b := setup(t, with)
	for method, want := range map[string]string{http.MethodPut: `{"objected":true}`, http.MethodDelete: `{"objected":false}`} {
		response, body := send(t, b, scenario{method: method, url: "/api/v1/customers/jan/objection", headers: admin})
		require.Equal(t, http.StatusOK, response.StatusCode)
		require.JSONEq(t, want, body)
	}
}
