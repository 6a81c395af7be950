package feed_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/feed"
)

// poster keeps what was posted and fails when told to.
type poster struct {
	events []map[string]any
	failAt int // fails once this many are posted
}

func (p *poster) Post(_ context.Context, events []json.RawMessage) (map[int]string, error) {
	if p.failAt > 0 && len(p.events) >= p.failAt {
		return nil, errors.New("cut off")
	}
	for _, raw := range events {
		var e map[string]any
		if err := json.Unmarshal(raw, &e); err != nil {
			return nil, err
		}
		p.events = append(p.events, e)
	}
	return nil, nil
}

func file(t *testing.T, lines ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "events.ndjson")
	require.NoError(t, os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	return name
}

func many(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf(`{"type":"track","userId":"u%d","event":"Order Completed"}`, i)
	}
	return lines
}

func TestAnInterruptedFeedGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	name := file(t, many(350)...)
	p := &poster{failAt: 200}
	_, err := feed.Run(t.Context(), feed.Options{File: name, Poster: p})
	require.ErrorContains(t, err, "cut off")
	p.failAt = 0
	result, err := feed.Run(t.Context(), feed.Options{File: name, Poster: p})
	require.NoError(t, err)
	require.True(t, result.Resumed)
	require.Equal(t, 150, result.Posted)
	require.Len(t, p.events, 350)
	ids := map[any]bool{}
	for i, e := range p.events {
		require.Equal(t, fmt.Sprintf("u%d", i), e["userId"])
		ids[e["messageId"]] = true
	}
	require.Len(t, ids, 350, "every line has an id of its own")
	require.NoFileExists(t, name+".sent")
}

func TestTheSameLineKeepsItsMessageID(t *testing.T) {
	t.Parallel()
	name := file(t, `{"type":"track","userId":"u"}`, `{"type":"track","userId":"u"}`, `{"type":"track","userId":"u","messageId":"own"}`)
	first, second := &poster{}, &poster{}
	for _, p := range []*poster{first, second} {
		_, err := feed.Run(t.Context(), feed.Options{File: name, Poster: p})
		require.NoError(t, err)
	}
	require.Equal(t, first.events, second.events)
	require.NotEqual(t, first.events[0]["messageId"], first.events[1]["messageId"])
	require.Equal(t, "own", first.events[2]["messageId"])
}

func TestBadLinesAreToldAndSkipped(t *testing.T) {
	t.Parallel()
	name := file(t, `{"type":"track","userId":"u"}`, ``, `not json`, `[1]`, `{"x":"`+strings.Repeat("x", 33<<10)+`"}`, `{"type":"track","userId":"v"}`)
	p := &poster{}
	var told []int
	result, err := feed.Run(t.Context(), feed.Options{File: name, Poster: p, Rejected: func(line int, _ string) { told = append(told, line) }})
	require.NoError(t, err)
	require.Equal(t, []int{3, 4, 5}, told)
	require.Equal(t, feed.Result{Posted: 2, Rejected: 3}, result)
}

func TestHTTPWaitsForAnAPIThatIsAwayAndReportsRejections(t *testing.T) {
	t.Parallel()
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, _, _ := r.BasicAuth()
		calls++
		switch {
		case key != "k":
			w.WriteHeader(http.StatusUnauthorized)
		case calls == 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			fmt.Fprint(w, `{"success":true,"rejected":[{"index":1,"field":"userId","message":"is missing"}]}`)
		}
	}))
	t.Cleanup(server.Close)
	waited := 0
	h := feed.HTTP{URL: server.URL, WriteKey: "k", Client: server.Client(), Waiting: func(string, time.Duration) { waited++ }}
	rejected, err := h.Post(t.Context(), []json.RawMessage{[]byte(`{}`), []byte(`{}`)})
	require.NoError(t, err)
	require.Equal(t, map[int]string{1: "userId: is missing"}, rejected)
	require.Equal(t, 1, waited)

	h.WriteKey = "wrong"
	_, err = h.Post(t.Context(), nil)
	require.ErrorContains(t, err, "401", "a wrong key is not tried again")
}
