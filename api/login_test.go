package api_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

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

// signIn posts the form, as a browser does.
func signIn(t *testing.T, b *bundle, name, password string, headers map[string]string) (*http.Response, string) {
	t.Helper()
	sc := scenario{url: "/login", headers: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}
	maps.Copy(sc.headers, headers)
	sc.body = url.Values{"name": {name}, "password": {password}, "next": {"/inbox?page=2"}}.Encode()
	return send(t, b, sc)
}

func TestTheLinkSetsACookie(t *testing.T) {
	t.Parallel()
	b := setup(t, withInbox)
	response, _ := send(t, b, scenario{method: http.MethodGet, url: "/login?next=/inbox&token=" + adminToken, headers: map[string]string{}})
	require.Equal(t, http.StatusSeeOther, response.StatusCode)
	require.Equal(t, "/inbox", response.Header.Get("Location"))
	require.Equal(t, "no-store", response.Header.Get("Cache-Control"))

	cookie := response.Cookies()[0]
	require.Equal(t, "klantreis_session", cookie.Name)
	require.True(t, cookie.HttpOnly)
	require.False(t, cookie.Secure)
	require.Equal(t, "/", cookie.Path)
	require.Empty(t, cookie.Domain)
	require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	require.Equal(t, 7*24*3600, cookie.MaxAge)
	require.NotContains(t, cookie.Value, adminToken)
	scenario{
		method: http.MethodGet, url: "/inbox/m_1", headers: map[string]string{"Cookie": cookie.String()},
		status: 200, content: []string{"inbox /inbox/m_1"},
	}.run(t, b)
}

// TestACookieOverTLS has a name that browsers take from nobody else, and only that one counts there.
func TestACookieOverTLS(t *testing.T) {
	t.Parallel()
	b := setup(t, withInbox)
	response, _ := signIn(t, b, "viewer", "password of viewer", map[string]string{"X-Forwarded-Proto": "https"})
	cookie := response.Cookies()[0]
	require.Equal(t, "__Host-klantreis_session", cookie.Name)
	require.True(t, cookie.Secure)
	require.Equal(t, "/", cookie.Path)
	require.Empty(t, cookie.Domain)
	for name, status := range map[string]int{"__Host-klantreis_session": 200, "klantreis_session": 401} {
		headers := map[string]string{"X-Forwarded-Proto": "https", "Cookie": name + "=" + cookie.Value}
		scenario{method: http.MethodGet, url: "/inbox", headers: headers, status: status}.run(t, b)
	}
}

func TestTheFormSignsIn(t *testing.T) {
	t.Parallel()
	b := setup(t, withInbox)
	response, _ := signIn(t, b, "viewer", "password of viewer", nil)
	require.Equal(t, http.StatusSeeOther, response.StatusCode)
	require.Equal(t, "/inbox?page=2", response.Header.Get("Location"))
	headers := map[string]string{"Cookie": response.Cookies()[0].String()}
	scenario{method: http.MethodGet, url: "/", headers: headers, status: 200, content: []string{"viewer", "Sign out", `<a href="/inbox">Inbox</a>`, "/v1/batch"}}.run(t, b)
	headers["Accept-Language"] = "nl"
	scenario{method: http.MethodGet, url: "/", headers: headers, status: 200, content: []string{`<html lang="nl">`, "Afmelden", "Postvak"}}.run(t, b)

	out, _ := send(t, b, scenario{url: "/logout", headers: headers})
	require.Equal(t, http.StatusSeeOther, out.StatusCode)
	require.Equal(t, "/login", out.Header.Get("Location"))
	require.Negative(t, out.Cookies()[0].MaxAge)
	scenario{method: http.MethodGet, url: "/", headers: headers, status: 401}.run(t, b)
}

// TestNobodyLearnsWhichUsersExist: whatever is wrong, the answer is the same.
func TestNobodyLearnsWhichUsersExist(t *testing.T) {
	t.Parallel()
	var bodies []string
	for _, name := range []string{"viewer", "nobody"} {
		response, body := signIn(t, setup(t), name, "wrong", nil)
		require.Equal(t, http.StatusUnauthorized, response.StatusCode)
		require.Empty(t, response.Cookies())
		bodies = append(bodies, strings.ReplaceAll(body, name, "NAME"))
	}
	require.Equal(t, bodies[0], bodies[1])
	require.Contains(t, bodies[0], "This name and password do not belong together.")
}

func TestTheFormSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	response, body := signIn(t, setup(t), "throttled", "x", nil)
	require.Equal(t, http.StatusTooManyRequests, response.StatusCode)
	require.Equal(t, "90", response.Header.Get("Retry-After"))
	require.Contains(t, body, "Try again in 2 minutes.")
	b := setup(t)
	response, body = signIn(t, b, "away", "x", map[string]string{"Accept-Language": "nl"})
	require.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
	require.Contains(t, body, "Aanmelden lukt nu even niet.")
	require.NotContains(t, body, "10.0.0.1")
	require.Contains(t, b.log.String(), "10.0.0.1")
	response, _ = signIn(t, setup(t), "viewer", strings.Repeat("x", 10<<10), nil)
	require.Equal(t, http.StatusBadRequest, response.StatusCode, "the form is too large")
}

// TestNoOtherSiteSignsAnybodyIn: somebody signed in under a name that they do not know of would tell it their secrets.
func TestNoOtherSiteSignsAnybodyIn(t *testing.T) {
	t.Parallel()
	for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
		b := setup(t)
		response, _ := signIn(t, b, "viewer", "password of viewer", map[string]string{header[0]: header[1]})
		require.Equal(t, http.StatusForbidden, response.StatusCode, header)
		require.Empty(t, response.Cookies())
		out, _ := send(t, b, scenario{url: "/logout", headers: map[string]string{header[0]: header[1]}})
		require.Equal(t, http.StatusForbidden, out.StatusCode, header)
	}
}

// TestSessionFixation: an attacker who makes a browser send a session's id gains nothing. The id after signing in is
// another one, one that was made up opens nothing, and one that the attacker has from signing in themselves has ended.
func TestSessionFixation(t *testing.T) {
	t.Parallel()
	for name, link := range map[string]bool{"by the form": false, "by the link": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, withInbox)
			planted := session(t, b).Value
			for _, id := range []string{planted, "made-up"} {
				cookie := map[string]string{"Cookie": "klantreis_session=" + id}
				response, _ := signIn(t, b, "viewer", "password of viewer", cookie)
				if link {
					response, _ = send(t, b, scenario{method: http.MethodGet, url: "/login?token=" + adminToken, headers: cookie})
				}
				require.Equal(t, http.StatusSeeOther, response.StatusCode)
				require.NotEqual(t, id, response.Cookies()[0].Value)
				scenario{method: http.MethodGet, url: "/inbox", headers: cookie, status: 401}.run(t, b)
			}
		})
	}
}

