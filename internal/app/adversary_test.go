package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/password"
	"klantreis/internal/sendgrid"
	"klantreis/journey"
)

// TestAMapReadsNoOtherFiles publishes maps that try, in the names of their files and in what they say.
func TestAMapReadsNoOtherFiles(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	good := map[string]string{}
	for name, file := range shop {
		good[name] = string(file.Data)
	}
	with := func(name, text string) map[string]string {
		files := map[string]string{name: text}
		for other, content := range good {
			if other != name {
				files[other] = content
			}
		}
		return files
	}
	yaml := good["journey.yaml"]
	for name, files := range map[string]map[string]string{
		"a name that leads up":       with("../journey.yaml", "x"),
		"a template that leads up":   with("templates/../../order.en.html", "x"),
		"an absolute name":           with("/etc/passwd.yaml", "x"),
		"a name with a backslash":    with(`..\journey.yaml`, "x"),
		"a name with a NUL":          with("journey\x00.yaml", "x"),
		"a folder of its own":        with("secrets/journey.yaml", "x"),
		"a template by its path":     with("journey.yaml", strings.ReplaceAll(yaml, "template: order", "template: ../../../../etc/passwd")),
		"a template by its address":  with("journey.yaml", strings.ReplaceAll(yaml, "template: order", "template: /etc/passwd")),
		"a template that includes":   with("templates/order.en.txt", "{% include '/etc/passwd' %}"),
		"a template that renders":    with("templates/order.en.txt", "{% render '../../../etc/passwd' %}"),
		"a billion laughs":           with("journey.yaml", yaml+laughs()),
		"a map that contains itself": with("journey.yaml", yaml+"a: &a [*a]\n"),
		"a deep map":                 with("journey.yaml", yaml+"a: "+strings.Repeat("[", 1<<17)+strings.Repeat("]", 1<<17)+"\n"),
		"a deep map, unclosed":       with("journey.yaml", yaml+"a: "+strings.Repeat("{a: [", 1<<16)),
		"a deep map by indentation":  with("journey.yaml", yaml+"a:\n"+indented(2000)),
		"a merge of merges":          with("journey.yaml", yaml+strings.ReplaceAll(laughs(), "[", "[<<, ")),
	} {
		body, err := json.Marshal(map[string]any{"files": files})
		require.NoError(t, err)
		status, answer := a.do(t, http.MethodPost, "/api/v1/maps", string(body), bearerOf("admin-token"))
		require.Equal(t, http.StatusUnprocessableEntity, status, "%s: %s", name, answer)
		require.NotContains(t, answer, "root:", name)
		require.Less(t, len(answer), 8<<10, name)
	}
	require.EqualValues(t, 1, liveVersion(t, a.cfg))
}

// indented is a value as deep as it has lines.
func indented(lines int) string {
	var text strings.Builder
	for i := range lines {
		text.WriteString(strings.Repeat(" ", i+1) + "a:\n")
	}
	return text.String()
}

