package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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
