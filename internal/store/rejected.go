package store

import (
	"context"
	"fmt"
	"math"
	"time"
)

// RejectedEvent is something that was posted and could not be used.
type RejectedEvent struct {
	// Seq orders them by arrival. The record gives it out.
	Seq int64
	// ReceivedAt is the real instant of its receipt.
	ReceivedAt time.Time
	// Key is the name of the write key that it was sent with.
	Key string
	// Code, Field and Message say what is wrong with it.
	Code, Field, Message string
	// Item is the beginning of what was posted.
	Item string
}

// rejectedRow is a rejected event on its way into the record.
type rejectedRow struct {
	Pos        int    `json:"pos"`
	ReceivedAt int64  `json:"received_at"`
	Key        string `json:"key_name"`
	Code       string `json:"code"`
	Field      string `json:"field"`
	Message    string `json:"message"`
	Item       string `json:"item"`
}

// rejectedKept is how many are kept of each key.
const rejectedKept = 1000

var (
	insertRejectedSQL = sqlText(`INSERT INTO rejected_events (received_at, key_name, code, field, message, item)
		SELECT received_at, key_name, code, field, message, item
		FROM json_to_recordset($1::json) AS r (pos bigint, received_at bigint, key_name text, code text, field text, message text, item text)
		WHERE true ORDER BY pos`)
	trimRejectedSQL = sqlText(`DELETE FROM rejected_events WHERE key_name = $1 AND seq <=
		(SELECT seq FROM rejected_events WHERE key_name = $1 ORDER BY seq DESC LIMIT 1 OFFSET $2)`)
)

// RecordRejected keeps rejected events of one key. Of each key the newest 1,000 are kept.
func (s *Store) RecordRejected(ctx context.Context, key string, events []RejectedEvent) error {
	rows := make([]rejectedRow, len(events))
	for i, e := range events {
		rows[i] = rejectedRow{
			Pos: i, ReceivedAt: micros(e.ReceivedAt), Key: storableText(key), Code: e.Code,
			Field: storableText(e.Field), Message: storableText(e.Message), Item: storableText(e.Item),
		}
	}
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		if _, err := t.exec(ctx, insertRejectedSQL, records{rows}); err != nil {
			return err
		}
		_, err := t.exec(ctx, trimRejectedSQL, storableText(key), rejectedKept)
		return err
	})
	if err != nil {
		return fmt.Errorf("record %d rejected events: %w", len(events), err)
	}
	return nil
}

var rejectedSQL = sqlText(`SELECT seq, received_at, key_name, code, field, message, item FROM rejected_events
	WHERE seq < $1 AND (CAST($2 AS TEXT) = '' OR key_name = CAST($2 AS TEXT)) ORDER BY seq DESC LIMIT $3`)

// RejectedEvents returns at most limit rejected events, newest first: those before a Seq, and all when it is zero; of one
// key, or of all when it is empty.
func (s *Store) RejectedEvents(ctx context.Context, before int64, key string, limit int) ([]RejectedEvent, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	var events []RejectedEvent
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		events, err = all(ctx, t, func(row scanner) (RejectedEvent, error) {
			var e RejectedEvent
			var received int64
			err := row.Scan(&e.Seq, &received, &e.Key, &e.Code, &e.Field, &e.Message, &e.Item)
			e.ReceivedAt = instant(received)
			return e, err
		}, rejectedSQL, before, storableText(key), limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read rejected events: %w", err)
	}
	return events, nil
}

var pruneRejectedSQL = sqlText(`DELETE FROM rejected_events WHERE seq IN
	(SELECT seq FROM rejected_events WHERE received_at < $1 ORDER BY received_at LIMIT $2)`)

// PruneRejected forgets at most limit rejected events that were received before a real instant, and returns how many.
func (s *Store) PruneRejected(ctx context.Context, before time.Time, limit int) (int, error) {
	var pruned int64
	err := s.write(ctx, func(ctx context.Context, t tx) (err error) {
		pruned, err = t.exec(ctx, pruneRejectedSQL, micros(before), limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("prune rejected events: %w", err)
	}
	return int(pruned), nil
}
