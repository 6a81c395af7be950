package dispatch

import (
	"context"
	"time"
)

// lookWithin is how long one look for overdue customers may take.
const lookWithin = time.Minute

func (d *Dispatcher) wakeOverdue(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	return d.Rows.WakeOverdue(ctx, d.Now(), d.Stale)
}

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
		n, err := d.wakeOverdue(ctx)
		if err != nil {
			d.warn(ctx, "look for overdue customers", err)
		} else if n > 0 {
			d.Log.WarnContext(ctx, "woke overdue customers", "customers", n)
		}
	}
}
