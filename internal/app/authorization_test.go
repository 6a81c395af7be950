package app

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/store"
)

// everybody is the least role of a route that is answered without a login.
const everybody = "everybody"

// rule is what is expected of one route.
type rule struct {
	// least is the least role that may use it, or everybody.
	least string
	// scope is what a token needs. Empty when no token but that of the built-in admin will do.
	scope string
	// body is what is sent, and status what comes of it for those who may.
	body   string
	status int
}

// authorization is who may do what. A route that is not here fails the test; so does a line without a route.
var authorization = map[string]rule{
	"POST /v1/identify":                           {everybody, "", "{}", 401}, // which asks for a write key
	"POST /v1/track":                              {everybody, "", "{}", 401},
	"POST /v1/page":                               {everybody, "", "{}", 401},
	"POST /v1/screen":                             {everybody, "", "{}", 401},
	"POST /v1/group":                              {everybody, "", "{}", 401},
	"POST /v1/alias":                              {everybody, "", "{}", 401},
	"POST /v1/batch":                              {everybody, "", `{"batch":[]}`, 401},
	"POST /v1/import":                             {everybody, "", `{"batch":[]}`, 401},
	"POST /v1/cloudevents":                        {everybody, "", "{}", 415}, // and for another content type
	"GET /style.css":                              {everybody, "", "", 200},
	"GET /login":                                  {everybody, "", "", 200},
	"POST /login":                                 {everybody, "", "%", 400},
	"POST /logout":                                {everybody, "", "", 303},
	"GET /schema/journey.json":                    {everybody, "", "", 200},
	"GET /healthz":                                {everybody, "", "", 200},
	"GET /readyz":                                 {everybody, "", "", 200},
	"GET /a/{token}":                              {everybody, "", "", 404}, // which asks for a signed link
	"POST /a/{token}":                             {everybody, "", "", 404},
	"GET /u/{token}":                              {everybody, "", "", 404},
	"POST /u/{token}":                             {everybody, "", "", 404},
	"GET /c/{token}":                              {everybody, "", "", 404},
	"POST /c/{token}":                             {everybody, "", "", 404},
	"POST /webhooks/sendgrid":                     {everybody, "", "[]", 403}, // which asks for a signature
	"POST /webhooks/shops/{shop}":                 {everybody, "", "{}", 404}, // which asks for the name of a connection, and a signature
	"GET /api/v1/connections":                     {"service", "connections:read", "", 200},
	"GET /{$}":                                    {"viewer", "", "", 200},
	"GET /password":                               {"viewer", "", "", 200},
	"POST /password":                              {"viewer", "", "%", 400},
	"POST /api/v1/password":                       {"viewer", "", "[", 400},
	"GET /inbox":                                  {"viewer", "customers:read", "", 200},
	"GET /inbox/":                                 {"viewer", "customers:read", "", 200},
	"POST /inbox/":                                {"service", "customers:write", "", 200},
	"DELETE /inbox/":                              {"service", "customers:write", "", 200},
	"GET /metrics":                                {"viewer", "metrics:read", "", 200},
	"GET /api/v1/clock":                           {"viewer", "maps:read", "", 200},
	"GET /api/v1/reasons":                         {"viewer", "maps:read", "", 200},
	"GET /api/v1/customers/{userId}":              {"viewer", "customers:read", "", 404},
	"GET /api/v1/connections/requests":            {"service", "connections:read", "", 200},
	"POST /api/v1/connections/requests/done":      {"admin", "customers:erase", "{}", 400},
	"GET /api/v1/customers/{userId}/decisions":    {"viewer", "customers:read", "", 404},
	"POST /api/v1/customers/{userId}/merge":       {"service", "customers:write", "{}", 400},
	"GET /api/v1/customers/{userId}/consents":     {"viewer", "customers:read", "", 404},
	"PUT /api/v1/customers/{userId}/objection":    {"service", "customers:write", "", 404},
	"DELETE /api/v1/customers/{userId}/objection": {"service", "customers:write", "", 404},
	"GET /api/v1/customers/{userId}/export":       {"service", "customers:export", "", 404},
	"DELETE /api/v1/customers/{userId}":           {"admin", "customers:erase", "", 404},
	"GET /api/v1/erasures":                        {"admin", "customers:erase", "", 200},
	"GET /api/v1/rejected":                        {"service", "events:read", "", 200},
	"GET /api/v1/maps":                            {"viewer", "maps:read", "", 200},
	"GET /api/v1/maps/{version}":                  {"viewer", "maps:read", "", 400},
	"POST /api/v1/maps":                           {"marketer", "maps:publish", "[", 400},
	"POST /api/v1/maps/rollback":                  {"marketer", "maps:publish", "[", 400},
	"POST /api/v1/maps/pause":                     {"marketer", "maps:publish", "[", 400},
	"POST /api/v1/maps/resume":                    {"marketer", "maps:publish", "[", 400},
	"GET /api/v1/keys":                            {"admin", "keys:read", "", 200},
	"POST /api/v1/keys":                           {"admin", "keys:write", "{}", 400},
	"DELETE /api/v1/keys/{name}":                  {"admin", "keys:write", "", 404},
	"GET /api/v1/parked":                          {"service", "events:read", "", 200},
	"POST /api/v1/parked/retry":                   {"admin", "events:write", "", 200},
	"POST /api/v1/parked/{id}/retry":              {"admin", "events:write", "", 400},
	"GET /api/v1/suppressions":                    {"service", "suppressions:read", "", 200},
	"POST /api/v1/suppressions/lift":              {"service", "suppressions:write", "{}", 400},
	"GET /api/v1/audit":                           {"admin", "audit:read", "", 200},
}