func TestTheLinkRefused(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"empty token": "/login?token=", "wrong token": "/login?token=x", "prefix": "/login?token=admin", "write key": "/login?token=" + writeKey,
		"script": "/login?token=%3Cscript%3Ealert(1)%3C/script%3E&next=%3Cscript%3E",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response, body := send(t, setup(t), scenario{method: http.MethodGet, url: url, headers: map[string]string{}})
			require.Equal(t, http.StatusUnauthorized, response.StatusCode)
			require.Empty(t, response.Cookies())
			require.Contains(t, body, "This sign-in link is not valid.")
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

func TestPages(t *testing.T) {
	t.Parallel()
	get := func(name, url string, headers map[string]string, status int, content ...string) scenario {
		return scenario{name: name, method: http.MethodGet, url: url, headers: headers, status: status, content: content}
	}
	runScenarios(t, []scenario{
		get("nobody", "/inbox", map[string]string{}, 401, `<html lang="en">`, `name="next" value="/inbox"`, `<form method="post" action="/login">`),
		get("nobody, in Dutch", "/inbox/", map[string]string{"Accept-Language": "nl-NL,nl;q=0.9,en;q=0.8"}, 401, `<html lang="nl">`, "Aanmelden"),
		get("nobody, in French", "/inbox/", map[string]string{"Accept-Language": "fr, EN-gb;q=0.5, nl;q=0.4"}, 401, `<html lang="en">`),
		get("the form", "/login?next=/inbox", map[string]string{}, 200, `name="next" value="/inbox"`),
		get("token", "/inbox", map[string]string{"Authorization": "Bearer " + adminToken}, 200, "inbox /inbox"),
		get("token of another scope", "/inbox", map[string]string{"Authorization": "Bearer maps:read"}, 403, "No access"),
		get("wrong token", "/inbox", map[string]string{"Authorization": "Bearer x"}, 401),
		get("wrong token beside a cookie", "/inbox", map[string]string{"Authorization": "Bearer x", "Cookie": "klantreis_session=session-1"}, 401),
		get("made-up cookie", "/inbox", map[string]string{"Cookie": "klantreis_session=99999999999.AAAA"}, 401),
		get("token as cookie", "/inbox", map[string]string{"Cookie": "klantreis_session=" + adminToken}, 401),
		get("empty cookie", "/inbox", map[string]string{"Cookie": "klantreis_session="}, 401),
		get("the record is away", "/inbox", map[string]string{"Cookie": "klantreis_session=broken"}, 503, `"unavailable"`),
		get("start page", "/", map[string]string{}, 401, `name="next" value="/"`),
		get("style", "/style.css", map[string]string{}, 200, "font-family"),
		get("page below the start page", "/nothing", map[string]string{}, 404, `"not-found"`),
	}, withInbox)
	runScenarios(t, []scenario{
		get("no inbox", "/inbox", map[string]string{"Authorization": "Bearer " + adminToken}, 404, `"not-found"`),
	})
}

func TestWithoutAdminTokenThereIsNoBuiltInAdmin(t *testing.T) {
	t.Parallel()
	runScenarios(t, []scenario{
		{name: "link", method: http.MethodGet, url: "/login?token=", headers: map[string]string{}, status: 401},
		{name: "empty bearer", method: http.MethodGet, url: "/inbox", headers: map[string]string{"Authorization": "Bearer "}, status: 401},
	}, withInbox, func(o *api.Options) { o.AdminToken = "" })
}

// TestWhereSomebodyIs takes the word of our own proxies only.
func TestWhereSomebodyIs(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, peer, forwarded, want string }{
		{"no proxy", "198.51.100.7:40000", "", "198.51.100.7"},
		{"a stranger claims to be one", "198.51.100.7:40000", "203.0.113.9", "198.51.100.7"},
		{"behind one", "10.0.0.2:40000", "203.0.113.9", "203.0.113.9"},
		{"behind two", "10.0.0.2:40000", "203.0.113.9, 10.0.0.3", "203.0.113.9"},
		{"with a made-up beginning", "10.0.0.2:40000", "192.0.2.1, 203.0.113.9", "203.0.113.9"},
		{"with nonsense", "10.0.0.2:40000", "203.0.113.9, <script>", "10.0.0.2"},
		{"behind one that says nothing", "10.0.0.2:40000", "", "10.0.0.2"},
		{"over IPv6", "[2001:db8::7]:40000", "", "2001:db8::7"},
		{"a proxy over IPv6", "[fd00::1]:40000", "2001:db8::7", "2001:db8::7"},
		{"IPv4 in IPv6", "[::ffff:10.0.0.2]:40000", "::ffff:203.0.113.9", "203.0.113.9"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			accounts := newFakeAccounts()
			b := setup(t, func(o *api.Options) {
				o.Accounts = accounts
				o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
			})
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/login?token="+adminToken, nil)
			r.RemoteAddr = c.peer
			if c.forwarded != "" {
				r.Header.Set("X-Forwarded-For", c.forwarded)
			}
			b.ServeHTTP(httptest.NewRecorder(), r)
			require.Equal(t, c.want, accounts.from)
		})
	}
}

func TestChangesByCookieComeFromOurPages(t *testing.T) {
	t.Parallel()
	accounts := newFakeAccounts()
	withAccounts := func(o *api.Options) { o.Accounts = accounts }
	cookie := session(t, setup(t, withAccounts)).String()
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
	}, withInbox, withAccounts)
}
