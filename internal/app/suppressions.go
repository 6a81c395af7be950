package app

import (
	"cmp"
	"context"
	"errors"
	"time"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/store"
)

// Suppressions knows the addresses that must not be mailed. It implements api.Suppressions.
type Suppressions struct{ record *store.Store }

// OpenSuppressions opens the record for a command. Close it after use.
func OpenSuppressions(ctx context.Context, cfg config.Record, now func() time.Time) (*Suppressions, error) {
	record, err := store.Open(ctx, string(cfg.Database), now)
	if err != nil {
		return nil, err
	}
	if err := record.CheckSchema(ctx); err != nil {
		return nil, errors.Join(err, record.Close())
	}
	return &Suppressions{record: record}, nil
}

// Close closes the record.
func (s *Suppressions) Close() error { return s.record.Close() }

// Suppressions implements api.Suppressions.
func (s *Suppressions) Suppressions(ctx context.Context, address, after string, limit int) ([]api.SuppressedAddress, error) {
	rows, err := s.record.Suppressions(ctx, address, after, limit)
	list := make([]api.SuppressedAddress, len(rows))
	for i, one := range rows {
		list[i] = api.SuppressedAddress{Reason: one.Reason, Since: one.Since, Source: one.Source, UserID: one.UserID, Cursor: one.Cursor}
	}
	return list, err
}

// Lift implements api.Suppressions.
func (s *Suppressions) Lift(ctx context.Context, l api.Lift) (api.Lifted, error) {
	taken, left, err := s.record.Lift(ctx, store.Lift{Address: l.Address, Objections: l.Objections, By: cmp.Or(l.By, l.Actor.Name), Actor: l.Actor})
	return api.Lifted{Taken: taken, Left: left}, err
}

// LiftSuppression lets an address be mailed again, for a command.
func (s *Suppressions) LiftSuppression(ctx context.Context, who access.Actor, address string, objections bool, by string) (api.Lifted, error) {
	return s.Lift(ctx, api.Lift{Address: address, Objections: objections, By: by, Actor: who})
}
