package app

import (
	"context"
	"errors"
	"time"

	"klantreis/config"
	"klantreis/internal/store"
)

// Backup copies a record on SQLite to a file that is not there yet, as of one instant, while it is in use.
func Backup(ctx context.Context, cfg config.Record, now func() time.Time, file string) error {
	record, err := store.Open(ctx, string(cfg.Database), now)
	if err != nil {
		return err
	}
	err = record.CheckSchema(ctx)
	if err == nil {
		err = record.Backup(ctx, file)
	}
	return errors.Join(err, record.Close())
}
