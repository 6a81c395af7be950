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

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
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
	switch {
	case isBroken(err):
		return fmt.Errorf("temporal's data file %s is broken: %s (%w)", dataFile, wayOut, err)
	case err != nil:
		return fmt.Errorf("open temporal's data file %s: %w", dataFile, err)
	case len(have) == 0:
		return createTables(ctx, db)
	case !slices.Equal(have, want):
		return fmt.Errorf("temporal's data file %s was made by another release: %s", dataFile, wayOut)
	}
	return nil
}

// isBroken reports whether SQLite says that the file is damaged or none of its own.
func isBroken(err error) bool {
	var fault *sqlite.Error
	if !errors.As(err, &fault) {
		return false
	}
	const primaryCode = 0xff
	code := fault.Code() & primaryCode
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
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

// escapePath makes a path part of an SQLite URI.
func escapePath(path string) string {
	return (&url.URL{Path: path}).EscapedPath()
}
