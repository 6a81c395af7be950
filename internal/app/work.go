package app

import (
	"context"
	"crypto/tls"
	"fmt"

	sdkclient "go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"golang.org/x/sync/errgroup"

	"klantreis/activities"
	"klantreis/worker"
)

// openTemporal connects to Temporal, for the roles that need it.
func (a *App) openTemporal(ctx context.Context) error {
	if !a.Roles.Worker && !a.Roles.Dispatcher {
		return nil
	}
	cfg := a.cfg.Temporal
	options := sdkclient.Options{
		HostPort: cfg.Address, Namespace: cfg.Namespace, Logger: sdklog.NewStructuredLogger(a.Log),
	}
	if cfg.APIKey != "" {
		options.Credentials = sdkclient.NewAPIKeyStaticCredentials(string(cfg.APIKey))
	}
	if cfg.TLS || cfg.APIKey != "" {
		options.ConnectionOptions.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	client, err := sdkclient.DialContext(ctx, options)
	if err != nil {
		return fmt.Errorf("connect to Temporal at %s: %w", cfg.Address, err)
	}
	a.temporal = client
	a.cleanup(func() error { client.Close(); return nil })
	return nil
}

// work starts a worker.
func (a *App) work(ctx context.Context, group *errgroup.Group) error {
	mailer := a.mailer()
	acts := activities.New(activities.Options{
		Decider: a.record, Ledger: a.record, Maps: a.maps,
		Mailer: mailer, Gate: mailer,
		Webhooks: a.webhooks, Links: a.links(),
		Clock: a.clock, Now: a.Now, Rhythm: a.rhythm.get, Log: a.Log,
	})
	fatal := make(chan error, 3) // one of each task queue
	w := worker.New(a.temporal, acts, worker.Options{
		SendsPerSecond: a.cfg.SendGrid.PerSecond, Fatal: func(err error) { fatal <- err },
	})
	if err := w.Start(); err != nil {
		return err
	}
	group.Go(func() error {
		defer w.Stop()
		select {
		case <-ctx.Done():
			return nil
		case err := <-fatal:
			return fmt.Errorf("work for Temporal: %w", err)
		}
	})
	group.Go(func() error { return a.learnRhythm(ctx) })
	group.Go(func() error { return a.newEraser().run(ctx) })
	return nil
}
