package store

import (
	"context"
	"time"
)

// pruneReportsSQL goes through the index in its order.
var pruneReportsSQL = sqlText(`DELETE FROM provider_events WHERE id IN
	(SELECT id FROM provider_events WHERE received_at < $1 ORDER BY received_at LIMIT $2)`)

// PruneReports forgets at most limit reports of the provider that were received before a real instant, and returns how many.
// What they said stays with the messages. A report that is forgotten and comes again would count again.
func (s *Store) PruneReports(ctx context.Context, before time.Time, limit int) (int, error) {
	return s.prune(ctx, "old reports", pruneReportsSQL, before, limit)
}
