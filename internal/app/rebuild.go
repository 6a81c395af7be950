package app

import (
	"context"
	"errors"
	"time"

	"klantreis/config"
	"klantreis/internal/store"
)

// Rebuild makes the running dispatchers wake every customer who waits for something, so that customers whose workflows
// are lost get new ones. It returns how many. Customers whose workflows are alive are not harmed by it.
func Rebuild(ctx context.Context, cfg config.Record, now func() time.Time) (int, error) {
	record, err := store.Open(ctx, string(cfg.Database), now)
	if err != nil {
		return 0, err
	}
	err = record.CheckSchema(ctx)
	n := 0
	if err == nil {
		n, err = record.WakeWaiting(ctx, now())
	}
	return n, errors.Join(err, record.Close())
}
