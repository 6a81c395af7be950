package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/internal/access"
)

// evil is a text that does something wherever a page takes it for more than a text.
const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>' onmouseover='alert(1)`

var (
	// live finds what a browser would carry out. A page's own style sheet, which its policy names by hash, is no harm.
	live = regexp.MustCompile(`(?i)<script|<img src=x|<iframe|<object|<[^>]*\son[a-z]+\s*=|<[^>]*\sstyle\s*=`)
	// liveLink finds an address that is a program.
	liveLink = regexp.MustCompile(`(?i)(href|src|action)="?\s*(javascript|data):`)
	// quoted finds what stands between quotes. Quotes in what is shown are escaped, so these are the page's own.
	quoted = regexp.MustCompile(`"[^"]*"`)
)

// evilAnswers ask and were answered by somebody with bad intentions.
type evilAnswers struct{ given *api.Answer }

func (e evilAnswers) Question(context.Context, string) (api.Question, bool, error) {
	return api.Question{Shop: evil, Text: evil, From: 1, To: 5, Locale: evil, Given: e.given}, true, nil
}

func (e evilAnswers) Answer(_ context.Context, _ string, a api.Answer) (api.Answer, bool, error) {
	return a, true, nil
}

// evilPreferences are of a shop that was named by somebody with bad intentions.
type evilPreferences struct{ *fakePreferences }

func (evilPreferences) Reader(_ context.Context, token string) (api.Reader, bool, error) {
	titles := map[string]string{"nl": evil, "en": evil}
	return api.Reader{Shop: evil, Locale: evil, Known: token != "gone", Unsubscribed: token != "in", Topics: []api.ReaderTopic{{ID: evil, Titles: titles}}}, true, nil
}

func (evilPreferences) Confirmation(_ context.Context, token string) (api.Confirmation, bool, error) {
	return api.Confirmation{Shop: evil, Locale: evil, Done: token == "done", Topics: []map[string]string{{"nl": evil, "en": evil}}}, true, nil
}

// evilAccounts let everybody in under an evil name.
type evilAccounts struct{ *fakeAccounts }

func (evilAccounts) Session(context.Context, string) (access.Identity, bool, error) {
	return access.Identity{Kind: access.User, Name: evil, Role: access.Viewer}, true, nil
}

// harmless checks that an answer does nothing in a browser, whatever it shows, and that it could not if it did.
func harmless(t *testing.T, response *http.Response, body string) {
	t.Helper()
	policy := response.Header.Get("Content-Security-Policy")
	require.NotContains(t, policy, "unsafe")
	require.Regexp(t, `default-src '(self|none)'`, policy)
	require.Contains(t, policy, "frame-ancestors 'none'")
	require.Contains(t, policy, "base-uri 'none'")
	require.Contains(t, policy, "form-action 'self'")
	require.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"))
	require.Equal(t, "DENY", response.Header.Get("X-Frame-Options"))
	require.Equal(t, "no-referrer", response.Header.Get("Referrer-Policy"))
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
		require.Equal(t, "no-store", response.Header.Get("Cache-Control"))
		require.NotRegexp(t, live, quoted.ReplaceAllString(body, `""`))
		require.NotRegexp(t, liveLink, body)
		require.Equal(t, strings.Count(body, "<style>"), strings.Count(policy, "sha256-"), "a style sheet in the page is named in its policy")
	}
}

