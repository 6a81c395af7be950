package app

import (
	"context"
	"errors"
	"time"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/store"
)

// Parking knows the events that were put aside. It implements api.Parking.
type Parking struct {
	record *store.Store
	woken  func()
}

// OpenParking opens the record for a command. Close it after use.
func OpenParking(ctx context.Context, cfg config.Record, now func() time.Time) (*Parking, error) {
	record, err := store.Open(ctx, string(cfg.Database), now)
	if err != nil {
		return nil, err
	}
	if err := record.CheckSchema(ctx); err != nil {
		return nil, errors.Join(err, record.Close())
	}
	return &Parking{record: record, woken: func() {}}, nil // dispatchers look by themselves
}

// Close closes the record.
func (p *Parking) Close() error { return p.record.Close() }

// Parked implements api.Parking.
func (p *Parking) Parked(ctx context.Context, after int64, limit int) ([]api.ParkedEvent, error) {
	rows, err := p.record.ParkedEvents(ctx, after, limit)
	events := make([]api.ParkedEvent, len(rows))
	for i, e := range rows {
		events[i] = api.ParkedEvent{
			ID: e.Seq, UserID: e.UserID, MessageID: e.MessageID, Type: e.Type, Name: e.Name,
			Timestamp: e.Timestamp, ReceivedAt: e.ReceivedAt, ParkedAt: e.ParkedAt, Code: e.Code, Detail: e.Detail,
		}
	}
	return events, err
}

// Troubled implements api.Parking.
func (p *Parking) Troubled(ctx context.Context, limit int) ([]api.TroubledCustomer, error) {
	rows, err := p.record.Troubled(ctx, limit)
	customers := make([]api.TroubledCustomer, len(rows))
	for i, c := range rows {
		customers[i] = api.TroubledCustomer{UserID: c.UserID, Since: c.Since, Tries: c.Tries, Trouble: c.Trouble}
	}
	return customers, err
}

// Retry implements api.Parking.
func (p *Parking) Retry(ctx context.Context, by access.Actor, id int64) (bool, error) {
	n, err := p.record.Retry(ctx, by, []int64{id})
	if n > 0 {
		p.woken()
	}
	return n > 0, err
}

// retriedAtOnce is how many events a transaction of RetryAll takes up again.
const retriedAtOnce = 200

// RetryAll implements api.Parking. It goes through them once: one that is parked again meanwhile stays parked.
func (p *Parking) RetryAll(ctx context.Context, by access.Actor) (int, error) {
	retried, after := 0, int64(0)
	for {
		events, err := p.record.ParkedEvents(ctx, after, retriedAtOnce)
		if err != nil || len(events) == 0 {
			return retried, err
		}
		seqs := make([]int64, len(events))
		for i, e := range events {
			seqs[i] = e.Seq
		}
		n, err := p.record.Retry(ctx, by, seqs)
		retried, after = retried+n, seqs[len(seqs)-1]
		if err != nil {
			return retried, err
		}
		p.woken()
	}
}
