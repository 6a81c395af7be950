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
}

// overdueAtOnce is how many overdue customers one look wakes.
const overdueAtOnce = 1000

// ClaimWakes implements dispatch.Rows.
func (r rows) ClaimWakes(ctx context.Context, now time.Time, limit int, stale time.Duration) ([]dispatch.Wake, error) {
	claimed, err := r.record.ClaimWakes(ctx, now, limit, stale)
	wakes := make([]dispatch.Wake, len(claimed))
	for i, w := range claimed {
		wakes[i] = dispatch.Wake{CustomerID: w.CustomerID}
	}
	return wakes, err
}

// ReleaseWakes implements dispatch.Rows.
func (r rows) ReleaseWakes(ctx context.Context, customerIDs []string) error {
	return r.record.ReleaseWakes(ctx, customerIDs...)
}

// Backlog implements dispatch.Rows.
func (r rows) Backlog(ctx context.Context, now time.Time, stale time.Duration) (dispatch.Backlog, error) {
	b, err := r.record.Backlog(ctx, now, stale)
	return dispatch.Backlog{InFlight: b.InFlight, OldestInFlight: b.OldestInFlight}, err
}

// WakeOverdue implements dispatch.Rows.
func (r rows) WakeOverdue(ctx context.Context, now time.Time, grace time.Duration) (int, error) {
	return r.record.WakeOverdue(ctx, r.clock.Journey(now.Add(-grace)), now, overdueAtOnce)
}
