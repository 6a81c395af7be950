package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	sdkclient "go.temporal.io/sdk/client"

	"klantreis/activities"
	"klantreis/config"
	"klantreis/internal/bus"
	"klantreis/internal/sendgrid"
	"klantreis/internal/store"
	"klantreis/journey"
)

// Options are what a process is given beside its configuration.
type Options struct {
	// Roles are what the process does.
	Roles config.Roles
	// Log takes the log.
	Log *slog.Logger
	// Now is the real clock.
	Now func() time.Time
	// FirstMap is published when no map is live and none is configured. May be nil.
	FirstMap fs.FS
	// Inbox is a page of caught mail, served at /inbox. May be nil.
	Inbox http.Handler
	// Ready is called with the address of the API once it listens. May be nil.
	Ready func(addr net.Addr)
}

// App is one process.
type App struct {
	Options
	cfg    config.Config
	record *store.Store
	clock  journey.Clock
	redis  *redis.Client
	bus    *bus.Bus
	maps   *Maps
	rhythm rhythm
	keys   *KeyRing
	// accounts lets people and programs in.
	accounts *accounts
	// publisher publishes maps, of this process and through the API.
	publisher *Publisher
	temporal  sdkclient.Client
	verifier  *sendgrid.Verifier
	webhooks  activities.WebhookCaller // nil when there is no secret to sign with
	listener  net.Listener
	monitored net.Listener // of the metrics alone; nil when there is none
	metrics   *prometheus.Registry
	reports   *prometheus.CounterVec
	retained  *prometheus.CounterVec
	shops     *shops // that are connected
	// dispatched is told of every customer who is signalled.
	dispatched dispatched
	cleanups   []func() error
}

// New connects the parts. When it fails it undoes what it did. The record must be migrated already, see Migrate.
func New(ctx context.Context, cfg config.Config, o Options) (*App, error) {
	if err := cfg.Validate(o.Roles); err != nil {
		return nil, fmt.Errorf("the configuration is incomplete:\n%w", err)
	}
	a := &App{Options: o, cfg: cfg, metrics: prometheus.NewRegistry(), reports: newReportCounter(), retained: newRetentionCounter(), dispatched: newDispatched()}
	// What changes the record comes last, so that a process that cannot start changes nothing.
	for _, step := range []func(context.Context) error{a.openRedis, a.setVerifier, a.setWebhooks, a.listen, a.listenMetrics, a.openRecord, a.setShops, a.setAccounts, a.checkNeeds, a.openTemporal, a.setClock, a.publish, a.connectShops} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	a.registerMetrics()
	return a, nil
}

// Close gives back what New took, last first. It may be called twice.
func (a *App) Close() error {
	var errs []error
	for len(a.cleanups) > 0 {
		last := len(a.cleanups) - 1
		errs = append(errs, a.cleanups[last]())
		a.cleanups = a.cleanups[:last]
	}
	return errors.Join(errs...)
}

func (a *App) cleanup(f func() error) { a.cleanups = append(a.cleanups, f) }

// Migrate brings the record to the form that this program needs.
func Migrate(ctx context.Context, cfg config.Record, now func() time.Time) error {
	record, err := store.Open(ctx, string(cfg.Database), now)
	if err != nil {
		return err
	}
	return errors.Join(record.Migrate(ctx), record.Close())
}

func (a *App) openRecord(ctx context.Context) error {
	record, err := store.Open(ctx, string(a.cfg.Record.Database), a.Now)
	if err != nil {
		return err
	}
	a.record = record
	a.cleanup(record.Close)
	a.maps = newMaps(record)
	a.keys = newKeyRing(record, a.cfg.HTTP.WriteKey, a.Now, a.bus.KeysChanged)
	return record.CheckSchema(ctx)
}

// setClock takes the record's clock; the configuration only counts at the first start.
func (a *App) setClock(ctx context.Context) error {
	want := a.cfg.Clock
	now := a.Now().UTC().Truncate(time.Microsecond)
	first := journey.Clock{J0: now, R0: now, Speed: want.Speed}
	if want.Speed == 0 {
		first.Speed = 1
	}
	if !want.Start.IsZero() {
		first.J0, first.Started = want.Start.UTC(), true
	}
	clock, err := a.record.Clock(ctx, first)
	if err != nil {
		return err
	}
	if want.Speed != 0 && want.Speed != clock.Speed {
		return fmt.Errorf("--speed %g: the record runs at speed %g since %s, and waits that are under way depend on it; leave the flag out, or begin with another record",
			want.Speed, clock.Speed, clock.R0.Format(time.RFC3339))
	}
	if !want.Start.IsZero() && (!clock.Started || !want.Start.Equal(clock.J0)) {
		return fmt.Errorf("--clock-start %s: the record's clock was set at %s already; leave the flag out, or begin with another record",
			want.Start.Format(time.RFC3339), clock.R0.Format(time.RFC3339))
	}
	a.clock = clock
	a.publisher = &Publisher{
		record: a.record, maps: a.maps, clock: clock, now: a.Now, guard: a.cfg.Guard, means: a.means(), close: func() error { return nil },
	}
	return nil
}

func (a *App) openRedis(context.Context) error {
	options, err := redis.ParseURL(string(a.cfg.Redis.URL))
	if err != nil {
		return fmt.Errorf("--redis-url: %w", errors.New("must be a redis:// or rediss:// URL"))
	}
	// Whoever asks Redis says how long it may take, and must not be held up when Redis is silent.
	options.ContextTimeoutEnabled = true
	a.redis = redis.NewClient(options)
	a.cleanup(a.redis.Close)
	a.bus = bus.New(a.redis, a.Log)
	return nil
}
