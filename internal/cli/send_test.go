package cli_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// api takes batches and rejects events without a userId; it counts down to one that it refuses.
type api struct {
	batches [][]map[string]any
	keys    []string
	fails   map[int]int // status by number of the batch, from 1
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct{ Batch []map[string]any }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	key, _, _ := r.BasicAuth()
	a.keys = append(a.keys, r.Method+" "+r.URL.Path+" "+key)
	a.batches = append(a.batches, body.Batch)
	if status := a.fails[len(a.batches)]; status != 0 {
		http.Error(w, "not now", status)
		return
	}
	type rejection struct {
		Index          int
		Field, Message string
	}
	var rejected []rejection
	for i, event := range body.Batch {
		if event["userId"] == nil {
			rejected = append(rejected, rejection{Index: i, Field: "userId", Message: "is missing"})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"rejected": rejected}) // The client would notice.
}

func TestSend(t *testing.T) {
	t.Parallel()
	a := &api{}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	write(t, dir, "events.jsonl", `{"type":"track","event":"Order Completed","userId":"u1","messageId":"1"}

{"type":"track","event":"Order Completed"}
not an event
{"type":"identify","userId":"u2"}
`)
	file := filepath.Join(dir, "events.jsonl")
	got := run(t, "send", file, "--url="+server.URL+"/", "--write-key=key")
	require.Zero(t, got.code, got.err)
	require.Equal(t, "posted 2 events, 2 rejected\n", got.out)
	require.Contains(t, got.err, file+":3: userId: is missing")
	require.Contains(t, got.err, file+":4: is not a JSON object")
	require.Equal(t, []string{"POST /v1/batch key"}, a.keys)
	require.Len(t, a.batches[0], 3)
	require.Equal(t, "1", a.batches[0][0]["messageId"])
	require.NotEmpty(t, a.batches[0][2]["messageId"], "whatever is posted again is known by it")
}

func TestSendGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	a := &api{fails: map[int]int{2: http.StatusUnauthorized, 4: http.StatusServiceUnavailable}}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	dir, text := t.TempDir(), ""
	for range 150 {
		text += `{"type":"track","event":"Product Viewed","userId":"u1"}` + "\n"
	}
	write(t, dir, "events.jsonl", text)
	args := []string{"send", filepath.Join(dir, "events.jsonl"), "--url=" + server.URL, "--write-key=key"}
	got := run(t, args...)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "the API answers 401 Unauthorized: not now (run the command again to go on from here)")

	got = run(t, args...)
	require.Zero(t, got.code, got.err)
	require.Equal(t, "posted 50 events since the interruption, 0 rejected\n", got.out)
	require.Equal(t, a.batches[1], a.batches[2], "the batch that was refused")

	args = append(args, "--restart")
	got = run(t, args...)
	require.Zero(t, got.code, got.err)
	require.Equal(t, "posted 150 events, 0 rejected\n", got.out)
	require.Contains(t, got.err, "the API answers 503 Service Unavailable; trying again in 500ms")
	require.Equal(t, a.batches[0], a.batches[3])
	require.Equal(t, a.batches[0], a.batches[4])
}
