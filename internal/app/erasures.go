package app

import (
	"context"
	"errors"
	"io"
	"time"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/store"
)

// Erasures erases and exports customers. OpenErasures makes one for commands.
type Erasures struct {
	record *store.Store
	now    func() time.Time
	close  func() error
}

// ErrUnknownCustomer says that the record knows no such customer, and never erased one.
var ErrUnknownCustomer = api.ErrNoCustomer

// OpenErasures opens the record for erasures and exports by commands. What is outside of the record is done by workers. Close it
// after use.
func OpenErasures(ctx context.Context, cfg config.Record, now func() time.Time) (*Erasures, error) {
	record, err := store.Open(ctx, string(cfg.Database), now)
	if err != nil {
		return nil, err
	}
	if err := record.CheckSchema(ctx); err != nil {
		return nil, errors.Join(err, record.Close())
	}
	return &Erasures{record: record, now: now, close: record.Close}, nil
}

// Close closes the record.
func (e *Erasures) Close() error { return e.close() }

// Erase implements api.Erasures. It answers when no mail to the customer is on its way to the provider any more.
func (e *Erasures) Erase(ctx context.Context, by access.Actor, userID, reason string, suppress bool) (api.Erasure, error) {
	erased, err := e.record.Erase(ctx, store.Erasing{UserID: userID, Reason: reason, Suppress: suppress, By: by})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return e.before(ctx, userID)
	case errors.Is(err, store.ErrReasonNames):
		return api.Erasure{}, api.ErrReasonNames
	case err != nil:
		return api.Erasure{}, err
	}
	if !erased.ClaimedAt.IsZero() {
		// Nobody can tell any more when it has gone, but it has by then.
		if wait := handoverLasts - e.now().Sub(erased.ClaimedAt); wait > 0 {
			if err := sleep(ctx, min(wait, handoverLasts)); err != nil {
				return api.Erasure{}, err
			}
		}
	}
	return e.one(ctx, erased.ID)
}

// before returns the erasure of a customer who was erased before.
func (e *Erasures) before(ctx context.Context, userID string) (api.Erasure, error) {
	id, err := e.record.ErasureOf(ctx, userID)
	if err != nil {
		return api.Erasure{}, err
	}
	if id == "" {
		return api.Erasure{}, api.ErrNoCustomer
	}
	return e.one(ctx, id)
}

func (e *Erasures) one(ctx context.Context, id string) (api.Erasure, error) {
	found, err := e.record.Erasures(ctx, id, 1)
	if err != nil || len(found) == 0 {
		return api.Erasure{ID: id}, err
	}
	return shownErasure(found[0]), nil
}

// List implements api.Erasures.
func (e *Erasures) List(ctx context.Context, limit int) ([]api.Erasure, []api.Tally, error) {
	found, err := e.record.Erasures(ctx, "", limit)
	if err != nil {
		return nil, nil, err
	}
	list := []api.Erasure{}
	for _, one := range found {
		list = append(list, shownErasure(one))
	}
	counted, err := e.record.Tallies(ctx)
	tallies := []api.Tally{}
	for _, one := range counted {
		tallies = append(tallies, api.Tally(one))
	}
	return list, tallies, err
}

func shownErasure(e store.ErasureState) api.Erasure {
	shown := api.Erasure{ID: e.ID, CustomerID: e.CustomerID, BegunAt: e.BegunAt, DoneAt: e.DoneAt, Suppressed: e.Suppressed}
	for _, s := range e.Steps {
		shown.Steps = append(shown.Steps, api.ErasureStep(s))
	}
	return shown
}

// ErasedLine is a line of the list that is kept beside backups.
type ErasedLine = store.ErasedLine

// Hashes returns all that a record that is set back needs to know of erasures.
func (e *Erasures) Hashes(ctx context.Context) ([]ErasedLine, error) { return e.record.ErasedList(ctx) }

// Again carries out what a record that was set back knows no more of a list of erasures. It returns how many customers were
// erased.
func (e *Erasures) Again(ctx context.Context, by access.Actor, list []ErasedLine) (int, error) {
	return e.record.EraseAgain(ctx, by, list)
}

// Export implements api.Erasures.
func (e *Erasures) Export(ctx context.Context, userID string, w io.Writer) error {
	out := &exportWriter{w: w, at: e.now(), userID: userID}
	err := e.record.Export(ctx, userID, out.row)
	if errors.Is(err, store.ErrNotFound) {
		return api.ErrNoCustomer
	}
	if err != nil {
		return err
	}
	return out.end()
}
