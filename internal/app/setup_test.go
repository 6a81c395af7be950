package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"

	"klantreis/config"
)

// start is the real instant of every test; time stands still.
var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func now() time.Time { return start }

// shop is a small map, so that compiling it takes no time.
var shop = fstest.MapFS{
	"journey.yaml": {Data: []byte(`journey: shop
shop: {name: Shop, email: shop@example.com}
phases: [{id: purchase, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: confirmation, phase: purchase, class: transactional, on: Order Completed, key: event.order_id, do: [send: {template: order}]}
`)},
	"templates/layout.html":   {Data: []byte("<html><body>{{ content }}</body></html>")},
	"templates/layout.txt":    {Data: []byte("{{ content }}")},
	"templates/order.en.html": {Data: []byte("---\nsubject: Thanks\n---\n<p>Thanks</p>\n")},
	"templates/order.en.txt":  {Data: []byte("Thanks\n")},
}

// migrated returns the content of a migrated, empty record.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "klantreis-app-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "record.db")
	if err := Migrate(context.Background(), config.Record{Database: config.Secret("sqlite:" + path)}, now); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// setup returns the configuration of a process that can start: a migrated record, and Redis.
func setup(t *testing.T) config.Config {
	t.Helper()
	record, err := migrated()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "record.db")
	require.NoError(t, os.WriteFile(path, record, 0o600))
	return config.Config{
		HTTP: config.HTTP{
			Addr: "127.0.0.1:0", WriteKey: "write-key", AdminToken: "admin-token", PublicURL: "https://reis.test/", LinkKey: "a key that nobody knows",
		},
		Record: config.Record{Database: config.Secret("sqlite:" + path)},
		Keep:   config.Keep{Rejected: config.Days(7 * 24 * time.Hour)},
		Guard:  config.Guard{Most: 1000, Since: config.Days(90 * 24 * time.Hour), Events: 100_000},
		Redis:  config.Redis{URL: config.Secret("redis://" + miniredis.RunT(t).Addr())},
	}
}

func options() Options {
	return Options{Roles: config.Roles{API: true}, Log: slog.New(slog.DiscardHandler), Now: now, FirstMap: shop}
}

// open returns a process that is not running.
func open(t *testing.T, cfg config.Config) *App {
	t.Helper()
	return openWith(t, cfg, options())
}

func openWith(t *testing.T, cfg config.Config, o Options) *App {
	t.Helper()
	a, err := New(t.Context(), cfg, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	return a
}

// serve returns a running process; it stops when the test ends.
func serve(t *testing.T, cfg config.Config) *App {
	t.Helper()
	return serveWith(t, cfg, options())
}

func serveWith(t *testing.T, cfg config.Config, o Options) *App {
	t.Helper()
	a := openWith(t, cfg, o)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	return a
}

// do sends a request to a running process and returns the status and body of the answer.
func (a *App) do(t *testing.T, method, path, body string, header http.Header) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.listener.Addr().String()+path, strings.NewReader(body))
	require.NoError(t, err)
	maps.Copy(req.Header, header)
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(answer)
}

// order posts two events: who a customer is, and an order.
func (a *App) order(t *testing.T, userID, orderID string) {
	t.Helper()
	status, answer := a.do(t, http.MethodPost, "/v1/batch", fmt.Sprintf(`{"writeKey":"write-key","batch":[
		{"type":"identify","userId":%[1]q,"messageId":"who ordered %[2]s","traits":{"email":"jan@example.net"}},
		{"type":"track","userId":%[1]q,"messageId":"order %[2]s","event":"Order Completed","properties":{"order_id":%[2]q,"channel":"web","total":10}}]}`,
		userID, orderID), nil)
	require.Equal(t, http.StatusOK, status, answer)
}
