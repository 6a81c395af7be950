package app

import (
	"context"
	"time"

	"klantreis/config"
)

// chore is what is removed of one kind.
type chore struct {
	// what names it in metrics and the log.
	what string
	// kept is for how long. Zero means for ever.
	kept time.Duration
	// journeyTime is true when its rows bear journey instants.
	journeyTime bool
	// portion removes some of what is from before an instant, looking at so many rows, and answers whether there may be more.
	portion func(ctx context.Context, before time.Time, size int) (removed int, more bool, err error)
}

// chores returns what is removed. What may go first comes first: a wake row for events that nobody has read may be carried
// out while the rest is done.
func (r *retention) chores() []*chore {
	inReal := func(what string, kept config.Days, prune pruneFunc) *chore {
		return &chore{what: what, kept: time.Duration(kept), portion: prune.portion}
	}
	inJourney := func(what string, kept config.Days, prune pruneFunc) *chore {
		return &chore{what: what, kept: time.Duration(kept), journeyTime: true, portion: prune.portion}
	}
	return []*chore{
		inReal("message_ids", r.keep.MessageIDs, r.record.PruneMessageIDs),
		inReal("rejected_events", r.keep.Rejected, r.record.PruneRejected),
		inReal("erased_message_ids", r.keep.MessageIDs, r.record.PruneErasedMessageIDs),
		inReal("lost_sends", config.Days(lostKept), r.record.PruneLostSends),
		inReal("reports", r.keep.Reports, r.record.PruneReports),
		inReal("sessions", config.Days(sessionIdle), r.pruneSessions),
		inJourney("decisions", r.keep.Decisions, r.record.PruneDecisions),
		inJourney("visitors", r.keep.Visitors, r.record.PruneVisitors),
		inJourney("tasks", r.keep.Tasks, r.record.PruneTasks),
		inReal("audit", r.keep.Audit, r.record.PruneAudit),
		{what: "events", kept: time.Duration(r.keep.Events), journeyTime: true, portion: r.pruneEvents()},
	}
}

// pruneFunc removes what is from before an instant, at most so many, and answers how many.
type pruneFunc func(ctx context.Context, before time.Time, limit int) (int, error)

func (p pruneFunc) portion(ctx context.Context, before time.Time, size int) (int, bool, error) {
	removed, err := p(ctx, before, size)
	return removed, removed == size, err
}

// pruneSessions removes sessions that were idle since an instant, or that are as old as any may be.
func (r *retention) pruneSessions(ctx context.Context, idleSince time.Time, limit int) (int, error) {
	return r.record.PruneSessions(ctx, idleSince, idleSince.Add(sessionIdle-sessionMost), limit)
}

// pruneEvents goes through the oldest events. What it leaves, because somebody may still ask for it, is looked at once.
func (r *retention) pruneEvents() func(context.Context, time.Time, int) (int, bool, error) {
	after, woken := int64(0), 0
	return func(ctx context.Context, before time.Time, size int) (int, bool, error) {
		p, err := r.record.PruneEvents(ctx, before, after, size, wokenAtMost-woken)
		if err != nil {
			return 0, false, err
		}
		after = p.Last
		if woken += p.Woken; p.Woken > 0 {
			r.woken()
		}
		return p.Removed, p.More, nil
	}
}