// laughs is a small text that becomes a large value.
func laughs() string {
	text := "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
	for i := range 9 {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	return text
}

// TestReplayedReports posts a signed report again, word for word, as whoever overheard it could: now, and when its id is
// forgotten.
func TestReplayedReports(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	var sendGrid signer
	sendGrid, cfg.SendGrid.WebhookKey = newSigner(t)
	var later atomic.Int64
	o := options()
	o.Now = func() time.Time { return start.Add(time.Duration(later.Load())) }
	a := serveWith(t, cfg, o)
	id := a.handOver(t)
	body := fmt.Sprintf(`[{"event":"click","sg_event_id":"e1","timestamp":%d,"message_id":%q,"url":"https://shop.example/"}]`, start.Unix(), id)
	header := sendGrid.header(t, body)
	for range 3 {
		status, answer := a.do(t, http.MethodPost, reportsPath, body, header)
		require.Equal(t, http.StatusNoContent, status, answer)
	}
	require.EqualValues(t, 1, a.message(t).Clicks)
	require.Equal(t, journey.ReasonSent, a.message(t).Reason)

	// The least that ids of reports can be kept for is a day longer than a signature is believed.
	later.Store(int64(sendgrid.Believed + 24*time.Hour))
	forgotten, err := a.record.PruneReports(t.Context(), o.Now(), 10)
	require.NoError(t, err)
	require.Positive(t, forgotten)
	status, answer := a.do(t, http.MethodPost, reportsPath, body, header)
	require.Equal(t, http.StatusForbidden, status, answer)
	require.EqualValues(t, 1, a.message(t).Clicks)
}

// TestLargeAndDeepBodies posts what would exhaust a careless reader to every route that takes a body, with all rights, as JSON
// and as a form.
func TestLargeAndDeepBodies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.accounts.hasher = password.NewHasher(cheap)
	deep := strings.Repeat(`{"a":[`, 1<<16) + strings.Repeat("]}", 1<<16)
	bodies := map[string]string{
		"deep": deep, "deep below a name": `{"old":` + deep + `,"name":` + deep + `,"files":` + deep + `,"batch":` + deep + `}`, "deep list": strings.Repeat("[", 1<<18),
		"large": `{"name":"` + strings.Repeat("x", 17<<20) + `"}`, "large form": "name=" + strings.Repeat("x", 17<<20),
		"many fields": strings.Repeat("a=b&", 1<<20), "open quotes": `{"name":"` + strings.Repeat(`\"`, 1<<20),
	}
	for _, route := range h.handler.Routes() {
		method, _, _ := strings.Cut(route.Pattern, " ")
		if method == http.MethodGet {
			continue
		}
		for name, body := range bodies {
			for _, kind := range []string{"application/json", "application/x-www-form-urlencoded"} {
				if strings.HasSuffix(route.Pattern, "cloudevents") {
					kind = "application/cloudevents-batch+json"
				}
				header := bearerOf("admin-token")
				if strings.HasPrefix(route.Pattern, "POST /v1/") {
					header = bearerOf("write-key")
				}
				header.Set("Content-Type", kind)
				began := time.Now()
				status := h.ask(t, method, route.Pattern, body, header)
				require.Less(t, status, 500, "%s: %s as %s", route.Pattern, name, kind)
				require.Less(t, time.Since(began), time.Minute, "%s: %s as %s", route.Pattern, name, kind)
			}
		}
	}
}

// TestLinksComeFromThePublicURL: whatever a request says of its host, no answer repeats it, so that nobody poisons a cache or
// gets a reader to their own server. The links in mails are made of the configuration, and know no request.
func TestLinksComeFromThePublicURL(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.accounts.hasher = password.NewHasher(cheap)
	const evil = "evil.example"
	ask := func(method, path, body string, header http.Header) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		r.Host = evil
		r.Header = header.Clone()
		for _, name := range []string{"X-Forwarded-Host", "X-Original-Host", "X-Host", "Forwarded", "X-Forwarded-Server", "X-Original-URL", "X-Rewrite-URL"} {
			r.Header.Set(name, evil)
		}
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		return w
	}
	placeholder := regexp.MustCompile(`\{\w+\}`)
	for _, route := range h.handler.Routes() {
		method, path, _ := strings.Cut(route.Pattern, " ")
		path = placeholder.ReplaceAllString(strings.TrimSuffix(path, "{$}"), "x")
		for _, header := range []http.Header{{}, bearerOf("admin-token"), h.session(t, "admin")} {
			w := ask(method, path, "", header)
			require.NotContains(t, fmt.Sprint(w.Header())+w.Body.String(), evil, route.Pattern)
		}
	}
	w := ask(http.MethodGet, "/login?token=admin-token&next=/inbox", "", http.Header{})
	require.Equal(t, "/inbox", w.Header().Get("Location"), "without a host")

	links := h.links()
	for _, link := range []string{links.Answer("m_1"), links.Preferences(activities.Handover{CustomerID: "c_1"}), links.Confirm("m_1")} {
		require.True(t, strings.HasPrefix(link, "https://reis.test/"), link)
	}
}
