package app

import (
	"context"

	"klantreis/api"
	"klantreis/internal/store"
)

// rejectedLog keeps rejected events in the record.
type rejectedLog struct{ record *store.Store }

// Note implements api.RejectedLog.
func (l rejectedLog) Note(ctx context.Context, key string, events []api.RejectedEvent) error {
	rows := make([]store.RejectedEvent, len(events))
	for i, e := range events {
		rows[i] = store.RejectedEvent{ReceivedAt: e.ReceivedAt, Code: string(e.Code), Field: e.Field, Message: e.Message, Item: e.Item}
	}
	return l.record.RecordRejected(ctx, key, rows)
}

// Rejected implements api.RejectedLog.
func (l rejectedLog) Rejected(ctx context.Context, f api.RejectedFilter) ([]api.RejectedEvent, error) {
	rows, err := l.record.RejectedEvents(ctx, f.Before, f.Key, f.Limit)
	if err != nil {
		return nil, err
	}
	events := make([]api.RejectedEvent, len(rows))
	for i, e := range rows {
		events[i] = api.RejectedEvent{
			ID: e.Seq, ReceivedAt: e.ReceivedAt, Key: e.Key, Item: e.Item,
			Problem: api.Problem{Code: api.Code(e.Code), Field: e.Field, Message: e.Message},
		}
	}
	return events, nil
}
