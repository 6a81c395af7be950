package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// What a newer map means for a customer shows at their next decision. A rollout brings it about soon: it wakes those whose
// last decision was under an older map and to whom the difference may matter. Where it stands is what the customers' rows
// say, so it can be broken off at any time, and several processes may carry it out at once.

// Rollout says who is to be woken.
type Rollout struct {
	// Live is the live version. Customers with runs under way are woken when they have not decided under it.
	Live int64
	// Everybody is the first version of which it is enough to wake those; of older ones all customers are woken, because
	// what time itself brings has changed.
	Everybody int64
	// CameBefore is the real instant before which customers must have come who never decided, because none of their events
	// could change anything under the map of then, to be woken too. Zero: none of them is.
	CameBefore time.Time
}

// The rows of a rollout have a lane of their own, below all others.
var (
	wakeBehindSQL = sqlText(`INSERT INTO wakes (customer_id, count, urgent, since)
		SELECT id, 1, -1, CAST($2 AS BIGINT) FROM customers c WHERE active_runs > 0 AND map_version < $1
			AND NOT EXISTS (SELECT 1 FROM wakes w WHERE w.customer_id = c.id)
		ORDER BY map_version LIMIT $3 ON CONFLICT (customer_id) DO NOTHING`)
	wakeAllBehindSQL = sqlText(`INSERT INTO wakes (customer_id, count, urgent, since)
		SELECT id, 1, -1, CAST($2 AS BIGINT) FROM customers c WHERE step > 0 AND map_version < $1
			AND NOT EXISTS (SELECT 1 FROM wakes w WHERE w.customer_id = c.id)
		ORDER BY map_version LIMIT $3 ON CONFLICT (customer_id) DO NOTHING`)
	wakeNewcomersSQL = sqlText(`INSERT INTO wakes (customer_id, count, urgent, since)
		SELECT id, 1, -1, CAST($1 AS BIGINT) FROM customers c WHERE step = 0 AND created_at < $2
			AND NOT EXISTS (SELECT 1 FROM wakes w WHERE w.customer_id = c.id)
		ORDER BY created_at LIMIT $3 ON CONFLICT (customer_id) DO NOTHING`)
)

// WakeBehind makes wake rows for customers whom a rollout is to reach and who are not awake, at most limit, and returns how
// many. The rows wait since realNow.
func (s *Store) WakeBehind(ctx context.Context, r Rollout, realNow time.Time, limit int) (int, error) {
	type wave struct {
		q    statement
		args []any
	}
	waves := []wave{{wakeBehindSQL, []any{r.Live, micros(realNow)}}, {wakeAllBehindSQL, []any{r.Everybody, micros(realNow)}}}
	if !r.CameBefore.IsZero() {
		waves = append(waves, wave{wakeNewcomersSQL, []any{micros(realNow), micros(r.CameBefore)}})
	}
	woken := 0
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		woken = 0
		for _, wave := range waves {
			if woken == limit {
				return nil
			}
			n, err := t.exec(ctx, wave.q, append(wave.args, limit-woken)...)
			if err != nil {
				return err
			}
			woken += int(n)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("wake customers under an older map: %w", err)
	}
	return woken, nil
}

var oldestVersionSQL = sqlText(`SELECT MIN(map_version) FROM customers WHERE step > 0`)

// OldestVersion returns the oldest version of the map under which some customer decided last. It is 0 when none ever did.
func (s *Store) OldestVersion(ctx context.Context) (int64, error) {
	var oldest sql.Null[int64]
	if err := s.readOne(ctx, oldestVersionSQL, nil, &oldest); err != nil {
		return 0, fmt.Errorf("read the oldest version in use: %w", err)
	}
	return oldest.V, nil
}

var behindSQL = sqlText(`SELECT COUNT(*) FROM (SELECT 1 FROM customers
	WHERE active_runs > 0 AND map_version < (SELECT COALESCE(MAX(version), 0) FROM maps) LIMIT 10000) AS behind`)

// Behind returns how many customers have runs under way and have not decided under the live map yet. Counting stops at
// 10,000.
func (s *Store) Behind(ctx context.Context) (int, error) {
	var n int
	if err := s.readOne(ctx, behindSQL, nil, &n); err != nil {
		return 0, fmt.Errorf("count customers under an older map: %w", err)
	}
	return n, nil
}