// TestStoredScripts shows what strangers wrote on every page that shows it.
func TestStoredScripts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, url, body string
		given             *api.Answer
	}{
		"a question":             {http.MethodGet, "/a/x", "", nil},
		"an answer":              {http.MethodGet, "/a/x", "", &api.Answer{Score: 3, Comment: evil}},
		"a comment shown again":  {http.MethodPost, "/a/x", url.Values{"comment": {evil}}.Encode(), nil},
		"a comment that counts":  {http.MethodPost, "/a/x", url.Values{"comment": {evil}, "score": {"3"}}.Encode(), nil},
		"a name on the start":    {http.MethodGet, "/", "", nil},
		"a name at its password": {http.MethodGet, "/password", "", nil},
		"a wrong password":       {http.MethodPost, "/password", url.Values{"old": {evil}, "new": {evil}, "again": {"x"}}.Encode(), nil},
		"preferences":            {http.MethodGet, "/u/in", "", nil},
		"preferences of before":  {http.MethodGet, "/u/gone", "", nil},
		"a choice":               {http.MethodPost, "/u/in", url.Values{"do": {"save"}, "topic": {evil}, "locale": {evil}}.Encode(), nil},
		"a confirmation":         {http.MethodGet, "/c/x", "", nil},
		"a confirmation twice":   {http.MethodGet, "/c/done", "", nil},
		"a name without a right": {http.MethodPost, "/inbox/delete", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, withInbox, func(o *api.Options) {
				o.Answers, o.Accounts, o.Preferences = evilAnswers{c.given}, evilAccounts{newFakeAccounts()}, evilPreferences{&fakePreferences{}}
			})
			response, body := send(t, b, scenario{method: c.method, url: c.url, body: c.body, headers: map[string]string{
				"Content-Type": "application/x-www-form-urlencoded", "Cookie": "klantreis_session=x",
			}})
			require.Contains(t, body, "&lt;script&gt;", "it is shown, as text")
			harmless(t, response, body)
		})
	}
}

// TestReflectedScripts sends a script in everything that an answer could repeat, to every route.
func TestReflectedScripts(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *api.Options) {
		o.Inbox = http.NotFoundHandler()
		o.Answers, o.KeyRing, o.Merger, o.Audit = evilAnswers{}, fakeKeyRing{}, fakeMerger{}, noChanges{}
		o.Preferences = evilPreferences{&fakePreferences{}}
	})
	in := url.QueryEscape(evil)
	query := "?next=/" + in + "&name=" + in + "&score=" + in + "&limit=" + in + "&before=" + in + "&key=" + in + "&touchpoint=" + in + "&dry=" + in + "&confirm=" + in
	placeholder := regexp.MustCompile(`\{\w+\}`)
	for _, route := range b.Routes() {
		method, path, _ := strings.Cut(route.Pattern, " ")
		path = placeholder.ReplaceAllString(strings.TrimSuffix(path, "{$}"), url.PathEscape(evil))
		for _, headers := range []map[string]string{
			{"Accept-Language": evil, "X-Forwarded-For": evil, "Referer": evil, "Origin": evil, "Cookie": "klantreis_session=" + in},
			{"Authorization": "Bearer " + adminToken},
			{"Authorization": "Bearer " + adminToken, "Content-Type": "application/x-www-form-urlencoded"},
			{"Authorization": evil, "Content-Type": evil, "Content-Encoding": evil},
		} {
			response, body := send(t, b, scenario{method: method, url: path + query, headers: headers, body: `name=` + in + `&next=` + in + `&comment=` + in})
			harmless(t, response, body)
		}
	}
	for _, path := range []string{"/" + url.PathEscape(evil), "/inbox/" + url.PathEscape(evil), "/api/v1/" + url.PathEscape(evil)} {
		response, body := send(t, b, get(path))
		harmless(t, response, body)
	}
}

// noChanges is an empty audit log.
type noChanges struct{}

func (noChanges) Changes(context.Context, api.AuditFilter) ([]api.Change, error) { return nil, nil }

// TestPathTraversal asks for files outside of what is served, in every spelling.
func TestPathTraversal(t *testing.T) {
	t.Parallel()
	b := setup(t, withInbox)
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	for _, path := range []string{
		"/../../../../etc/passwd", "//etc/passwd", "/style.css/../../../etc/passwd", "/style.css%00.html", "/style.css/",
		"/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "/..%5c..%5cetc%5cpasswd", "/schema/../pages/login.html",
		"/schema/journey.json/../../../etc/passwd", "/pages/login.html", "/a/../../etc/passwd", "/static/../../etc/passwd",
	} {
		status, body := raw(t, server.Listener.Addr().String(), "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		require.NotEqual(t, http.StatusOK, status, path)
		require.NotContains(t, body, "root:", path)
		require.NotContains(t, body, "{{", path)
	}
}

// raw sends bytes as they are and returns the answer.
func raw(t *testing.T, address, request string) (int, string) {
	t.Helper()
	conn := dial(t, address)
	_, err := conn.Write([]byte(request))
	require.NoError(t, err)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() }) // The other side may have closed it.
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	return conn
}

