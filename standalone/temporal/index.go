package temporal

import (
	"context"
	"database/sql"
	"fmt"
)

// slimIndex removes what makes workflows findable by attributes that none of ours has: some fifty indexes, and the
// triggers that keep two full-text indexes. Measured, they are two fifths of all work that the server does for a short
// workflow. Workflows can still be listed, and found by id, type, status and times.
func slimIndex(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT 'DROP ' || type || ' "' || name || '"' FROM sqlite_master
		WHERE tbl_name = 'executions_visibility' AND type IN ('index', 'trigger') AND sql IS NOT NULL
		AND name NOT IN ('default_idx', 'by_workflow_id', 'by_workflow_type', 'by_status')`)
	if err != nil {
		return fmt.Errorf("find superfluous indexes: %w", err)
	}
	defer rows.Close()
	var drops []string
	for rows.Next() {
		var drop string
		if err := rows.Scan(&drop); err != nil {
			return fmt.Errorf("find superfluous indexes: %w", err)
		}
		drops = append(drops, drop)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("find superfluous indexes: %w", err)
	}
	for _, drop := range drops {
		if _, err := tx.ExecContext(ctx, drop); err != nil {
			return fmt.Errorf("%s: %w", drop, err)
		}
	}
	return nil
}
