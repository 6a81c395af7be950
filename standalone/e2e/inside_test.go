package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"
	sdkclient "go.temporal.io/sdk/client"

	"klantreis/config"
	"klantreis/internal/app"
	"klantreis/internal/sandbox"
	"klantreis/internal/store"
	"klantreis/standalone/temporal"
)

// inside is the application in this process, on a Temporal server and a sandbox of its own, so that a test can look at
// workflows and histories. Its HTTP side is used through the embedded engine.
type inside struct {
	*engine
	temporal sdkclient.Client
	record   *store.Store
	box      *sandbox.Sandbox
	cfg      config.Config
	// refuse, when set, answers the next mail in place of the sandbox.
	refuse atomic.Pointer[http.HandlerFunc]
	// sent, when set, is told the address of every mail that comes in, before it is answered.
	sent atomic.Pointer[func(address string)]
}

// ServeHTTP is the mail provider.
func (in *inside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if refuse := in.refuse.Swap(nil); refuse != nil {
		(*refuse)(w, r)
		return
	}
	if sent := in.sent.Load(); sent != nil {
		body, _ := io.ReadAll(r.Body) // the sandbox refuses what is cut off
		var mail struct {
			Personalizations []struct{ To []struct{ Email string } }
		}
		if json.Unmarshal(body, &mail) == nil && len(mail.Personalizations) == 1 {
			(*sent)(mail.Personalizations[0].To[0].Email)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	in.box.APIHandler().ServeHTTP(w, r)
}

// startInside starts the application on a record. The map is the one of the path.
func startInside(t *testing.T, database, mapPath string, speed float64) *inside {
	t.Helper()
	return startInsideWith(t, database, mapPath, speed, func(*config.Config, *app.Options) {})
}

// startInsideWith lets the test change what the application is given.
func startInsideWith(t *testing.T, database, mapPath string, speed float64, change func(*config.Config, *app.Options)) *inside {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	quiet := slog.New(slog.DiscardHandler)
	server, err := temporal.Start(ctx, temporal.Options{
		DataFile: filepath.Join(t.TempDir(), "temporal.db"), Namespace: "e2e", Logger: quiet,
	})
	require.NoError(t, err)
	redis := miniredis.RunT(t)
	box, err := sandbox.New(sandbox.Options{APIKey: "key", Now: time.Now})
	require.NoError(t, err)
	in := &inside{box: box}
	provider := httptest.NewServer(in)
	in.cfg = config.Config{
		HTTP:     config.HTTP{Addr: "127.0.0.1:0", WriteKey: writeKey, AdminToken: adminToken, PublicURL: "http://reis.test", LinkKey: "a key that nobody knows"},
		Record:   config.Record{Database: config.Secret(database)},
		Redis:    config.Redis{URL: config.Secret("redis://" + redis.Addr())},
		Temporal: config.Temporal{Address: server.Addr(), Namespace: "e2e"},
		SendGrid: config.SendGrid{APIKey: "key", Host: provider.URL, WebhookKey: box.PublicKey()},
		Webhook:  config.Webhook{Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", AllowPrivate: true},
		Clock:    config.Clock{Speed: speed},
		Keep:     config.Keep{Rejected: config.Days(7 * 24 * time.Hour)},
		Guard:    config.Guard{Most: 1000},
		Map:      mapPath,
	}
	require.NoError(t, app.Migrate(ctx, in.cfg.Record, time.Now))
	ready := make(chan net.Addr, 1)
	options := app.Options{
		Roles: config.Roles{API: true, Worker: true, Dispatcher: true}, Log: quiet, Now: time.Now, Inbox: box.InboxHandler(),
		Ready: func(addr net.Addr) { ready <- addr },
	}
	change(&in.cfg, &options)
	a, err := app.New(ctx, in.cfg, options)
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	addr := (<-ready).String()
	box.SetWebhookURL("http://" + addr + "/webhooks/sendgrid")
	box.Start(ctx)
	in.engine = &engine{t: t, addr: addr, base: "http://" + addr, http: &http.Client{Timeout: 10 * time.Second}}
	in.record, err = store.Open(ctx, database, time.Now)
	require.NoError(t, err)
	in.temporal, err = sdkclient.Dial(sdkclient.Options{HostPort: server.Addr(), Namespace: "e2e", Logger: nopLogger{}})
	require.NoError(t, err)
	t.Cleanup(func() {
		in.temporal.Close()
		cancel()
		require.NoError(t, errors.Join(<-done, a.Close(), in.record.Close(), box.Stop()))
		provider.Close()
		server.Stop()
	})
	return in
}

// sqliteFile returns the URL of a new record.
func sqliteFile(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "klantreis.db")
}

// customerID returns our own id of a user.
func (in *inside) customerID(user string) string {
	in.t.Helper()
	c, found, err := in.record.CustomerByUserID(context.Background(), user)
	require.NoError(in.t, err)
	require.True(in.t, found, user)
	return c.State.CustomerID
}

type nopLogger struct{}

func (nopLogger) Debug(string, ...any) {}
func (nopLogger) Info(string, ...any)  {}
func (nopLogger) Warn(string, ...any)  {}
func (nopLogger) Error(string, ...any) {}
