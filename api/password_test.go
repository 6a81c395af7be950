package api_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

const formType = "application/x-www-form-urlencoded"

// signedIn returns the header of a viewer's session.
func signedIn(t *testing.T, b *bundle) map[string]string {
	t.Helper()
	response, _ := signIn(t, b, "viewer", "password of viewer", nil)
	return map[string]string{"Cookie": response.Cookies()[0].String()}
}

func withHeaders(headers map[string]string, more ...string) map[string]string {
	headers = maps.Clone(headers)
	for i := 0; i < len(more); i += 2 {
		headers[more[i]] = more[i+1]
	}
	return headers
}

// TestOwnPassword by the form: what is wrong is told in the reader's language, and a change ends the session that asks.
func TestOwnPassword(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		old, changed, again string
		status              int
		en, nl              string
	}{
		"right":              {"password of viewer", "a longer password", "a longer password", 200, "The password was changed.", "Het wachtwoord is gewijzigd."},
		"another old one":    {"wrong", "a longer password", "a longer password", 403, "The current password is not right.", "Het huidige wachtwoord klopt niet."},
		"not twice":          {"password of viewer", "a longer password", "a longer passwort", 400, "The two new passwords are different.", "De twee nieuwe wachtwoorden zijn niet gelijk."},
		"short":              {"password of viewer", "short", "short", 400, "The new password must have 12 to 256 characters.", "12 tot 256 tekens"},
		"the same":           {"password of viewer", "password of viewer", "password of viewer", 400, "The new password is the current one.", "Het nieuwe wachtwoord is het huidige."},
		"too many tries":     {"throttle", "a longer password", "a longer password", 429, "Try again in 2 minutes.", "Probeer het over 2 minuten nog eens."},
		"the record is away": {"away", "a longer password", "a longer password", 503, "does not work right now", "Wijzigen lukt nu even niet."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for lang, says := range map[string]string{"en": tt.en, "nl": tt.nl} {
				b := setup(t)
				headers := signedIn(t, b)
				other := signedIn(t, b)
				form := url.Values{"old": {tt.old}, "new": {tt.changed}, "again": {tt.again}}
				response, body := send(t, b, scenario{url: "/password", body: form.Encode(), headers: withHeaders(headers, "Content-Type", formType, "Accept-Language", lang)})
				require.Equal(t, tt.status, response.StatusCode)
				require.Contains(t, body, says)
				require.Contains(t, body, `<html lang="`+lang+`">`)
				require.NotContains(t, body, tt.changed, "no password is shown")
				require.NotContains(t, body, "10.0.0.1")
				require.Equal(t, "no-store", response.Header.Get("Cache-Control"))
				if tt.status != http.StatusOK {
					require.Empty(t, response.Cookies())
					scenario{method: http.MethodGet, url: "/", headers: other, status: 200}.run(t, b)
					continue
				}
				for _, former := range []map[string]string{headers, other} {
					scenario{method: http.MethodGet, url: "/", headers: former, status: 401}.run(t, b)
				}
				fresh := map[string]string{"Cookie": response.Cookies()[0].String()}
				scenario{method: http.MethodGet, url: "/", headers: fresh, status: 200, content: []string{`<a href="/password">Change password</a>`}}.run(t, b)
			}
		})
	}
}

func TestOwnPasswordByTheAPI(t *testing.T) {
	t.Parallel()
	b := setup(t)
	headers := withHeaders(signedIn(t, b), "Content-Type", "application/json")
	for body, want := range map[string]struct {
		status int
		says   string
	}{
		`{"old":"wrong","new":"a longer password"}`:               {403, `"field":"old"`},
		`{"old":"password of viewer","new":"short"}`:              {400, `"field":"new"`},
		`{"old":"password of viewer","new":"password of viewer"}`: {400, `"field":"new"`},
		`{"old":1,"new":"a longer password"}`:                     {400, `"code":"wrong-type"`},
		`{"old":"throttle","new":"a longer password"}`:            {429, `"code":"rate-limited"`},
		`{"old":"away","new":"a longer password"}`:                {503, `"code":"unavailable"`},
	} {
		scenario{name: body, url: "/api/v1/password", body: body, headers: headers, status: want.status, content: []string{want.says}}.run(t, b)
	}
	response, _ := send(t, b, scenario{url: "/api/v1/password", body: `{"old":"password of viewer","new":"a longer password"}`, headers: headers})
	require.Equal(t, http.StatusNoContent, response.StatusCode)
	scenario{method: http.MethodGet, url: "/", headers: headers, status: 401}.run(t, b)
	scenario{method: http.MethodGet, url: "/", headers: map[string]string{"Cookie": response.Cookies()[0].String()}, status: 200}.run(t, b)
}

// TestTheBuiltInAdminHasNoPassword, by whatever way they came in.
func TestTheBuiltInAdminHasNoPassword(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const body = `{"old":"password of built-in admin","new":"a longer password"}`
	cookie := map[string]string{"Cookie": session(t, b).String()}
	for _, headers := range []map[string]string{cookie, {"Authorization": "Bearer " + adminToken}} {
		scenario{url: "/api/v1/password", body: body, headers: headers, status: 403, content: []string{"only users who signed in"}}.run(t, b)
		scenario{method: http.MethodGet, url: "/password", headers: headers, status: 200, content: []string{"has no password but a token"}}.run(t, b)
	}
	_, page := send(t, b, scenario{method: http.MethodGet, url: "/", headers: cookie})
	require.NotContains(t, page, "/password")
}
