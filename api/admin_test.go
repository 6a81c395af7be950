package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
)

// withInbox mounts pages that answer with their path, and set a policy of their own.
func withInbox(o *api.Options) {
	o.Inbox = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		_, _ = w.Write([]byte("inbox " + r.URL.Path))
	})
}

// session opens the login link and returns the cookie.
func session(t *testing.T, b *bundle) *http.Cookie {
	t.Helper()
	response, _ := send(t, b, scenario{method: http.MethodGet, url: "/login?token=" + adminToken, headers: map[string]string{}})
	require.Len(t, response.Cookies(), 1)
	return response.Cookies()[0]
}

func TestLoginSetsACookie(t *testing.T) {
	t.Parallel()
	b := setup(t, withInbox)
	response, _ := send(t, b, scenario{method: http.MethodGet, url: "/login?next=/inbox&token=" + adminToken, headers: map[string]string{}})
	require.Equal(t, http.StatusSeeOther, response.StatusCode)
	require.Equal(t, "/inbox", response.Header.Get("Location"))
	require.Equal(t, "no-store", response.Header.Get("Cache-Control"))

	cookie := response.Cookies()[0]
	require.True(t, cookie.HttpOnly)
	require.False(t, cookie.Secure)
	require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	require.Equal(t, 7*24*3600, cookie.MaxAge)
	require.NotContains(t, cookie.Value, adminToken)

	scenario{
		method: http.MethodGet, url: "/inbox/m_1", headers: map[string]string{"Cookie": cookie.String()},
		status: 200, content: []string{"inbox /inbox/m_1"},
	}.run(t, b)
}

func TestLoginBehindTLS(t *testing.T) {
	t.Parallel()
	response, _ := send(t, setup(t), scenario{
		method: http.MethodGet, url: "/login?token=" + adminToken, headers: map[string]string{"X-Forwarded-Proto": "https"},
	})
	require.True(t, response.Cookies()[0].Secure)
}

func TestLoginRefused(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"no token": "/login", "empty token": "/login?token=", "wrong token": "/login?token=x", "prefix": "/login?token=admin", "write key": "/login?token=" + writeKey,
		"script": "/login?token=%3Cscript%3Ealert(1)%3C/script%3E&next=%3Cscript%3E",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response, body := send(t, setup(t), scenario{method: http.MethodGet, url: url, headers: map[string]string{}})
			require.Equal(t, http.StatusUnauthorized, response.StatusCode)
			require.Empty(t, response.Cookies())
			require.Contains(t, body, "sign-in link")
			require.NotContains(t, body, "<script>")
		})
	}
}

func TestLoginLeadsOnlyToOurPages(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"":                              "/",
		"/inbox":                        "/inbox",
		"/inbox/m_1?page=2":             "/inbox/m_1?page=2",
		"/inbox?next=//evil.example":    "/inbox?next=//evil.example",
		"inbox":                         "/",
		"https://evil.example/":         "/",
		"//evil.example/":               "/",
		"///evil.example/":              "/",
		"/\\evil.example":               "/",
		"\\\\evil.example":              "/",
		"/\t/evil.example":              "/",
		"/\n/evil.example":              "/",
		" //evil.example":               "/",
		"/\x00/evil.example":            "/",
		"/inbox\r\nSet-Cookie: a=b":     "/",
		"javascript:alert(1)":           "/",
		"data:text/html,x":              "/",
		"/%zz":                          "/",
		"/..//evil.example":             "/evil.example",
		"/%2f/evil.example":             "/%2f/evil.example",
		"/\"><script>alert(1)</script>": "/\"><script>alert(1)</script>",
	} {
		t.Run(next, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			query := "token=" + adminToken + "&next=" + escapeQuery(next)
			response, body := send(t, b, scenario{method: http.MethodGet, url: "/login?" + query, headers: map[string]string{}})
			require.Equal(t, http.StatusSeeOther, response.StatusCode)
			require.Equal(t, want, response.Header.Get("Location"))
			require.NotContains(t, body, "<script>")
			require.Len(t, response.Cookies(), 1)
		})
	}
}

