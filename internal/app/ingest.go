package app

import (
	"context"
	"log/slog"
	"time"

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

// storeWithin is how long the record may take to store what somebody waits for. Who gets no answer posts again, so a record
// that is silent must not gather more and more requests.
const storeWithin = 10 * time.Second

// mergeFirstWithin is how much of that merges may take before the events are stored, and mergeEachWithin is for each of them: one
// of a customer whom somebody holds, or of very many events, must leave time for the others.
const (
	mergeFirstWithin = 3 * time.Second
	mergeEachWithin  = time.Second
)

// Ingest implements api.Ingestor. Two customers whom an alias makes one are merged before the events are stored, so that
// nothing is decided for both meanwhile, or after it when the events themselves make one of them known. An alias that cannot
// be carried out, or takes too long, stops no other event, but its sender is told to try again.
func (i ingestor) Ingest(ctx context.Context, events []journey.Event) (api.IngestResult, error) {
	ctx, cancel := context.WithTimeout(ctx, storeWithin)
	defer cancel()
	m := merger{record: i.record, maps: i.maps, woken: i.woken}
	if err := m.aliasesFirst(ctx, events); err != nil {
		i.log.WarnContext(ctx, "merge customers; trying again after their events are stored", "error", err)
	}
	result, err := i.ingest(ctx, events)
	if err != nil {
		return result, err
	}
	return result, m.aliases(ctx, events, storeWithin)
}

// ingest stores events.
func (i ingestor) ingest(ctx context.Context, events []journey.Event) (result api.IngestResult, err error) {
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