// TestDeepAndLargeJSON sends what would exhaust a careless parser to every route that takes a body.
func TestDeepAndLargeJSON(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *api.Options) { o.KeyRing, o.Merger, o.Audit = fakeKeyRing{}, fakeMerger{}, noChanges{} })
	deep := strings.Repeat(`{"a":[`, 1<<17)
	for name, body := range map[string]string{
		"deep and unclosed": deep,
		"deep and closed":   deep + strings.Repeat("]}", 1<<17),
		"deep below a name": `{"name":` + deep + strings.Repeat("]}", 1<<17) + `}`,
		"deep files":        `{"files":` + deep + strings.Repeat("]}", 1<<17) + `}`,
		"large":             `{"name":"` + strings.Repeat("x", 17<<20) + `"}`,
		"many names":        "{" + strings.TrimSuffix(strings.Repeat(`"k":1,`, 1<<20), ",") + "}",
	} {
		for _, route := range b.Routes() {
			method, path, _ := strings.Cut(route.Pattern, " ")
			if method != http.MethodPost || path == "/logout" || path == "/login" {
				continue
			}
			for _, headers := range []map[string]string{
				{"Authorization": "Bearer " + adminToken, "Content-Type": "application/json"},
				{"Authorization": "Bearer " + writeKey, "Content-Type": "application/json"},
			} {
				began := time.Now()
				response, answer := send(t, b, scenario{method: method, url: strings.ReplaceAll(path, "{userId}", "u1"), body: body, headers: headers})
				require.GreaterOrEqual(t, response.StatusCode, 400, "%s: %s: %s", path, name, answer)
				require.Less(t, response.StatusCode, 500, "%s: %s: %s", path, name, answer)
				require.Less(t, len(answer), 4<<10, "%s: %s", path, name)
				require.Less(t, time.Since(began), 10*time.Second, "%s: %s", path, name)
			}
		}
	}
}

// TestSlowClients holds connections open in three ways. Each is closed in the end, and others are answered meanwhile. The
// limits are shortened here; TestHTTPServer says that there are some.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	server := api.HTTPServer("", setup(t))
	server.ReadHeaderTimeout, server.ReadTimeout, server.IdleTimeout = 300*time.Millisecond, 600*time.Millisecond, 300*time.Millisecond
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-ended, http.ErrServerClosed)
	})
	address := listener.Addr().String()
	var held []net.Conn
	for _, beginning := range []string{
		"", "GET / HT", "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"POST /v1/track HTTP/1.1\r\nHost: x\r\nAuthorization: " + basicAuth + "\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
		"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		conn := dial(t, address)
		_, err := conn.Write([]byte(beginning))
		require.NoError(t, err)
		held = append(held, conn)
	}
	status, _ := raw(t, address, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	require.Equal(t, http.StatusOK, status)
	for _, conn := range held {
		_, err := io.Copy(io.Discard, conn)
		if err != nil {
			require.NotErrorIs(t, err, context.DeadlineExceeded)
			require.False(t, isTimeout(err), "the server closes it, before we tire")
		}
	}
	status, _ = raw(t, address, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Large: "+strings.Repeat("x", 64<<10)+"\r\n\r\n")
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, status)
}

func isTimeout(err error) bool {
	timeout, ok := err.(net.Error) //nolint:errorlint // io.Copy does not wrap
	return ok && timeout.Timeout()
}

// TestRejectedScripts keeps what was refused and shows it as data, which no browser takes for a page.
func TestRejectedScripts(t *testing.T) {
	t.Parallel()
	log := &fakeRejected{}
	b := setup(t, func(o *api.Options) { o.Rejected = log })
	item, err := json.Marshal(evil)
	require.NoError(t, err)
	send(t, b, scenario{url: "/v1/batch", body: fmt.Sprintf(`{"batch":[{"type":%s,"userId":"u"}]}`, item)})
	sc := get("/api/v1/rejected")
	sc.headers["Authorization"] = "Bearer events:read"
	response, body := send(t, b, sc)
	require.Equal(t, "application/json; charset=utf-8", response.Header.Get("Content-Type"))
	require.NotContains(t, body, "<script")
	harmless(t, response, body)
}
