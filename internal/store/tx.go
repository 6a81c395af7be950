package store

import (
	"context"
	"database/sql"
	"fmt"
)

// tx is one transaction in one dialect.
type tx struct {
	inner   *sql.Tx
	dialect *dialect
}

// exec runs a statement and returns how many rows it changed.
func (t tx) exec(ctx context.Context, q statement, args ...any) (int64, error) {
	bound, err := t.dialect.bind(args)
	if err != nil {
		return 0, err
	}
	result, err := t.inner.ExecContext(ctx, t.dialect.text(q), bound...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row runs a query for one row.
func (t tx) row(ctx context.Context, q statement, args []any, into ...any) error {
	bound, err := t.dialect.bind(args)
	if err != nil {
		return err
	}
	return t.inner.QueryRowContext(ctx, t.dialect.text(q), bound...).Scan(into...)
}

// scanner is a row to scan: *sql.Rows or *sql.Row.
type scanner interface {
	Scan(into ...any) error
}

// all runs a query and returns what scan makes of each row. The rows are closed when it returns, so that the connection
// is free for the next statement.
func all[T any](ctx context.Context, t tx, scan func(scanner) (T, error), q statement, args ...any) ([]T, error) {
	bound, err := t.dialect.bind(args)
	if err != nil {
		return nil, err
	}
	rows, err := t.inner.QueryContext(ctx, t.dialect.text(q), bound...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err below tells what matters.
	var found []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("scan row: %w", err)
		}
		found = append(found, one)
	}
	return found, rows.Err()
}

// scanText scans a row of one text column.
func scanText(row scanner) (string, error) {
	var text string
	err := row.Scan(&text)
	return text, err
}
