package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// An ingest that found a customer just before a merge may store an event or link a device just after it, under an id that
// the record knows no more. It takes no lock against that, because merges are rare and ingests are not: what it leaves is
// given to whom it belongs when the merged customer's workflow next asks for a decision, or by the reconciler.

var (
	survivorSQL     = sqlText(`SELECT customer_id FROM customer_aliases WHERE former_id = $1`)
	restEventsSQL   = sqlText(`UPDATE events SET customer_id = $2 WHERE customer_id = $1 AND consumed_step IS NULL`)
	restConsentsSQL = sqlText(`UPDATE consents SET customer_id = $2 WHERE customer_id = $1`)
	restDevicesSQL  = sqlText(`UPDATE devices SET customer_id = $2 WHERE customer_id = $1`)
	goneCountSQL    = sqlText(`SELECT COALESCE(MAX(count), 0) FROM wakes WHERE customer_id = $1`)
	removeGoneSQL   = sqlText(`DELETE FROM wakes WHERE customer_id = $1 AND count = $2`)
	// wakeGoneSQL lets a customer be signalled again at once: the workflow that asks now ends.
	wakeGoneSQL = sqlText(`UPDATE wakes SET signalled_at = NULL, tries = 0 WHERE customer_id = $1`)
)

// settleGone answers a wake-up of a customer whom the record does not know: there is nothing to wake for any more. When the
// customer was merged into another one, what was stored for it since goes there, and the other one is woken. The wake row goes
// only with the count that it had before that, as with any decision.
func (s *Store) settleGone(ctx context.Context, t tx, id string) error {
	var count int64
	if err := t.row(ctx, goneCountSQL, []any{id}, &count); err != nil {
		return fmt.Errorf("read wake row: %w", err)
	}
	into, err := survivor(ctx, t, id)
	if err != nil {
		return err
	}
	if into != id {
		err = s.giveRest(ctx, t, id, into)
	} else {
		err = s.reopenErasure(ctx, t, id)
	}
	if err != nil {
		return err
	}
	removed, err := t.exec(ctx, removeGoneSQL, id, count)
	if err == nil && removed == 0 && count > 0 {
		_, err = t.exec(ctx, wakeGoneSQL, id)
	}
	if err != nil {
		return fmt.Errorf("remove wake row: %w", err)
	}
	return nil
}

// survivor returns the customer into whom one was merged, or that one itself.
func survivor(ctx context.Context, t tx, id string) (string, error) {
	into := id
	if err := t.row(ctx, survivorSQL, []any{id}, &into); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("find the customer that %s was merged into: %w", id, err)
	}
	return into, nil
}

// giveRest gives what was stored for a merged customer to the one who stays, and wakes that one.
func (s *Store) giveRest(ctx context.Context, t tx, former, survivor string) error {
	for _, q := range []statement{restEventsSQL, restConsentsSQL, restDevicesSQL} {
		if _, err := t.exec(ctx, q, former, survivor); err != nil {
			return fmt.Errorf("give what came for %s to %s: %w", former, survivor, err)
		}
	}
	bumps := newWakeBumps(s.now())
	bumps.add(survivor, 1)
	return bumps.write(ctx, t)
}

var restSQL = sqlText(`SELECT a.former_id, a.customer_id FROM customer_aliases a WHERE a.merged_at >= $1 AND (
		EXISTS (SELECT 1 FROM events e WHERE e.customer_id = a.former_id AND e.consumed_step IS NULL)
		OR EXISTS (SELECT 1 FROM devices d WHERE d.customer_id = a.former_id))
	ORDER BY a.former_id LIMIT $2`)

// GiveRest gives what was stored for customers after they had been merged, since a real instant, to those who stay. It does
// so for at most limit customers and returns for how many.
func (s *Store) GiveRest(ctx context.Context, since time.Time, limit int) (int, error) {
	given := 0
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		rest, err := pairs(ctx, t, restSQL, micros(since), limit)
		if err != nil {
			return err
		}
		given = len(rest)
		for former, survivor := range rest {
			if err := s.giveRest(ctx, t, former, survivor); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("give what came for merged customers: %w", err)
	}
	return given, nil
}
