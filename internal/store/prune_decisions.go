package store

import (
	"context"
	"time"
)

var pruneDecisionsSQL = sqlText(`DELETE FROM decisions WHERE decided_at < $1
	AND seq IN (SELECT seq FROM decisions ORDER BY seq LIMIT $2)`)

// PruneDecisions removes decisions from before a journey instant, looking at no more than the limit of those that were
// recorded first. It returns how many it removed; when that is the limit there may be more. A decision about an event that
// was imported is kept until those are removed that were recorded before it.
func (s *Store) PruneDecisions(ctx context.Context, before time.Time, limit int) (int, error) {
	return s.prune(ctx, "old decisions", pruneDecisionsSQL, before, limit)
}
