package torture

import (
	"context"
	"sync"
	"time"
)

// watch looks all the time for a customer who has an event that wakes but no wake row: ingest makes both in one transaction
// and a decision takes both away in one, so no snapshot of the record may show it.
type watch struct {
	mu    sync.Mutex
	found []string
	looks int
}

const forgottenQuery = `SELECT e.customer_id || ' ' || e.name || ' ' || e.message_id FROM events e
	WHERE e.consumed_step IS NULL AND e.customer_id IS NOT NULL AND e.wakes = 1
		AND NOT EXISTS (SELECT 1 FROM wakes w WHERE w.customer_id = e.customer_id) LIMIT 10`

func (w *watch) run(ctx context.Context, in *installation) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.look(ctx, in)
		}
	}
}

func (w *watch) look(ctx context.Context, in *installation) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	found, err := in.record.QueryContext(ctx, forgottenQuery)
	if err != nil {
		return // The record is away just now.
	}
	defer found.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks++
	for found.Next() {
		var one string
		if found.Scan(&one) == nil && len(w.found) < 1000 {
			w.found = append(w.found, one)
		}
	}
	_ = found.Err() // What was found counts.
}
