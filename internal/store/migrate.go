package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// ErrSchema says that the tables of the record are not those that this program needs.
var ErrSchema = errors.New("schema does not fit this program")

// Migrate brings the tables to what this program needs, one transaction for each step. Any number of processes may call
// it at once: one does the work and the others wait for it. It answers ErrSchema when a newer program was here first.
func (s *Store) Migrate(ctx context.Context) error {
	provider, err := s.provider(ctx)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the record: %w", err)
	}
	return s.CheckSchema(ctx)
}

// CheckSchema answers ErrSchema, with both versions and what to do, unless the tables are those that this program needs.
// It changes nothing.
func (s *Store) CheckSchema(ctx context.Context) error {
	provider, err := s.provider(ctx)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	has, needs := int64(0), sources[len(sources)-1].Version
	var exists bool
	if err := s.readOne(ctx, hasVersionsSQL, nil, &exists); err != nil {
		return fmt.Errorf("look for the schema version: %w", err)
	}
	if exists {
		if err := s.readOne(ctx, versionSQL, nil, &has); err != nil {
			return fmt.Errorf("read the schema version: %w", err)
		}
	}
	switch {
	case has < needs:
		return fmt.Errorf("%w: it is at version %d and must be migrated to %d", ErrSchema, has, needs)
	case has > needs:
		return fmt.Errorf("%w: it is at version %d, made by a newer program; this one knows %d", ErrSchema, has, needs)
	}
	return nil
}

var (
	hasVersionsSQL = statement{
		postgres: `SELECT to_regclass('goose_db_version') IS NOT NULL`,
		sqlite:   `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'goose_db_version')`,
	}
	versionSQL = sqlText(`SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version`)
)

func (s *Store) provider(ctx context.Context) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+s.dialect.folder)
	if err != nil {
		return nil, fmt.Errorf("open migrations: %w", err)
	}
	locker, err := s.migrationLock(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare the migration lock: %w", err)
	}
	provider, err := goose.NewProvider(s.dialect.name, s.writer, files,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("load migrations: %w", err)
	}
	return provider, nil
}

// migrationLock returns what keeps two processes from migrating at once. Transactions alone would not: the second
// process would find the work of the first one undone when it looks, and do it again.
func (s *Store) migrationLock(ctx context.Context) (lock.SessionLocker, error) {
	if s.dialect == postgres {
		return lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	}
	return newFileLock(ctx, s.writer)
}
