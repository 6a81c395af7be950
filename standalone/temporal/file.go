package temporal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	sqliteschema "go.temporal.io/server/schema/sqlite"

	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	// The driver of the file.
	_ "modernc.org/sqlite"
)

// wayOut tells what to do about a file that cannot be used.
const wayOut = "move it away; `rebuild` brings the waiting customers back"

// prepareFile makes sure that the file holds exactly the tables of this release of the server. A new file gets them in
// one transaction, so that there is no such thing as a half-made one. The server itself neither checks nor upgrades.
func prepareFile(ctx context.Context, dataFile string) error {
	if err := checkFolder(dataFile); err != nil {
		return err
	}
	want, err := expectedTables(ctx)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+escapePath(dataFile)+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)")
	if err != nil {
		return fmt.Errorf("open %s: %w", dataFile, err)
	}
	defer db.Close()
	have, err := tables(ctx, db)
	if err != nil {
		return fmt.Errorf("temporal's data file %s is broken: %s (%w)", dataFile, wayOut, err)
	}
	switch {
	case len(have) == 0:
		return createTables(ctx, db)
	case !slices.Equal(have, want):
		return fmt.Errorf("temporal's data file %s was made by another release: %s", dataFile, wayOut)
	}
	return nil
}

// checkFolder reports a path at which there can be no file.
func checkFolder(dataFile string) error {
	if dataFile == "" {
		return errors.New("temporal's data file has no name")
	}
	if info, err := os.Stat(filepath.Dir(dataFile)); err != nil {
		return fmt.Errorf("find the folder of temporal's data file: %w", err)
	} else if !info.IsDir() {
		return fmt.Errorf("temporal's data file %s: %w", dataFile, fs.ErrInvalid)
	}
	return nil
}

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
	if os.Getenv("KT_FULL") == "" {
		if err := slimIndex(ctx, tx); err != nil {
			return err
		}
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

// escapePath makes a path part of an SQLite URI.
func escapePath(path string) string {
	return (&url.URL{Path: path}).EscapedPath()
}
