package store

import (
	"context"
	"fmt"
	"time"

	"klantreis/journey"
)

// MessageEnd is what became of a planned message.
type MessageEnd struct {
	// Status is planned, claimed, sent, notsent, withdrawn or unknown.
	Status string
	// Reason is why, and Detail says more. Empty until the message is settled.
	Reason journey.Reason
	Detail string
	// SettledAt is when it was sent or given up, in journey time. Zero until then.
	SettledAt time.Time
}

// Sent tells whether the provider, or the receiver of a webhook, has the message.
func (e MessageEnd) Sent() bool { return e.Status == statusSent }

var messageEndsSQL = sqlText(`SELECT id, status, reason, detail, settled_at FROM messages WHERE id = ANY($1)`)

// MessageEnds returns what became of messages, by id, also of those whose run has ended. Those that the record does not know
// are not among them.
func (s *Store) MessageEnds(ctx context.Context, ids []string) (map[string]MessageEnd, error) {
	ends := map[string]MessageEnd{}
	if len(ids) == 0 {
		return ends, nil
	}
	err := s.read(ctx, func(ctx context.Context, t tx) error {
		_, err := all(ctx, t, func(row scanner) (struct{}, error) {
			var id string
			var end MessageEnd
			var settled int64
			err := row.Scan(&id, &end.Status, &end.Reason, &end.Detail, &settled)
			end.SettledAt = instant(settled)
			ends[id] = end
			return struct{}{}, err
		}, messageEndsSQL, ids)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read how messages ended: %w", err)
	}
	return ends, nil
}