// house is a process with every route, and people and programs of every kind.
type house struct {
	*App
	handler *api.Server
	now     time.Time
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{now: start}
	cfg := setup(t)
	cfg.HTTP.PublicURL, cfg.HTTP.LinkKey = "https://reis.test", "a key that nobody knows"
	_, cfg.SendGrid.WebhookKey = newSigner(t)
	cfg.Shopify = config.Shopify{Name: "nl", URL: "https://nl.test", Secret: "shop secret", Version: "2026-01"}
	o := options()
	o.Now = func() time.Time { return h.now }
	o.Inbox = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	h.App = openWith(t, cfg, o)
	h.handler = h.App.handler().(*api.Server)
	for _, role := range access.Roles() {
		require.NoError(t, h.record.CreateUser(t.Context(), access.Actor{}, string(role), role, "hash"))
	}
	for _, rule := range access.Rules() {
		h.token(t, string(rule.Permission), rule.Permission)
	}
	return h
}

// token makes a token whose secret is its name.
func (h *house) token(t *testing.T, name string, scopes ...access.Permission) {
	t.Helper()
	require.NoError(t, h.record.CreateToken(t.Context(), access.Actor{}, name, hashKey(name), scopes))
}

// session begins a session and returns its header. An empty name is that of the built-in admin.
func (h *house) session(t *testing.T, user string) http.Header {
	t.Helper()
	entry := store.Entry{User: user, PasswordHash: "hash"}
	if user == "" {
		entry.Stamp = h.accounts.stamp()
	}
	id, err := h.accounts.begin(t.Context(), access.Actor{Kind: access.User, Name: user}, entry)
	require.NoError(t, err)
	return http.Header{"Cookie": {"klantreis_session=" + id}}
}

// user adds a user with a session.
func (h *house) user(t *testing.T, name string, role access.Role) http.Header {
	t.Helper()
	require.NoError(t, h.record.CreateUser(t.Context(), access.Actor{}, name, role, "hash"))
	return h.session(t, name)
}

func bearerOf(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// strangers are those whom nothing but the open routes answers, by what is wrong with them.
func (h *house) strangers(t *testing.T) map[string]http.Header {
	t.Helper()
	none := access.Actor{}
	old := h.session(t, "admin")
	h.now = h.now.Add(5 * 24 * time.Hour)
	idle := h.session(t, "admin")
	h.now = h.now.Add(2 * 24 * time.Hour)
	disabled, demoted, renewed := h.user(t, "disabled", access.Admin), h.user(t, "demoted", access.Admin), h.user(t, "renewed", access.Admin)
	require.NoError(t, h.record.SetDisabled(t.Context(), none, "disabled", true))
	require.NoError(t, h.record.SetRole(t.Context(), none, "demoted", access.Viewer))
	require.NoError(t, h.record.SetPassword(t.Context(), none, "renewed", "another"))
	gone := h.session(t, "admin")
	require.NoError(t, h.accounts.SignOut(t.Context(), strings.TrimPrefix(gone.Get("Cookie"), "klantreis_session="), ""))
	h.token(t, "revoked", access.AuditRead, access.CustomersRead)
	require.NoError(t, h.record.RevokeToken(t.Context(), none, "revoked"))
	former := *h.accounts
	former.builtIn = "the admin token of last year"
	id, err := former.begin(t.Context(), none, store.Entry{Stamp: former.stamp()})
	require.NoError(t, err)
	return map[string]http.Header{
		"nobody": {}, "a session that lasted a week": old, "a session that was not used for long": idle, "a disabled user": disabled,
		"a user whose role changed": demoted, "a user whose password changed": renewed, "somebody who signed out": gone,
		"a made-up session": {"Cookie": {"klantreis_session=AAAA"}}, "an empty session": {"Cookie": {"klantreis_session="}},
		"the hash of a session":                {"Cookie": {"klantreis_session=" + hashKey(strings.TrimPrefix(h.session(t, "admin").Get("Cookie"), "klantreis_session="))}},
		"a session of a former admin token":    {"Cookie": {"klantreis_session=" + id}},
		"a session under the name of TLS":      {"Cookie": {"__Host-" + h.session(t, "admin").Get("Cookie")}},
		"a wrong token beside a session":       {"Authorization": {"Bearer wrong"}, "Cookie": h.session(t, "admin")["Cookie"]},
		"an admin's password as token":         bearerOf("hash"),
		"a revoked token":                      bearerOf("revoked"),
		"a token's hash":                       bearerOf(hashKey("audit:read")),
		"the write key":                        bearerOf("write-key"),
		"the admin token as basic credentials": {"Authorization": {"Basic YWRtaW46YWRtaW4tdG9rZW4="}},
		"an empty token":                       bearerOf(""),
	}
}

// ask sends one request and returns the status of its answer.
func (h *house) ask(t *testing.T, method, pattern, body string, header http.Header) int {
	t.Helper()
	path := regexp.MustCompile(`\{\$\}`).ReplaceAllString(strings.TrimPrefix(pattern, strings.Fields(pattern)[0]+" "), "")
	path = regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, "x")
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	maps.Copy(r.Header, header)
	if path == "/login" || path == "/password" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w.Code
}

