package store

import (
	"context"
	"fmt"
	"slices"
	"time"
)

var wakeOverdueSQL = sqlText(`INSERT INTO wakes (customer_id, count, urgent, since)
	SELECT id, 1, 0, CAST($2 AS BIGINT) FROM customers c
	WHERE next_wake < $1 AND NOT EXISTS (SELECT 1 FROM wakes w WHERE w.customer_id = c.id)
	ORDER BY next_wake LIMIT $3 ON CONFLICT (customer_id) DO NOTHING`)

var wakeForgottenSQL = sqlText(`INSERT INTO wakes (customer_id, count, urgent, since)
	SELECT customer_id, 1, MAX(urgent), CAST($1 AS BIGINT) FROM events e
	WHERE consumed_step IS NULL AND customer_id IS NOT NULL AND wakes = 1
		AND NOT EXISTS (SELECT 1 FROM wakes w WHERE w.customer_id = e.customer_id)
	GROUP BY customer_id ORDER BY customer_id LIMIT $2 ON CONFLICT (customer_id) DO NOTHING`)

// wakeUnfinishedSQL finds messages that no workflow seems to look after any more: it was terminated, or a decision planned
// them that nobody saw. One that waits for a provider that is away is found too; waking its customer costs a decision. A
// webhook claims anew with every attempt, so it is known to be looked after, and may wait for days.
var wakeUnfinishedSQL = sqlText(`INSERT INTO wakes (customer_id, count, urgent, since)
	SELECT customer_id, 1, MAX(CASE WHEN class = 'transactional' THEN 1 ELSE 0 END), CAST($2 AS BIGINT) FROM messages m
	WHERE consumed_step IS NULL AND planned_at < $1 AND settled_at < $1 AND (kind <> 'webhook' OR claimed_at < $4)
		AND customer_id > $5 AND NOT EXISTS (SELECT 1 FROM wakes w WHERE w.customer_id = m.customer_id)
	GROUP BY customer_id ORDER BY customer_id LIMIT $3 ON CONFLICT (customer_id) DO NOTHING RETURNING customer_id`)

// webhookRest is longer than a webhook commonly rests between two attempts.
const webhookRest = 2 * time.Hour

// WakeUnfinished makes wake rows for customers with a message that was planned or settled before the journey instant and
// that no decision has seen the end of. It makes at most limit and returns how many. The rows wait since realNow.
//
// It goes round: it begins behind a customer, and returns behind whom the next round is to begin. So none waits for ever behind
// others whose messages stay unfinished, because the provider is away for long, say. The first round begins with the empty id.
func (s *Store) WakeUnfinished(ctx context.Context, before, realNow time.Time, behind string, limit int) (woken int, last string, err error) {
	err = s.write(ctx, func(ctx context.Context, t tx) error {
		woken, last = 0, behind
		for _, from := range []string{behind, ""} {
			ids, err := all(ctx, t, scanText, wakeUnfinishedSQL, micros(before), micros(realNow), limit-woken, micros(realNow.Add(-webhookRest)), from)
			if err != nil {
				return err
			}
			if len(ids) > 0 {
				last = slices.Max(ids)
			}
			if woken += len(ids); woken == limit || from == "" {
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return 0, behind, fmt.Errorf("wake customers with unfinished messages: %w", err)
	}
	return woken, last, nil
}

// WakeOverdue makes wake rows for customers whose next due instant lies before journeyNow although none of them is
// awake, and for customers with an event that wakes but no wake row, which should not happen. It makes at most limit of
// each kind and returns how many. The rows wait since realNow.
func (s *Store) WakeOverdue(ctx context.Context, journeyNow, realNow time.Time, limit int) (int, error) {
	var woken int64
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		overdue, err := t.exec(ctx, wakeOverdueSQL, micros(journeyNow), micros(realNow), limit)
		if err != nil {
			return err
		}
		forgotten, err := t.exec(ctx, wakeForgottenSQL, micros(realNow), limit)
		woken = overdue + forgotten
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("wake overdue customers: %w", err)
	}
	return int(woken), nil
}

// rebuildBatch is how many customers a transaction of WakeWaiting wakes: events can come in between two of them.
const rebuildBatch = 5000

var (
	waitingCustomersSQL = sqlText(`SELECT id FROM customers c WHERE id > $1 AND (next_wake IS NOT NULL
			OR EXISTS (SELECT 1 FROM messages m WHERE m.customer_id = c.id AND m.consumed_step IS NULL)
			OR EXISTS (SELECT 1 FROM events e WHERE e.customer_id = c.id AND e.consumed_step IS NULL AND e.wakes = 1)
			OR EXISTS (SELECT 1 FROM wakes w WHERE w.customer_id = c.id))
		ORDER BY id LIMIT $2`)
	wakeAgainSQL = sqlText(`INSERT INTO wakes (customer_id, count, urgent, since)
		SELECT id, 1, 0, CAST($2 AS BIGINT) FROM customers WHERE id = ANY($1) ORDER BY id
		ON CONFLICT (customer_id) DO UPDATE SET count = wakes.count + 1, signalled_at = NULL, tries = 0`)
)

// WakeWaiting makes a wake row, not signalled, for every customer who waits for anything: a due instant, a message that
// no decision has seen the end of, an event that wakes, or a decision for which they were signalled: that signal may be
// lost. It returns how many. It serves to start again on an empty
// Temporal; called otherwise it costs one decision for each customer and changes nothing.
func (s *Store) WakeWaiting(ctx context.Context, realNow time.Time) (int, error) {
	woken, last := 0, ""
	for {
		var batch []string
		err := s.write(ctx, func(ctx context.Context, t tx) (err error) {
			if batch, err = all(ctx, t, scanText, waitingCustomersSQL, last, rebuildBatch); err != nil || len(batch) == 0 {
				return err
			}
			_, err = t.exec(ctx, wakeAgainSQL, batch, micros(realNow))
			return err
		})
		if err != nil {
			return woken, fmt.Errorf("wake waiting customers after %d: %w", woken, err)
		}
		if len(batch) == 0 {
			return woken, nil
		}
		woken, last = woken+len(batch), batch[len(batch)-1]
	}
}
