package app

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/config"
)

func TestMissingConfigurationIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	o := options()
	o.Roles.Worker = true
	_, err := New(t.Context(), config.Config{}, o)
	for _, flag := range []string{"--database", "--write-key", "--admin-token", "--sendgrid-api-key", "--sendgrid-host"} {
		require.ErrorContains(t, err, flag)
	}
}

// TestAProcessThatCannotStart says what is wrong on one line, and changes nothing in the record.
func TestAProcessThatCannotStart(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() }) // It ends with the process.
	tests := map[string]struct {
		change func(*config.Config, *Options)
		says   []string
	}{
		"the port is taken": {
			func(c *config.Config, _ *Options) { c.HTTP.Addr = taken.Addr().String() },
			[]string{"listen on " + taken.Addr().String(), "address already in use", "choose another with --addr"},
		},
		"the URL of Redis is wrong": {
			func(c *config.Config, _ *Options) { c.Redis.URL = "http://:secret@localhost" },
			[]string{"--redis-url: must be a redis:// or rediss:// URL"},
		},
		"the key of the webhook is wrong": {
			func(c *config.Config, _ *Options) { c.SendGrid.WebhookKey = "c2VjcmV0" },
			[]string{"--sendgrid-webhook-key (SENDGRID_WEBHOOK_KEY): "},
		},
		"there is no map": {
			func(c *config.Config, _ *Options) { c.Map = "no-such-folder" },
			[]string{"read the map: ", "no-such-folder"},
		},
		"Temporal is away from a dispatcher": {
			func(c *config.Config, o *Options) {
				o.Roles = config.Roles{Dispatcher: true}
				c.HTTP, c.Temporal.Address = config.HTTP{}, "127.0.0.1:1"
			},
			[]string{"connect to Temporal at 127.0.0.1:1: "},
		},
		"Temporal is away": {
			func(c *config.Config, o *Options) {
				o.Roles.Worker = true
				c.SendGrid.APIKey, c.SendGrid.Host, c.Temporal.Address = "SG.key", "https://sendgrid.test", "127.0.0.1:1"
			},
			[]string{"connect to Temporal at 127.0.0.1:1: "},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, o := setup(t), options()
			o.FirstMap = nil
			tt.change(&cfg, &o)
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			_, err := New(ctx, cfg, o)
			for _, says := range tt.says {
				require.ErrorContains(t, err, says)
			}
			require.NotContains(t, err.Error(), "\n")
			require.NotContains(t, err.Error(), "secret")

			require.Zero(t, liveVersion(t, cfg))
		})
	}
}

func TestARecordThatWasNotMigrated(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.Record.Database = config.Secret("sqlite:" + filepath.Join(t.TempDir(), "new.db"))
	_, err := New(t.Context(), cfg, options())
	require.ErrorContains(t, err, "migrate")
	_, err = Rebuild(t.Context(), cfg.Record, now)
	require.ErrorContains(t, err, "migrate")
}

// TestAFailedNewGivesEverythingBack starts a process on the port of one that could not start.
func TestAFailedNewGivesEverythingBack(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	cfg.HTTP.Addr = free.Addr().String()
	require.NoError(t, free.Close())
	cfg.Map = "no-such-folder"
	_, err = New(t.Context(), cfg, options())
	require.ErrorContains(t, err, "no-such-folder")
	cfg.Map = ""
	open(t, cfg)
}

func TestCloseTwice(t *testing.T) {
	t.Parallel()
	a := open(t, setup(t))
	require.NoError(t, a.Close())
	require.NoError(t, a.Close())
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	o := options()
	var ready []net.Addr
	o.Ready = func(addr net.Addr) { ready = append(ready, addr) }
	a, err := New(t.Context(), setup(t), o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, a.Run(ctx))
	require.NoError(t, a.Close())
	require.Equal(t, []net.Addr{a.listener.Addr()}, ready)
	_, err = net.Dial("tcp", a.listener.Addr().String())
	require.Error(t, err, "nobody listens any more")
}

func TestPublishAtStart(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	startOnce := func() error {
		a, err := New(t.Context(), cfg, options())
		if err != nil {
			return err
		}
		return a.Close()
	}
	require.NoError(t, startOnce())
	require.EqualValues(t, 1, liveVersion(t, cfg), "the first map")
	require.NoError(t, startOnce())
	require.EqualValues(t, 1, liveVersion(t, cfg), "there is one")

	cfg.Map = t.TempDir()
	require.NoError(t, os.CopyFS(cfg.Map, shop))
	require.NoError(t, startOnce())
	require.EqualValues(t, 1, liveVersion(t, cfg), "the same")

	journeyFile := filepath.Join(cfg.Map, "journey.yaml")
	text, err := os.ReadFile(journeyFile)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(journeyFile, []byte(strings.Replace(string(text), "name: Shop", "name: Winkel", 1)), 0o600))
	require.NoError(t, startOnce())
	require.EqualValues(t, 2, liveVersion(t, cfg), "another")

	require.NoError(t, os.WriteFile(journeyFile, []byte("journey: 7\ncolour: red\n"), 0o600))
	err = startOnce()
	require.ErrorContains(t, err, "the map has errors, so it is not published:\njourney.yaml:")
	require.ErrorContains(t, err, "colour")
	require.EqualValues(t, 2, liveVersion(t, cfg), "a broken one")

	cfg.Map = ""
	require.NoError(t, startOnce())
	require.EqualValues(t, 2, liveVersion(t, cfg), "the first map comes first only")
}

// liveVersion reads the record of a process that does not run.
func liveVersion(t *testing.T, cfg config.Config) int64 {
	t.Helper()
	record := openRecord(t, cfg)
	version, err := record.LiveVersion(t.Context())
	require.NoError(t, errors.Join(err, record.Close()))
	return version
}
