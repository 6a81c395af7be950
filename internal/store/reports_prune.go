package store

import (
	"context"
	"fmt"
	"time"
)

// pruneReportsSQL goes through the index in its order.
var pruneReportsSQL = sqlText(`DELETE FROM provider_events WHERE id IN
	(SELECT id FROM provider_events WHERE received_at < $1 ORDER BY received_at LIMIT $2)`)

// PruneReports forgets at most limit reports of the provider that were received before a real instant, and returns how many.
// What they said stays with the messages. A report that is forgotten and comes again would count again.
func (s *Store) PruneReports(ctx context.Context, before time.Time, limit int) (int, error) {
	var pruned int64
	err := s.write(ctx, func(ctx context.Context, t tx) (err error) {
		pruned, err = t.exec(ctx, pruneReportsSQL, micros(before), limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("prune reports: %w", err)
	}
	return int(pruned), nil
}
