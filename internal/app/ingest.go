package app

import (
	"context"
	"crypto/subtle"

	"klantreis/api"
	"klantreis/internal/store"
	"klantreis/journey"
)

// ingestor stores events and hints that customers may be woken.
type ingestor struct {
	record *store.Store
	maps   *Maps
	woken  func()
}

// Ingest implements api.Ingestor.
func (i ingestor) Ingest(ctx context.Context, events []journey.Event) (api.IngestResult, error) {
	interest, err := i.maps.interest(ctx)
	if err != nil {
		return api.IngestResult{}, err
	}
	stored, duplicates, err := i.record.Ingest(ctx, events, interest)
	if err != nil {
		return api.IngestResult{}, err
	}
	i.woken()
	return api.IngestResult{Stored: stored, Duplicates: duplicates}, nil
}

// writeKey is the one write key of an installation.
type writeKey string

// ValidWriteKey implements api.Keys.
func (k writeKey) ValidWriteKey(key string) bool {
	return subtle.ConstantTimeCompare([]byte(k), []byte(key)) == 1
}
