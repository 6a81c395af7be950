package torture

import (
	"context"
	"slices"
	"sync"
	"time"
)

// play plays a story from now on.
func (s *shop) play(ctx context.Context, told story) {
	begun := time.Now()
	for _, a := range told.acts {
		if pause := time.Until(begun.Add(a.after)); pause > 0 {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
		}
		s.act(ctx, a)
	}
}

func (s *shop) act(ctx context.Context, a act) {
	if a.objects != "" {
		s.ledger.object(a.user, a.how)
		until(ctx, func() bool { return s.object(ctx, a.objects, a.how) })
		return
	}
	now := time.Now().UTC()
	events := slices.Clone(a.events)
	for i := range events {
		events[i].At = now
	}
	switch {
	case a.history:
		for i := range events {
			events[i].At = now.AddDate(-1, 0, 0)
		}
		s.post(ctx, importPath, events...)
	case a.once:
		s.once(ctx, batchPath, events)
	case a.together:
		var all sync.WaitGroup
		for _, e := range events {
			all.Go(func() { s.post(ctx, batchPath, e) })
		}
		all.Wait()
	default:
		s.post(ctx, batchPath, events...)
	}
}

// open plays a new story at every tick of the rate until ctx is done or there are enough events, and returns when all
// stories have ended.
func (s *shop) open(ctx, stories context.Context, w *writer, o options) {
	var all sync.WaitGroup
	tick := time.NewTicker(time.Duration(1.6 * float64(time.Second) / o.ordersPerSecond)) // a story has 1.6 orders
	defer tick.Stop()
	for {
		events, _, _ := s.ledger.count()
		if o.events > 0 && events >= o.events {
			break
		}
		told := w.story()
		all.Go(func() { s.play(stories, told) })
		select {
		case <-ctx.Done():
			all.Wait()
			return
		case <-tick.C:
		}
	}
	all.Wait()
}
