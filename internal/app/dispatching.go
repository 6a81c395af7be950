package app

import (
	"context"

	"golang.org/x/sync/errgroup"

	"klantreis/internal/dispatch"
	"klantreis/worker"
)

// dispatch starts a dispatcher, and beside it what may run in any number of processes but needs no worker.
func (a *App) dispatch(ctx context.Context, group *errgroup.Group) {
	dispatcher := dispatch.New(dispatch.Options{
		Rows: &rows{record: a.record, clock: a.clock}, Waker: worker.Waker{Client: a.temporal},
		Hints: a.bus.Hints(), Now: a.Now, Log: a.Log, Signalled: a.dispatched.observe,
	})
	group.Go(func() error { return a.bus.Listen(ctx) })
	group.Go(func() error { return dispatcher.Run(ctx) })
	group.Go(func() error { return a.retention().run(ctx) })
	roll := &rollout{record: a.record, maps: a.maps, clock: a.clock, now: a.Now, woken: a.bus.Woken, log: a.Log}
	group.Go(func() error { return roll.run(ctx) })
}
