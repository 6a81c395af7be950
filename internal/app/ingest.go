package app

import (
	"context"
	"crypto/subtle"
	"errors"
	"log/slog"

	"klantreis/activities"
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

// wakesAlways is right whichever map is live: it wakes too many rather than too few.
func wakesAlways(journey.Event) journey.Interest {
	return journey.Interest{Wakes: true, Urgent: true}
}

// Ingest implements api.Ingestor. Events are looked at with the map that is known to be live; when the record knows a newer
// one, they are looked at again.
func (i ingestor) Ingest(ctx context.Context, events []journey.Event) (api.IngestResult, error) {
	stored, duplicates, err := i.keep(ctx, events, i.maps.Live)
	if errors.Is(err, store.ErrNewerMap) {
		stored, duplicates, err = i.keep(ctx, events, i.maps.Newest)
	}
	if errors.Is(err, store.ErrNewerMap) { // Another one, in the time that it took to compile the last.
		stored, duplicates, err = i.record.Ingest(ctx, events, store.AnyVersion, wakesAlways)
	}
	if err != nil {
		return api.IngestResult{}, err
	}
	i.woken()
	return api.IngestResult{Stored: stored, Duplicates: duplicates}, nil
}

// keep stores events as the map sees them that look finds.
func (i ingestor) keep(ctx context.Context, events []journey.Event, look func(context.Context) (int64, *activities.Published, error)) (stored, duplicates int, err error) {
	version, live, err := look(ctx)
	if err != nil {
		// Events must be kept all the same. Their customers decide as soon as there is a map that can be used.
		i.log.WarnContext(ctx, "the journey map cannot be used; events are stored, and wait", "error", err)
		return i.record.Ingest(ctx, events, store.AnyVersion, wakesAlways)
	}
	return i.record.Ingest(ctx, events, version, live.Map.Interest)
}

// writeKey is the one write key of an installation.
type writeKey string

// ValidWriteKey implements api.Keys.
func (k writeKey) ValidWriteKey(key string) bool {
	return subtle.ConstantTimeCompare([]byte(k), []byte(key)) == 1
}
