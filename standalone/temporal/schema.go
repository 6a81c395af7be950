package temporal

import (
	"context"
	"database/sql"
	"fmt"

	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	sqliteschema "go.temporal.io/server/schema/sqlite"
)

// expectedTables returns what a new file would hold.
func expectedTables(ctx context.Context) ([]string, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, fmt.Errorf("open a database in memory: %w", err)
	}
	defer db.Close()
	// Every connection to ":memory:" has a database of its own.
	db.SetMaxOpenConns(1)
	if err := createTables(ctx, db); err != nil {
		return nil, err
	}
	return tables(ctx, db)
}

// tables returns the definitions of all tables, indexes and triggers.
func tables(ctx context.Context, db *sql.DB) ([]string, error) {
	rows, err := db.QueryContext(ctx, `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master
		WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1`)
	if err != nil {
		return nil, fmt.Errorf("read the tables: %w", err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, fmt.Errorf("read the tables: %w", err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the tables: %w", err)
	}
	return all, nil
}

// createTables creates the server's tables, all or none.
func createTables(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to create the tables: %w", err)
	}
	// After the commit there is nothing to roll back.
	defer tx.Rollback()
	if err := sqliteschema.SetupSchemaOnDB(schemaWriter{tx: tx}); err != nil {
		return fmt.Errorf("create the tables: %w", err)
	}
	if err := dropIndexes(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit the tables: %w", err)
	}
	return nil
}

// schemaWriter gives the server's schema a transaction to run in. Exec is all that it calls.
type schemaWriter struct {
	sqlplugin.AdminDB
	tx *sql.Tx
}

// Exec implements the part of sqlplugin.AdminDB that is used.
func (w schemaWriter) Exec(statement string, args ...any) error {
	_, err := w.tx.Exec(statement, args...)
	return err
}

// dropIndexes removes what makes workflows findable by attributes that none of ours has: some fifty indexes, and the
// triggers that keep two full-text indexes. Measured, they are two fifths of all work that the server does for a short
// workflow. Workflows can still be listed, and found by id, type, status and times.
func dropIndexes(ctx context.Context, tx *sql.Tx) error {
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