// TestAuthorization asks every route on behalf of everybody. The routes are the server's own.
func TestAuthorization(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	strangers := h.strangers(t)
	var declared []string
	for _, route := range h.handler.Routes() {
		declared = append(declared, route.Pattern)
		want, ok := authorization[route.Pattern]
		require.True(t, ok, "say in this table who may use %s", route.Pattern)
		require.Equal(t, want.least == everybody, route.Open, route.Pattern)
		h.checkRoute(t, route.Pattern, want, strangers)
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(authorization)), declared, "a line of the table without a route")
}

func (h *house) checkRoute(t *testing.T, pattern string, want rule, strangers map[string]http.Header) {
	t.Helper()
	method := strings.Fields(pattern)[0]
	ask := func(header http.Header) int { return h.ask(t, method, pattern, want.body, header) }
	expect := func(may bool, denied int) int {
		if may || want.least == everybody {
			return want.status
		}
		return denied
	}
	for name, header := range strangers {
		if want.status == http.StatusUnauthorized && name == "the write key" {
			continue // which is what these routes ask for
		}
		require.Equal(t, expect(false, http.StatusUnauthorized), ask(header), "%s: %s", pattern, name)
	}
	if method == http.MethodGet {
		require.Equal(t, expect(false, http.StatusUnauthorized), h.ask(t, http.MethodHead, pattern, "", nil), "HEAD for %s", pattern)
	}
	for i, role := range access.Roles() {
		least := slices.Index(access.Roles(), access.Role(want.least))
		require.Equal(t, expect(i >= least && least >= 0, http.StatusForbidden), ask(h.session(t, string(role))), "%s: %s", pattern, role)
	}
	for _, scope := range access.Rules() {
		name := string(scope.Permission)
		require.Equal(t, expect(want.scope == name, http.StatusForbidden), ask(bearerOf(name)), "%s: a token with %s", pattern, name)
	}
	require.Equal(t, want.status, ask(h.session(t, "")), "%s: a session of the built-in admin", pattern)
	require.Equal(t, want.status, ask(bearerOf("admin-token")), "%s: the admin token", pattern)
	if method != http.MethodGet && want.least != everybody {
		header := h.session(t, "admin")
		header.Set("Sec-Fetch-Site", "cross-site")
		require.Equal(t, http.StatusForbidden, ask(header), "%s: an admin, from another site", pattern)
	}
}

// TestAnothersSessionIsAnothers: what somebody does is done as whoever the session is of, whatever else they say.
func TestAnothersSessionIsAnothers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	require.Equal(t, http.StatusCreated, h.ask(t, http.MethodPost, "POST /api/v1/keys", `{"name":"shop"}`, h.user(t, "bea", access.Admin)))
	require.Equal(t, http.StatusForbidden, h.ask(t, http.MethodPost, "POST /api/v1/keys", `{"name":"other"}`, h.user(t, "cas", access.Marketer)))
	changes, err := h.record.Audit(t.Context(), store.AuditFilter{Action: "key.create", Limit: 10})
	require.NoError(t, err)
	require.Len(t, changes, 1)
	require.Equal(t, access.Actor{Kind: access.User, Name: "bea", From: "192.0.2.1"}, changes[0].By)
	require.Equal(t, "shop", changes[0].Target)
}

// TestMetricsHaveAnAddressOfTheirOwn needs no token there, and shows nothing else.
func TestMetricsHaveAnAddressOfTheirOwn(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.Metrics = config.Metrics{Addr: "127.0.0.1:0"}
	a := serve(t, cfg)
	base := "http://" + a.monitored.Addr().String()
	client := &http.Client{Timeout: 10 * time.Second}
	t.Cleanup(client.CloseIdleConnections)
	for path, status := range map[string]int{"/metrics": 200, "/": 404, "/api/v1/keys": 404, "/inbox": 404, "/login": 404} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		require.NoError(t, err)
		response, err := client.Do(req)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, status, response.StatusCode, path)
	}
}
