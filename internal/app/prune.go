package app

import (
	"context"
	"time"
)

const (
	// messageIDsKept is how long, in real time, a messageId is remembered. The API promises 7 days.
	messageIDsKept = 8 * 24 * time.Hour
	// rejectedKept is how long, in real time, a rejected event is kept.
	rejectedKept = 7 * 24 * time.Hour
	// lostKept is how long, in real time, it is kept that a message was sent that the record does not know.
	lostKept = 90 * 24 * time.Hour
	// reportsKept is how long, in real time, a report of the provider is remembered, which repeats them for a day.
	reportsKept = 30 * 24 * time.Hour
	pruneEvery  = time.Hour
	pruneAtOnce = 10_000
)

// prune forgets what is old and needed no more now and then, a portion at a time.
func (a *App) prune(ctx context.Context) error {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		// MessageIds, rejected events and reports bear the real instant of their arrival, decisions a journey instant.
		now := a.Now()
		a.forget(ctx, "messageIds", now.Add(-messageIDsKept), a.record.PruneMessageIDs)
		a.forget(ctx, "messageIds of erased customers", now.Add(-messageIDsKept), a.record.PruneErasedMessageIDs)
		a.forget(ctx, "rejected events", now.Add(-rejectedKept), a.record.PruneRejected)
		a.forget(ctx, "lost sends", now.Add(-lostKept), a.record.PruneLostSends)
		a.forget(ctx, "reports", now.Add(-reportsKept), a.record.PruneReports)
		a.forget(ctx, "sessions", now, func(ctx context.Context, now time.Time, limit int) (int, error) {
			return a.record.PruneSessions(ctx, now.Add(-sessionIdle), now.Add(-sessionMost), limit)
		})
		if kept := time.Duration(a.cfg.Keep.Decisions); kept > 0 {
			a.forget(ctx, "decisions", a.clock.Journey(now.Add(-kept)), a.record.PruneDecisions)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// forget removes what is from before an instant.
func (a *App) forget(ctx context.Context, what string, before time.Time, remove func(context.Context, time.Time, int) (int, error)) {
	for {
		n, err := remove(ctx, before, pruneAtOnce)
		if err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "forget old "+what+"; trying again", "error", err)
		}
		if err != nil || n < pruneAtOnce {
			return
		}
	}
}
