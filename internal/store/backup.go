package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup copies a record on SQLite to a file that must not be there yet, as of one instant, while others use it. The copy is
// complete and on the disk when it returns without an error; otherwise there is no such file. PostgreSQL has means of its
// own for this.
func (s *Store) Backup(ctx context.Context, file string) error {
	if s.dialect != sqlite {
		return errors.New("back up the record: PostgreSQL is backed up with its own tools, such as pg_dump")
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("back up the record: %s is there already", file), err)
	}
	partial := file + ".partial"
	if err := os.Remove(partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("back up the record: %w", err)
	}
	err := s.copyTo(ctx, partial)
	if err == nil {
		err = os.Rename(partial, file)
	}
	if err == nil {
		err = syncPath(filepath.Dir(file))
	}
	if err != nil {
		// What is left of the copy takes space, and is of no use. The first error says what is wrong.
		_ = os.Remove(partial)
		return fmt.Errorf("back up the record: %w", err)
	}
	return nil
}

// copyTo writes a copy that only its owner may read.
func (s *Store) copyTo(ctx context.Context, path string) error {
	empty, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := empty.Close(); err != nil {
		return err
	}
	if err := s.vacuumInto(ctx, path); err != nil {
		return err
	}
	return syncPath(path)
}

// vacuumInto copies what a reader sees, so that writers need not wait. The copy counts as writing, which readers may not.
func (s *Store) vacuumInto(ctx context.Context, path string) (err error) {
	conn, err := s.reader.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "PRAGMA query_only(0)"); err != nil {
		return err
	}
	// SQLite takes an empty file for a new one.
	_, err = conn.ExecContext(ctx, "VACUUM INTO ?", path)
	_, back := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA query_only(1)")
	return errors.Join(err, back)
}

// syncPath waits until a file, or what a folder holds, is on the disk.
func syncPath(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