func TestAdminPages(t *testing.T) {
	t.Parallel()
	get := func(name, url string, headers map[string]string, status int, content ...string) scenario {
		return scenario{name: name, method: http.MethodGet, url: url, headers: headers, status: status, content: content}
	}
	runScenarios(t, []scenario{
		get("nobody", "/inbox", map[string]string{}, 401, `<html lang="en">`, "sign-in link"),
		get("nobody, in Dutch", "/inbox/", map[string]string{"Accept-Language": "nl-NL,nl;q=0.9,en;q=0.8"}, 401, `<html lang="nl">`, "aanmeldlink"),
		get("nobody, in French", "/inbox/", map[string]string{"Accept-Language": "fr, EN-gb;q=0.5, nl;q=0.4"}, 401, `<html lang="en">`),
		get("token", "/inbox", map[string]string{"Authorization": "Bearer " + adminToken}, 200, "inbox /inbox"),
		get("wrong token", "/inbox", map[string]string{"Authorization": "Bearer x"}, 401),
		get("made-up cookie", "/inbox", map[string]string{"Cookie": "klantreis_session=99999999999.AAAA"}, 401),
		get("token as cookie", "/inbox", map[string]string{"Cookie": "klantreis_session=" + adminToken}, 401),
		get("empty cookie", "/inbox", map[string]string{"Cookie": "klantreis_session="}, 401),
		get("start page", "/", map[string]string{}, 200, `<a href="/inbox">Inbox</a>`, "/v1/batch"),
		get("start page in Dutch", "/", map[string]string{"Accept-Language": "nl"}, 200, `<a href="/inbox">Postvak</a>`),
		get("style", "/style.css", map[string]string{}, 200, "font-family"),
		get("page below the start page", "/nothing", map[string]string{}, 404, `"not-found"`),
	}, withInbox)
	runScenarios(t, []scenario{
		get("no inbox", "/inbox", map[string]string{"Authorization": "Bearer " + adminToken}, 404, `"not-found"`),
	})
}

func TestWithoutAdminTokenNobodyGetsIn(t *testing.T) {
	t.Parallel()
	noToken := func(o *api.Options) { o.AdminToken = "" }
	// What somebody could make who knows the code, but no token.
	forged := session(t, setup(t)).Value
	runScenarios(t, []scenario{
		{name: "login", method: http.MethodGet, url: "/login?token=", headers: map[string]string{}, status: 401},
		{name: "empty bearer", method: http.MethodGet, url: "/inbox", headers: map[string]string{"Authorization": "Bearer "}, status: 401},
		{name: "cookie", method: http.MethodGet, url: "/inbox", headers: map[string]string{"Cookie": "klantreis_session=" + forged}, status: 401},
	}, withInbox, noToken)
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	now := receivedAt
	b := setup(t, withInbox, func(o *api.Options) { o.Now = func() time.Time { return now } })
	cookie := map[string]string{"Cookie": session(t, b).String()}
	inbox := scenario{method: http.MethodGet, url: "/inbox", headers: cookie, status: 200}

	now = receivedAt.Add(7*24*time.Hour - time.Second)
	inbox.run(t, b)
	now = receivedAt.Add(7 * 24 * time.Hour)
	inbox.status = 401
	inbox.run(t, b)
}

func TestSessionEndsWithItsToken(t *testing.T) {
	t.Parallel()
	old := session(t, setup(t))
	b := setup(t, withInbox, func(o *api.Options) { o.AdminToken = "a new token" })
	scenario{method: http.MethodGet, url: "/inbox", headers: map[string]string{"Cookie": old.String()}, status: 401}.run(t, b)
}

func TestChangesByCookieComeFromOurPages(t *testing.T) {
	t.Parallel()
	cookie := session(t, setup(t)).String()
	with := func(name, value string) map[string]string { return map[string]string{"Cookie": cookie, name: value} }
	const url = "http://shop.example/inbox/clear"
	runScenarios(t, []scenario{
		{name: "same origin", url: url, headers: with("Sec-Fetch-Site", "same-origin"), status: 200},
		{name: "address bar", url: url, headers: with("Sec-Fetch-Site", "none"), status: 200},
		{name: "other site", url: url, headers: with("Sec-Fetch-Site", "cross-site"), status: 403, content: []string{`"cross-origin"`}},
		{name: "sister site", url: url, headers: with("Sec-Fetch-Site", "same-site"), status: 403},
		{name: "old browser, same origin", url: url, headers: with("Origin", "http://shop.example"), status: 200},
		{name: "old browser, other origin", url: url, headers: with("Origin", "http://evil.example"), status: 403},
		{name: "sandboxed page", url: url, headers: with("Origin", "null"), status: 403},
		{name: "delete", method: http.MethodDelete, url: url, headers: with("Sec-Fetch-Site", "cross-site"), status: 403},
		{name: "reading is free", method: http.MethodGet, url: url, headers: with("Sec-Fetch-Site", "cross-site"), status: 200},
		{name: "program with the token", url: url, headers: map[string]string{"Authorization": "Bearer " + adminToken, "Sec-Fetch-Site": "cross-site"}, status: 200},
	}, withInbox)
}
