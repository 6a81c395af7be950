package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"klantreis/activities"
)

// ErrNotFound says that the record holds no such customer, message or map version.
var ErrNotFound = activities.ErrNotFound

// Store is the record. Open makes one. It is safe for concurrent use, by any number of processes on PostgreSQL and by
// one process at a time on SQLite.
type Store struct {
	// writer runs the transactions that write. On SQLite it is one connection, because the file has one writer.
	writer *sql.DB
	// reader serves queries outside them. It is a pool of its own on PostgreSQL too: a decision may read a map while it
	// holds a writer connection, and would wait for ever if all others did the same.
	reader  *sql.DB
	dialect *dialect
	now     func() time.Time
	// addressKey is kept from the first use on.
	addressKey atomic.Pointer[string]
	// someErased is true once anybody is known to have been erased. It never becomes false again.
	someErased atomic.Bool
}

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.reader.PingContext(ctx); err != nil {
		return fmt.Errorf("reach the record: %w", err)
	}
	return nil
}

// Close ends all connections. Transactions under way are rolled back.
func (s *Store) Close() error {
	return errors.Join(s.reader.Close(), s.writer.Close())
}

// maxAttempts is how often a transaction is tried that PostgreSQL ends because of another one.
const maxAttempts = 5

// write runs fn in one transaction. It runs fn again when the database ended the transaction to resolve a deadlock or a
// conflict with another one, so fn must not have effects elsewhere that cannot be repeated.
func (s *Store) write(ctx context.Context, fn func(context.Context, tx) error) error {
	for attempt := 1; ; attempt++ {
		err := s.run(ctx, s.writer, nil, fn)
		if err == nil || attempt == maxAttempts || !s.dialect.retryable(err) {
			return err
		}
	}
}

// read runs fn in one transaction that sees the record as of one instant and cannot write.
func (s *Store) read(ctx context.Context, fn func(context.Context, tx) error) error {
	return s.run(ctx, s.reader, s.dialect.snapshot, fn)
}

func (s *Store) run(ctx context.Context, db *sql.DB, options *sql.TxOptions, fn func(context.Context, tx) error) error {
	inner, err := db.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	// After a commit this does nothing; after a failure its own error says nothing that the first one does not.
	defer func() { _ = inner.Rollback() }()
	if err := fn(ctx, tx{inner: inner, dialect: s.dialect}); err != nil {
		return err
	}
	if err := inner.Commit(); err != nil {
		return fmt.Errorf("commit: %w: %w", activities.ErrUnclear, err)
	}
	return nil
}

// readOne runs one query outside any transaction of its own and scans its only row. It answers sql.ErrNoRows like Scan.
func (s *Store) readOne(ctx context.Context, q statement, args []any, into ...any) error {
	bound, err := s.dialect.bind(args)
	if err != nil {
		return err
	}
	return s.reader.QueryRowContext(ctx, s.dialect.text(q), bound...).Scan(into...)
}
