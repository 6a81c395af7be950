package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
)

// Serve runs everything in one process.
type Serve struct {
	config.Config `embed:""`
}

// Run implements the command.
func (c *Serve) Run(ctx context.Context, streams Streams) error {
	return runApp(ctx, streams, c.Config, config.Roles{API: true, Worker: true, Dispatcher: true})
}

// API runs the API only.
type API struct {
	config.Config `embed:""`
}

// Run implements the command.
func (c *API) Run(ctx context.Context, streams Streams) error {
	return runApp(ctx, streams, c.Config, config.Roles{API: true})
}

// Worker runs a worker, and a dispatcher beside it unless there are others.
type Worker struct {
	config.Config `embed:""`
	// Dispatch runs a dispatcher in the same process.
	Dispatch bool `name:"dispatch" env:"KLANTREIS_DISPATCH" default:"true" negatable:"" help:"Run a dispatcher in this process too; leave it out when dispatchers run by themselves."`
}

// Run implements the command.
func (c *Worker) Run(ctx context.Context, streams Streams) error {
	return runApp(ctx, streams, c.Config, config.Roles{Worker: true, Dispatcher: c.Dispatch})
}

// Dispatcher runs a dispatcher only.
type Dispatcher struct {
	config.Config `embed:""`
}

// Run implements the command.
func (c *Dispatcher) Run(ctx context.Context, streams Streams) error {
	return runApp(ctx, streams, c.Config, config.Roles{Dispatcher: true})
}

func runApp(ctx context.Context, streams Streams, cfg config.Config, roles config.Roles) error {
	log := Logger(streams.Err, cfg.LogLevel)
	a, err := app.New(ctx, cfg, app.Options{
		Roles: roles, Log: log, Now: time.Now,
		Ready: func(addr net.Addr) { log.Info("listening", "url", scheme(cfg.TLS)+"://"+addr.String()) },
	})
	if err != nil {
		return err
	}
	return errors.Join(a.Run(ctx), a.Close())
}

func scheme(tls config.TLS) string {
	if tls.On() {
		return "https"
	}
	return "http"
}

// Migrate brings the record up to date.
type Migrate struct {
	config.Record `embed:""`
}

// Run implements the command.
func (c *Migrate) Run(ctx context.Context, streams Streams) error {
	if err := app.Migrate(ctx, c.Record, time.Now); err != nil {
		return err
	}
	_, err := fmt.Fprintln(streams.Out, "the record is up to date")
	return err
}

// Rebuild wakes every waiting customer.
type Rebuild struct {
	config.Record `embed:""`
}

// Run implements the command.
func (c *Rebuild) Run(ctx context.Context, streams Streams) error {
	n, err := app.Rebuild(ctx, c.Record, time.Now)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(streams.Out, "%s will be woken by the running workers\n", count(n, "waiting customer"))
	return err
}
