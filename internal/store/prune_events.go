package store

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// EventPortion is what was done with a portion of the oldest events.
type EventPortion struct {
	// Last is where the next portion begins.
	Last int64
	// Removed is how many events were removed.
	Removed int
	// Woken is how many customers were woken, because some of their events are old and were never read.
	Woken int
	// More is false when all that follow are younger.
	More bool
}

var (
	// oldestEventsSQL goes through the events in order of arrival, which is that of their receipts but for clocks.
	oldestEventsSQL = sqlText(`SELECT seq, received_at FROM events WHERE seq > $1 ORDER BY seq LIMIT $2`)
	// pruneEventsSQL keeps what a run that is under way may still ask for: what started it, and what happened since.
	pruneEventsSQL = sqlText(`DELETE FROM events WHERE seq = ANY($1) AND customer_id IS NOT NULL AND consumed_step IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.customer_id = events.customer_id AND r.status = 'active'
			AND (r.started_at <= events.stamped_at OR r.trigger_seq = events.seq))`)
	// wakeUnreadSQL puts them into the lowest lane.
	wakeUnreadSQL = sqlText(`INSERT INTO wakes (customer_id, count, urgent, since)
		SELECT DISTINCT customer_id, 1, -1, CAST($2 AS BIGINT) FROM events
			WHERE seq = ANY($1) AND customer_id IS NOT NULL AND consumed_step IS NULL
			AND NOT EXISTS (SELECT 1 FROM wakes w WHERE w.customer_id = events.customer_id) ORDER BY customer_id LIMIT $3
		ON CONFLICT (customer_id) DO NOTHING`)
)

// PruneEvents removes customers' events that were received before a journey instant, looking at no more than the limit of
// those that come after another one. What no decision has read is not removed: its customers are woken, at most wake of
// them, so that a later portion finds it read. Nor is what a run under way may ask for.
func (s *Store) PruneEvents(ctx context.Context, before time.Time, after int64, limit, wake int) (EventPortion, error) {
	p := EventPortion{Last: after}
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		p = EventPortion{Last: after}
		old, err := all(ctx, t, func(row scanner) (seq int64, err error) {
			var received int64
			if err = row.Scan(&p.Last, &received); received < micros(before) {
				seq = p.Last
			}
			return seq, err
		}, oldestEventsSQL, after, limit)
		if err != nil {
			return err
		}
		old = slices.DeleteFunc(old, func(seq int64) bool { return seq == 0 })
		if p.More = len(old) > 0; !p.More {
			return nil
		}
		removed, err := t.exec(ctx, pruneEventsSQL, old)
		if err != nil {
			return err
		}
		woken, err := t.exec(ctx, wakeUnreadSQL, old, micros(s.now()), wake)
		p.Removed, p.Woken = int(removed), int(woken)
		return err
	})
	if err != nil {
		return EventPortion{}, fmt.Errorf("remove old events: %w", err)
	}
	return p, nil
}
