package dispatch

import (
	"context"
	"time"
)

// reconcile wakes overdue customers now and then. It runs beside the rounds, because a backlog may never end.
func (d *Dispatcher) reconcile(ctx context.Context) {
	look := time.NewTicker(d.Reconcile)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		n, err := d.Rows.WakeOverdue(ctx, d.Now(), d.Stale)
		if err != nil {
			d.warn(ctx, "look for overdue customers", err)
		} else if n > 0 {
			d.Log.WarnContext(ctx, "woke overdue customers", "customers", n)
		}
	}
}
