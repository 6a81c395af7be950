package app

import (
	"context"
	"time"

	"klantreis/internal/dispatch"
	"klantreis/internal/store"
	"klantreis/journey"
)

// rows are the record's wake rows, as the dispatcher wants them.
type rows struct {
	record *store.Store
	clock  journey.Clock
	// looked is when unfinished messages were last looked for, and behind the customer behind whom the next look begins. They are
	// the reconciler's alone.
	looked time.Time
	behind string
}

// overdueAtOnce is how many overdue customers one look wakes.
const overdueAtOnce = 1000

// ClaimWakes implements dispatch.Rows.
func (r *rows) ClaimWakes(ctx context.Context, now time.Time, limit int, stale time.Duration) ([]dispatch.Wake, error) {
	claimed, err := r.record.ClaimWakes(ctx, now, limit, stale)
	wakes := make([]dispatch.Wake, len(claimed))
	for i, w := range claimed {
		wakes[i] = dispatch.Wake{CustomerID: w.CustomerID, Lane: w.Lane, Since: w.Since, First: w.First}
	}
	return wakes, err
}

// ReleaseWakes implements dispatch.Rows.
func (r *rows) ReleaseWakes(ctx context.Context, claimed time.Time, customerIDs []string) error {
	return r.record.ReleaseWakes(ctx, claimed, customerIDs...)
}

// Backlog implements dispatch.Rows.
func (r *rows) Backlog(ctx context.Context, now time.Time, late, lost time.Duration) (dispatch.Backlog, error) {
	b, err := r.record.Backlog(ctx, now, late, lost)
	return dispatch.Backlog{InFlight: b.InFlight, Late: b.Late}, err
}

// unfinishedAfter is when a message counts as forgotten, and how often to look for such messages. A provider that is away
// looks the same, and every look costs each of its customers a decision.
const unfinishedAfter = 10 * time.Minute

// restFor is how long after a merge something may still come in under the id of the merged customer: far longer than any
// ingest takes.
const restFor = time.Hour

// WakeOverdue implements dispatch.Rows. Now and then it also wakes those whose messages nobody seems to look
// after, and those to whom something came under the id of a customer who was merged into them.
func (r *rows) WakeOverdue(ctx context.Context, now time.Time, grace time.Duration) (int, error) {
	overdue, err := r.record.WakeOverdue(ctx, r.clock.Journey(now.Add(-grace)), now, overdueAtOnce)
	if err != nil || now.Sub(r.looked) < unfinishedAfter {
		return overdue, err
	}
	r.looked = now
	unfinished, behind, err := r.record.WakeUnfinished(ctx, r.clock.Journey(now.Add(-unfinishedAfter)), now, r.behind, overdueAtOnce)
	r.behind = behind
	if err != nil {
		return overdue + unfinished, err
	}
	rest, err := r.record.GiveRest(ctx, now.Add(-restFor), overdueAtOnce)
	return overdue + unfinished + rest, err
}
