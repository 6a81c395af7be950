package app

import (
	"context"
	"crypto/subtle"
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

// wakesAlways is how events are looked at when the map cannot be asked.
func wakesAlways(journey.Event) journey.Interest {
	return journey.Interest{Wakes: true, Urgent: true}
}

// Ingest implements api.Ingestor.
func (i ingestor) Ingest(ctx context.Context, events []journey.Event) (api.IngestResult, error) {
	interest, err := i.maps.interest(ctx)
	if err != nil {
		// Events must be kept all the same. Their customers decide as soon as there is a map that can be used.
		i.log.WarnContext(ctx, "the journey map cannot be used; events are stored, and wait", "error", err)
		interest = wakesAlways
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
