package store

import (
	"context"
	"fmt"
	"time"
)

var pruneTasksSQL = sqlText(`DELETE FROM tasks WHERE id IN
	(SELECT id FROM tasks WHERE done_at > 0 AND done_at < $1 ORDER BY done_at LIMIT $2)`)

// PruneTasks removes at most limit tasks that were done before a journey instant, and returns how many.
func (s *Store) PruneTasks(ctx context.Context, before time.Time, limit int) (int, error) {
	return s.prune(ctx, "done tasks", pruneTasksSQL, before, limit)
}

var pruneAuditSQL = sqlText(`DELETE FROM audit WHERE at < $1 AND seq IN (SELECT seq FROM audit ORDER BY seq LIMIT $2)`)

// PruneAudit removes lines of the audit log from before a real instant, looking at no more than the limit of the first ones,
// and returns how many.
func (s *Store) PruneAudit(ctx context.Context, before time.Time, limit int) (int, error) {
	return s.prune(ctx, "old lines of the audit log", pruneAuditSQL, before, limit)
}

// prune runs one statement that removes what is older than an instant, at most so many.
func (s *Store) prune(ctx context.Context, what string, q statement, before time.Time, limit int) (int, error) {
	var removed int64
	err := s.write(ctx, func(ctx context.Context, t tx) (err error) {
		removed, err = t.exec(ctx, q, micros(before), limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("remove %s: %w", what, err)
	}
	return int(removed), nil
}
