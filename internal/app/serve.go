package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"klantreis/api"
)

func (a *App) listen(ctx context.Context) (err error) {
	if !a.Roles.API {
		return nil
	}
	if a.listener, err = a.listenOn(ctx, a.cfg.HTTP.Addr, "--addr"); err != nil || !a.cfg.TLS.On() {
		return err
	}
	certificate, err := newCertificate(a.cfg.TLS, a.Now, a.Log)
	if err != nil {
		return err
	}
	a.listener = tls.NewListener(a.listener, certificate.config())
	return nil
}

// listenMetrics listens where the metrics are shown to whoever reaches it.
func (a *App) listenMetrics(ctx context.Context) (err error) {
	if a.cfg.Metrics.Addr != "" {
		a.monitored, err = a.listenOn(ctx, a.cfg.Metrics.Addr, "--metrics-addr")
	}
	return err
}

func (a *App) listenOn(ctx context.Context, addr, flag string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w (another program may use it: choose another with %s)", addr, err, flag)
	}
	a.cleanup(func() error {
		if err := listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return listener, nil
}

// Run does the work of the roles until ctx is done or a part fails for good.
func (a *App) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.bus.Publish(ctx) })
	if a.Roles.Worker {
		group.Go(func() error { return a.work(ctx, group) })
	}
	if a.Roles.Dispatcher {
		a.dispatch(ctx, group)
	}
	if a.monitored != nil {
		a.serve(ctx, group, a.monitored, metricsHandler(a.metrics), nil)
	}
	if a.Roles.API {
		group.Go(func() error { return a.bus.ListenForKeys(ctx, a.keys.Forget) })
		a.serve(ctx, group, a.listener, a.handler(), a.Ready)
		a.walkShops(ctx, group)
	}
	return group.Wait()
}

// stopTimeout is how long requests under way may take when the process stops.
const stopTimeout = 10 * time.Second

func (a *App) serve(ctx context.Context, group *errgroup.Group, listener net.Listener, handler http.Handler, ready func(net.Addr)) {
	server := api.HTTPServer(listener.Addr().String(), handler)
	// What strangers do wrong, such as half a TLS handshake, is not worth a line each.
	server.ErrorLog = slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug)
	group.Go(func() error {
		if ready != nil {
			ready(listener.Addr())
		}
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve HTTP: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		return server.Shutdown(ctx)
	})
}
