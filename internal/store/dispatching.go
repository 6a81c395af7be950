package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Wake is a customer who is to decide.
type Wake struct {
	// CustomerID is our own id of the customer.
	CustomerID string
	// Urgent is true when a transactional message may follow.
	Urgent bool
	// Since is the real instant of the oldest thing that asks for it.
	Since time.Time
}

// claimWakesSQL takes from two lists, so that each can come in order from an index however long they are.
var claimWakesSQL = sqlText(`WITH waiting AS (
		SELECT customer_id, urgent, since FROM wakes WHERE signalled_at IS NULL
		ORDER BY urgent DESC, since LIMIT $3 FOR UPDATE SKIP LOCKED
	), stale AS (
		SELECT customer_id, urgent, since FROM wakes WHERE signalled_at < $2
		ORDER BY urgent DESC, since LIMIT $3 FOR UPDATE SKIP LOCKED
	), due AS (
		SELECT * FROM waiting UNION ALL SELECT * FROM stale ORDER BY urgent DESC, since LIMIT $3
	)
	UPDATE wakes SET signalled_at = $1 WHERE customer_id IN (SELECT customer_id FROM due)
	RETURNING customer_id, urgent, since`)

// ClaimWakes marks up to limit wake rows as signalled now, a real instant, and returns them: urgent ones first, then the
// oldest. Rows that were signalled longer than stale ago count as not signalled. On PostgreSQL no row is given to two
// callers at once, and none waits for the other.
func (s *Store) ClaimWakes(ctx context.Context, now time.Time, limit int, stale time.Duration) ([]Wake, error) {
	var wakes []Wake
	err := s.write(ctx, func(ctx context.Context, t tx) (err error) {
		wakes, err = all(ctx, t, scanWake, claimWakesSQL, micros(now), micros(now.Add(-stale)), limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim wake rows: %w", err)
	}
	slices.SortFunc(wakes, func(a, b Wake) int {
		return cmp.Or(flag(b.Urgent)-flag(a.Urgent), a.Since.Compare(b.Since), cmp.Compare(a.CustomerID, b.CustomerID))
	})
	return wakes, nil
}

func scanWake(row scanner) (Wake, error) {
	var wake Wake
	var since int64
	err := row.Scan(&wake.CustomerID, &wake.Urgent, &since)
	wake.Since = instant(since)
	return wake, err
}

var releaseWakesSQL = sqlText(`UPDATE wakes SET signalled_at = NULL WHERE customer_id IN
	(SELECT customer_id FROM wakes WHERE customer_id = ANY($1) ORDER BY customer_id FOR UPDATE)`)

// ReleaseWakes takes the mark back from customers who could not be signalled.
func (s *Store) ReleaseWakes(ctx context.Context, customerIDs ...string) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		_, err := t.exec(ctx, releaseWakesSQL, customerIDs)
		return err
	})
	if err != nil {
		return fmt.Errorf("release wake rows: %w", err)
	}
	return nil
}

// Backlog says how many customers are to decide.
type Backlog struct {
	// Waiting are those that were not signalled yet. Counting stops at 10,000.
	Waiting int
	// OldestWaiting is the real instant since when the first of them waits. Zero when none does.
	OldestWaiting time.Time
	// InFlight are those that were signalled and have not decided yet. Counting stops at 10,000.
	InFlight int
	// OldestInFlight is the real instant at which the first of them was signalled. Zero when none was.
	OldestInFlight time.Time
}

// backlogSQL counts from the indexes only. The oldest waiting row is looked for in each lane, because the index has the
// lanes one after the other.
var backlogSQL = sqlText(`SELECT
	(SELECT COUNT(*) FROM (SELECT 1 FROM wakes WHERE signalled_at IS NULL LIMIT 10000) AS a),
	(SELECT COUNT(*) FROM (SELECT 1 FROM wakes WHERE signalled_at >= $1 LIMIT 10000) AS b),
	COALESCE((SELECT MIN(since) FROM wakes WHERE signalled_at IS NULL AND urgent = 1), 0),
	COALESCE((SELECT MIN(since) FROM wakes WHERE signalled_at IS NULL AND urgent = 0), 0),
	COALESCE((SELECT MIN(signalled_at) FROM wakes WHERE signalled_at >= $1), 0)`)

// Backlog returns how much there is to do, at the real instant now. Rows that were signalled longer than stale ago are
// in neither part, because the next claim takes them.
func (s *Store) Backlog(ctx context.Context, now time.Time, stale time.Duration) (Backlog, error) {
	var b Backlog
	var urgent, other, inFlight int64
	err := s.readOne(ctx, backlogSQL, []any{micros(now.Add(-stale))}, &b.Waiting, &b.InFlight, &urgent, &other, &inFlight)
	if err != nil {
		return Backlog{}, fmt.Errorf("count wake rows: %w", err)
	}
	b.OldestWaiting, b.OldestInFlight = instant(urgent), instant(inFlight)
	if oldest := instant(other); b.OldestWaiting.IsZero() || other != 0 && oldest.Before(b.OldestWaiting) {
		b.OldestWaiting = oldest
	}
	return b, nil
}
