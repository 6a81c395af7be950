package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
)

// fileLock is a lock between processes that migrate one SQLite file: an exclusive transaction in a second, empty file
// beside it, which the system ends with the process that holds it.
type fileLock struct {
	path string
	db   *sql.DB
	held *sql.Tx
}

func newFileLock(ctx context.Context, db *sql.DB) (*fileLock, error) {
	var path string
	err := db.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path)
	return &fileLock{path: path + "-migrate"}, err
}

// SessionLock waits for the lock, at most five minutes.
func (l *fileLock) SessionLock(ctx context.Context, _ *sql.Conn) error {
	file := url.URL{Scheme: "file", Path: l.path}
	db, err := sql.Open("sqlite", file.String()+"?_pragma=busy_timeout(300000)&_txlock=exclusive")
	if err != nil {
		return err
	}
	held, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("lock %s: %w", l.path, errors.Join(err, db.Close()))
	}
	l.db, l.held = db, held
	return nil
}

// SessionUnlock gives the lock back.
func (l *fileLock) SessionUnlock(context.Context, *sql.Conn) error {
	err := l.held.Rollback()
	if errors.Is(err, sql.ErrTxDone) { // The context of SessionLock ended, and the lock with it.
		err = nil
	}
	return errors.Join(err, l.db.Close())
}
