package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"klantreis/api"
)

func (a *App) listen(ctx context.Context) error {
	if !a.Roles.API {
		return nil
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", a.cfg.HTTP.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w (another program may use it: choose another with --addr)", a.cfg.HTTP.Addr, err)
	}
	a.listener = listener
	a.cleanup(func() error {
		if err := listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return nil
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
	if a.Roles.API {
		group.Go(func() error { return a.bus.ListenForKeys(ctx, a.keys.Forget) })
		a.serve(ctx, group)
	}
	return group.Wait()
}

// stopTimeout is how long requests under way may take when the process stops.
const stopTimeout = 10 * time.Second

func (a *App) serve(ctx context.Context, group *errgroup.Group) {
	server := api.HTTPServer(a.cfg.HTTP.Addr, a.handler())
	group.Go(func() error {
		if a.Ready != nil {
			a.Ready(a.listener.Addr())
		}
		if err := server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
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
