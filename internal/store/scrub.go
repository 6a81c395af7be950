package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrBusy says that somebody reads the record just now, so that its write-ahead log cannot be emptied.
var ErrBusy = errors.New("the record is being read")

// Scrub overwrites what was deleted from a record on SQLite: it writes the file anew and empties the write-ahead log. While it
// does, nothing else can be stored. It answers ErrBusy when somebody reads for long. On PostgreSQL it does nothing: there the
// database does it in its own time.
func (s *Store) Scrub(ctx context.Context) (err error) {
	if s.dialect != sqlite {
		return nil
	}
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return fmt.Errorf("scrub the record: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := emptyLog(ctx, conn); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "VACUUM"); err != nil {
		return fmt.Errorf("scrub the record: %w", err)
	}
	return emptyLog(ctx, conn)
}

// emptyLog takes all of the write-ahead log into the file, and leaves it empty.
func emptyLog(ctx context.Context, conn *sql.Conn) (err error) {
	// Writers wait meanwhile, so it does not wait for readers for long.
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout(200)"); err != nil {
		return fmt.Errorf("empty the write-ahead log: %w", err)
	}
	defer func() {
		_, back := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout("+busyTimeout+")")
		err = errors.Join(err, back)
	}()
	var busy, log, taken int
	if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &taken); err != nil {
		return fmt.Errorf("empty the write-ahead log: %w", err)
	}
	if busy != 0 {
		return fmt.Errorf("empty the write-ahead log: %w", ErrBusy)
	}
	return nil
}
