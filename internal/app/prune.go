package app

import (
	"context"
	"time"
)

const (
	// messageIDsKept is how long, in real time, a messageId is remembered. The API promises 7 days.
	messageIDsKept = 8 * 24 * time.Hour
	pruneEvery     = time.Hour
	pruneAtOnce    = 10_000
)

// prune forgets old messageIds now and then, a portion at a time.
func (a *App) prune(ctx context.Context) error {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		before := a.clock.Journey(a.Now().Add(-messageIDsKept))
		for {
			n, err := a.record.PruneMessageIDs(ctx, before, pruneAtOnce)
			if err != nil && ctx.Err() == nil {
				a.Log.WarnContext(ctx, "forget old messageIds; trying again", "error", err)
			}
			if err != nil || n < pruneAtOnce {
				break
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
