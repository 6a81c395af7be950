package api_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
)

func escapeQuery(text string) string { return url.QueryEscape(text) }

func get(url string) scenario {
	return scenario{method: http.MethodGet, url: url, headers: map[string]string{}, status: http.StatusOK}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	b := setup(t)
	body := `{"batch":[` + good("m1") + `,` + good("m1") + `,{"type":"identify"},{"type":"<made up>"},7]}`
	scenario{url: "/v1/batch", body: body, status: 200, stored: []string{"m1"}}.run(t, b)
	scenario{url: "/v1/page", body: `{}`, status: 400, stored: []string{"m1"}}.run(t, b)
	send(t, b, get("/some/made-up/page"))

	scrape := get("/metrics")
	scrape.headers["Authorization"] = "Bearer metrics:read"
	_, text := send(t, b, scrape)
	for _, line := range []string{
		`klantreis_ingest_events_total{outcome="accepted",type="track"} 2`,
		`klantreis_ingest_events_total{outcome="rejected",type="identify"} 1`,
		`klantreis_ingest_events_total{outcome="rejected",type="page"} 1`,
		`klantreis_ingest_events_total{outcome="rejected",type="unknown"} 2`,
		`klantreis_ingest_duplicates_total 1`,
		`klantreis_http_requests_total{route="POST /v1/batch",status="200"} 1`,
		`klantreis_http_requests_total{route="POST /v1/page",status="400"} 1`,
		`klantreis_http_requests_total{route="unknown",status="404"} 1`,
		`klantreis_http_request_duration_seconds_count{route="POST /v1/batch"} 1`,
	} {
		require.Contains(t, text, line+"\n")
	}
	require.NotContains(t, text, "made")
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t, withInbox)
	for _, url := range []string{"/", "/style.css", "/healthz", "/metrics", "/inbox", "/login", "/nothing", "/api/v1/customers/u1", "/v1/batch"} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			response, _ := send(t, b, get(url))
			h := response.Header
			require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'self'")
			require.NotContains(t, h.Get("Content-Security-Policy"), "unsafe")
			require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
			require.Equal(t, "DENY", h.Get("X-Frame-Options"))
			require.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
		})
	}
	t.Run("a page's own policy stays", func(t *testing.T) {
		t.Parallel()
		sc := get("/inbox")
		sc.headers["Authorization"] = "Bearer " + adminToken
		response, _ := send(t, b, sc)
		require.Equal(t, []string{"default-src 'none'"}, response.Header.Values("Content-Security-Policy"))
		require.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"))
	})
}

func TestErrorsAreJSON(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, method, url string
		status            int
		allow, challenge  string
	}{
		{"no such page", http.MethodGet, "/nothing", 404, "", ""},
		{"method", http.MethodGet, "/v1/track", 405, "POST", ""},
		{"method of a page", http.MethodPost, "/healthz", 405, "GET, HEAD", ""},
		{"no key", http.MethodPost, "/v1/track", 400, "", ""},
		{"no token", http.MethodGet, "/api/v1/customers/u1", 401, "", "Bearer"},
		{"no webhook", http.MethodPost, "/webhooks/sendgrid", 404, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			response, body := send(t, setup(t), scenario{method: c.method, url: c.url, headers: map[string]string{}})
			require.Equal(t, c.status, response.StatusCode)
			require.Equal(t, "application/json; charset=utf-8", response.Header.Get("Content-Type"))
			require.Equal(t, c.allow, response.Header.Get("Allow"))
			require.Equal(t, c.challenge, response.Header.Get("WWW-Authenticate"))
			require.Contains(t, body, `{"error":{"code":"`)
		})
	}
}

func TestProviderEvents(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *api.Options) {
		o.ProviderEvents = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(w, r.Body); err != nil {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
			}
		})
	})
	body := `[{"event":"delivered"}]`
	scenario{url: "/webhooks/sendgrid", headers: map[string]string{}, body: body, status: 200, content: []string{body}}.run(t, b)
}

func TestProviderEventsAreLimited(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *api.Options) {
		o.ProviderEvents = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, err := io.Copy(io.Discard, r.Body)
			if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok && tooLarge.Limit == 4<<20 {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
			}
		})
	})
	scenario{url: "/webhooks/sendgrid", headers: map[string]string{}, body: strings.Repeat(" ", 4<<20+1), status: 413}.run(t, b)
}

func TestPagesCanFlush(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *api.Options) {
		o.Inbox = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if err := http.NewResponseController(w).Flush(); err != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
	})
	sc := get("/inbox")
	sc.headers["Authorization"] = "Bearer " + adminToken
	sc.run(t, b)
}

func TestErrorsOfTheRecordAreNotShown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	sc := get("/api/v1/customers/broken")
	sc.headers["Authorization"] = "Bearer " + adminToken
	_, body := send(t, b, sc)
	require.NotContains(t, body, "10.0.0.1")
	require.Contains(t, b.log.String(), "10.0.0.1")
}

func TestHTTPServer(t *testing.T) {
	t.Parallel()
	server := api.HTTPServer("127.0.0.1:0", setup(t))
	require.Equal(t, "127.0.0.1:0", server.Addr)
	for name, limit := range map[string]time.Duration{
		"read header": server.ReadHeaderTimeout, "read": server.ReadTimeout, "write": server.WriteTimeout, "idle": server.IdleTimeout,
	} {
		require.Positive(t, limit, name)
	}
	require.Positive(t, server.MaxHeaderBytes)
}
