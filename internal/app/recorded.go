package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"klantreis/activities"
	"klantreis/config"
	"klantreis/internal/backtest"
	"klantreis/internal/store"
	"klantreis/journey"
)

// Recorded is what happened so far according to the record, to try maps on. Nothing is written to the record.
type Recorded struct {
	// Now is the journey instant.
	Now time.Time
	// Events are about how many events are recorded, and Visitors how many of them are nobody's.
	Events, Visitors int64
	// Rhythm is how often the shop's customers order.
	Rhythm journey.Rhythm

	record *store.Store
	now    func() time.Time
}

// OpenRecorded opens the record for reading. Close it after use.
func OpenRecorded(ctx context.Context, cfg config.Record, now func() time.Time) (*Recorded, error) {
	record, err := store.Open(ctx, string(cfg.Database), now)
	if err != nil {
		return nil, err
	}
	r := &Recorded{record: record, now: now}
	if err := r.look(ctx); err != nil {
		return nil, errors.Join(err, record.Close())
	}
	return r, nil
}

func (r *Recorded) look(ctx context.Context) error {
	if err := r.record.CheckSchema(ctx); err != nil {
		return err
	}
	clock, err := r.record.JourneyClock(ctx)
	if err != nil {
		return err
	}
	counts, err := r.record.Counts(ctx)
	if err != nil {
		return err
	}
	r.Now, r.Events = clock.Journey(r.now()), counts.Events
	if r.Visitors, err = r.record.VisitorEvents(ctx); err != nil {
		return err
	}
	// Of all customers and not of a random sample, so that the same record always has the same rhythm.
	gaps, err := r.record.Gaps(ctx, int(counts.Customers)+1)
	if err != nil {
		return err
	}
	r.Rhythm = journey.LearnRhythm(thinned(gaps, rhythmSample))
	return nil
}

// thinned returns about as many gaps as asked for, from all over the list.
func thinned(gaps []journey.Gaps, most int) []journey.Gaps {
	every := 1 + len(gaps)/most
	var some []journey.Gaps
	for i := 0; i < len(gaps); i += every {
		some = append(some, gaps[i])
	}
	return some
}

// LiveMap returns the live map and its version. They are nil and 0 when none is published.
func (r *Recorded) LiveMap(ctx context.Context) (*activities.Published, int64, error) {
	version, err := r.record.LiveVersion(ctx)
	if err != nil || version == 0 {
		return nil, 0, err
	}
	published, err := newMaps(r.record).Published(ctx, version)
	if err != nil {
		return nil, 0, fmt.Errorf("read the live map: %w", err)
	}
	return published, version, nil
}

// errEnough ends reading the record early.
var errEnough = errors.New("enough")

// Customers goes through all customers with their events, in the order of their ids.
func (r *Recorded) Customers(ctx context.Context) iter.Seq2[backtest.Customer, error] {
	return func(yield func(backtest.Customer, error) bool) {
		err := r.record.Histories(ctx, func(h store.History) error {
			c := backtest.Customer{ID: h.CustomerID, UserID: h.UserID, Events: func() ([]journey.Event, error) { return awake(h.Events), nil }}
			if !yield(c, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(backtest.Customer{}, err)
		}
	}
}

// awake takes away what the maps of that time thought of the events: the map that is tried listened from the beginning.
func awake(events []journey.Event) []journey.Event {
	for i := range events {
		events[i].Dormant = false
	}
	return events
}

// Close closes the record.
func (r *Recorded) Close() error { return r.record.Close() }
