package app

import (
	"context"
	"log/slog"

	"klantreis/api"
	"klantreis/internal/store"
	"klantreis/journey"
)

// ingestor stores events and hints that customers may be woken.
type ingestor struct {
	record *store.Store
	maps   *Maps
	woken  func()
	log    *slog.Logger
}

// Ingest implements api.Ingestor.
func (i ingestor) Ingest(ctx context.Context, events []journey.Event) (result api.IngestResult, err error) {
	err = judge(ctx, i.maps, i.log, func(version int64, interest func(journey.Event) journey.Interest) (err error) {
		result.Stored, result.Duplicates, err = i.record.Ingest(ctx, events, version, interest)
		return err
	})
	if err != nil {
		return api.IngestResult{}, err
	}
	i.woken()
	return result, nil
}
