package e2e

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"github.com/alicebob/miniredis/v2"

	"klantreis/config"
	"klantreis/internal/app"
	"klantreis/internal/store"
	"klantreis/journey"
)

// house is one whole installation in this process: a record, a clock, a Redis and a provider of its own, in a namespace of
// a Temporal server that it shares.
type house struct {
	base     string
	provider *provider
	record   *store.Store
	clock    journey.Clock
	stop     func() error
}

// lead is the real time between the start of a clock and the beginning of the story.
const lead = 3 * time.Second

// openHouse starts an installation for a story.
func openHouse(s *story, speed float64, temporal, namespace, dir string) (*house, error) {
	h := &house{}
	var err error
	if h.provider, err = newProvider(s, speed); err != nil {
		return nil, err
	}
	b, err := s.bundle(&s.Map, h.provider.URL)
	if err != nil {
		return nil, err
	}
	if err := writeBundle(b, filepath.Join(dir, "map")); err != nil {
		return nil, err
	}
	redis, err := miniredis.Run()
	if err != nil {
		return nil, err
	}
	key, err := webhookKey()
	if err != nil {
		return nil, err
	}
	cfg := config.Config{
		HTTP:     config.HTTP{Addr: "127.0.0.1:0", WriteKey: writeKey, AdminToken: adminToken, PublicURL: "http://reis.test", LinkKey: "a key that nobody knows"},
		Record:   config.Record{Database: config.Secret("sqlite:" + filepath.Join(dir, "klantreis.db"))},
		Redis:    config.Redis{URL: config.Secret("redis://" + redis.Addr())},
		Temporal: config.Temporal{Address: temporal, Namespace: namespace},
		SendGrid: config.SendGrid{APIKey: "key", Host: h.provider.URL, WebhookKey: key},
		Webhook:  config.Webhook{Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", AllowPrivate: true},
		Clock:    config.Clock{Speed: speed, Start: storyStart.Add(-journeyTime(lead, speed))},
		Keep:     config.Keep{Rejected: config.Days(7 * 24 * time.Hour)},
		Guard:    config.Guard{Most: 1000},
		Map:      filepath.Join(dir, "map"),
	}
	if h.stop, err = h.run(cfg); err != nil {
		return nil, err
	}
	stop := h.stop
	h.stop = func() error {
		err := errors.Join(h.record.Close(), stop())
		h.provider.Close()
		redis.Close()
		return err
	}
	return h, nil
}

// run starts the application, and returns how it is stopped.
func (h *house) run(cfg config.Config) (stop func() error, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	if err := app.Migrate(ctx, cfg.Record, time.Now); err != nil {
		return nil, err
	}
	ready := make(chan net.Addr, 1)
	a, err := app.New(ctx, cfg, app.Options{
		Roles: config.Roles{API: true, Worker: true, Dispatcher: true}, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Ready: func(addr net.Addr) { ready <- addr },
	})
	if err != nil {
		return nil, err
	}
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	select {
	case addr := <-ready:
		h.base = "http://" + addr.String()
	case err := <-done:
		return nil, errors.Join(err, a.Close())
	}
	stop = func() error {
		cancel()
		return errors.Join(<-done, a.Close())
	}
	if h.record, err = store.Open(ctx, string(cfg.Record.Database), time.Now); err == nil {
		h.clock, err = h.record.Clock(ctx, journey.Clock{})
	}
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	return stop, nil
}
