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
	// Lane is the name of the row's lane.
	Lane string
	// First is true when it is claimed for the first time.
	First bool
	// Since is the real instant of the oldest thing that asks for it.
	Since time.Time
}

// claimWakesSQL takes from two lists, so that each can come in order from an index however long they are. A row that was
// signalled twice and more in vain gets what the others leave.
var claimWakesSQL = sqlText(`WITH waiting AS (
		SELECT customer_id, urgent, since, 0 AS again FROM wakes WHERE signalled_at IS NULL
		ORDER BY urgent DESC, since LIMIT $3 FOR UPDATE SKIP LOCKED
	), stale AS (
		SELECT customer_id, urgent, since, CASE WHEN tries > 1 THEN 1 ELSE 0 END AS again FROM wakes
		WHERE signalled_at IS NOT NULL AND stale_at < $1 ORDER BY stale_at LIMIT $3 FOR UPDATE SKIP LOCKED
	), due AS (
		SELECT * FROM waiting UNION ALL SELECT * FROM stale ORDER BY again, urgent DESC, since LIMIT $3
	)
	UPDATE wakes SET signalled_at = $1, tries = tries + 1,
		stale_at = CAST($1 AS BIGINT) + CAST($2 AS BIGINT) * CASE WHEN tries = 0 THEN 1 WHEN tries = 1 THEN 2 WHEN tries = 2 THEN 4
			WHEN tries = 3 THEN 8 WHEN tries = 4 THEN 16 ELSE 30 END
	WHERE customer_id IN (SELECT customer_id FROM due)
	RETURNING customer_id, urgent, since, tries`)

// ClaimWakes marks up to limit wake rows as signalled now, a real instant, and returns them: urgent ones first, then the
// oldest. A row counts as not signalled again after stale, and, when it is signalled in vain, after twice, four times and
// at most thirty times as long: a customer who cannot be decided does not hold up the others. On PostgreSQL no row is
// given to two callers at once, and none waits for the other. Those of a rollout come last.
func (s *Store) ClaimWakes(ctx context.Context, now time.Time, limit int, stale time.Duration) ([]Wake, error) {
	var wakes []Wake
	err := s.write(ctx, func(ctx context.Context, t tx) (err error) {
		wakes, err = all(ctx, t, scanWake, claimWakesSQL, micros(now), stale.Microseconds(), limit)
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
	var urgent, since, tries int64
	err := row.Scan(&wake.CustomerID, &urgent, &since, &tries)
	wake.Urgent, wake.Since, wake.Lane, wake.First = urgent > 0, instant(since), laneNames[urgent], tries == 1
	return wake, err
}

var releaseWakesSQL = sqlText(`UPDATE wakes SET signalled_at = NULL, tries = tries - 1 WHERE customer_id IN
	(SELECT customer_id FROM wakes WHERE customer_id = ANY($1) AND signalled_at = $2 ORDER BY customer_id FOR UPDATE)`)

// ReleaseWakes takes the mark of the claim that was made at a real instant back from customers who could not be signalled, as
// if they had not been claimed. A row that is another one by now, or was claimed again, stays as it is: the signal may have
// arrived although its answer did not.
func (s *Store) ReleaseWakes(ctx context.Context, claimed time.Time, customerIDs ...string) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		_, err := t.exec(ctx, releaseWakesSQL, customerIDs, micros(claimed))
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
	// InFlight are those that were signalled and have not decided yet. Counting stops at 10,000.
	InFlight int
	// Late are those of them that were signalled before the instant that the caller names. Counting stops at 10,000.
	Late int
}

// backlogSQL counts from the indexes only.
var backlogSQL = sqlText(`SELECT
	(SELECT COUNT(*) FROM (SELECT 1 FROM wakes WHERE signalled_at IS NULL LIMIT 10000) AS a),
	(SELECT COUNT(*) FROM (SELECT 1 FROM wakes WHERE signalled_at >= $1 AND tries < 3 LIMIT 10000) AS b),
	(SELECT COUNT(*) FROM (SELECT 1 FROM wakes WHERE signalled_at >= $1 AND signalled_at < $2 AND tries < 3 LIMIT 10000) AS c)`)

// Backlog returns how much there is to do, at the real instant now. Rows that were signalled longer than lost ago, or for
// the third time, are not in flight: nobody can say when they will decide. Those signalled longer than late ago are late.
func (s *Store) Backlog(ctx context.Context, now time.Time, late, lost time.Duration) (Backlog, error) {
	var b Backlog
	err := s.readOne(ctx, backlogSQL, []any{micros(now.Add(-lost)), micros(now.Add(-late))}, &b.Waiting, &b.InFlight, &b.Late)
	if err != nil {
		return Backlog{}, fmt.Errorf("count wake rows: %w", err)
	}
	return b, nil
}
