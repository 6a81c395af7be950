package store

import (
	"context"
	"fmt"
	"slices"
	"time"
)

var (
	oldestVisitorEventsSQL = sqlText(`SELECT seq, anonymous_id FROM (
			SELECT seq, anonymous_id, received_at FROM events WHERE customer_id IS NULL ORDER BY seq LIMIT $2
		) AS oldest WHERE received_at < $1`)
	pruneVisitorEventsSQL = sqlText(`DELETE FROM events WHERE seq = ANY($1) AND customer_id IS NULL`)
	// A device that was linked meanwhile is somebody's, and so is what was said on it.
	pruneVisitorConsentsSQL = sqlText(`DELETE FROM consents WHERE customer_id IS NULL AND anonymous_id = ANY($1)
		AND NOT EXISTS (SELECT 1 FROM events e WHERE e.anonymous_id = consents.anonymous_id AND e.customer_id IS NULL)`)
	pruneDevicesSQL = sqlText(`DELETE FROM devices WHERE anonymous_id = ANY($1) AND customer_id IS NULL
		AND NOT EXISTS (SELECT 1 FROM events e WHERE e.anonymous_id = devices.anonymous_id AND e.customer_id IS NULL)`)
)

// visitorEvent is an event of somebody who is no customer yet.
type visitorEvent struct {
	seq         int64
	anonymousID string
}

// PruneVisitors removes events of visitors that were received before a journey instant, looking at no more than the limit of
// those that came first, and returns how many. With a visitor's last event goes all else that is known of them.
func (s *Store) PruneVisitors(ctx context.Context, before time.Time, limit int) (int, error) {
	var removed int64
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		removed = 0
		events, err := all(ctx, t, func(row scanner) (e visitorEvent, err error) {
			err = row.Scan(&e.seq, &e.anonymousID)
			return e, err
		}, oldestVisitorEventsSQL, micros(before), limit)
		if err != nil || len(events) == 0 {
			return err
		}
		seqs, devices := make([]int64, len(events)), make([]string, len(events))
		for i, e := range events {
			seqs[i], devices[i] = e.seq, e.anonymousID
		}
		slices.Sort(devices)
		devices = slices.Compact(devices)
		// In the order of all others: devices before events.
		if _, err := pairs(ctx, t, lockDevicesSQL, devices); err != nil {
			return err
		}
		if removed, err = t.exec(ctx, pruneVisitorEventsSQL, seqs); err != nil {
			return err
		}
		for _, q := range []statement{pruneVisitorConsentsSQL, pruneDevicesSQL} {
			if _, err := t.exec(ctx, q, devices); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("remove what visitors did: %w", err)
	}
	return int(removed), nil
}
