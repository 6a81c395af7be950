package store

import (
	"context"
	"fmt"
	"time"

	"klantreis/internal/access"
	"klantreis/journey"
)

// ParkedEvent is an event that was put aside, because no decision was possible with it.
type ParkedEvent struct {
	// Seq is its place in the order of arrival, by which it is named.
	Seq int64
	// UserID is the shop's id of the customer; empty when the record does not know them any more.
	UserID string
	// MessageID, Type and Name are the event's.
	MessageID, Type, Name string
	// Timestamp and ReceivedAt are the event's, in journey time.
	Timestamp, ReceivedAt time.Time
	// ParkedAt is the real instant at which it was parked.
	ParkedAt time.Time
	// Code and Detail say what is wrong.
	Code, Detail string
}

var parkedSQL = sqlText(`SELECT p.seq, COALESCE(c.user_id, ''), e.message_id, e.type, e.name, e.stamped_at, e.received_at, p.parked_at,
		p.code, p.detail
	FROM parked_events p JOIN events e ON e.seq = p.seq LEFT JOIN customers c ON c.id = e.customer_id
	WHERE p.seq > $1 ORDER BY p.seq LIMIT $2`)

// ParkedEvents returns at most limit parked events, in order of arrival, those after a Seq.
func (s *Store) ParkedEvents(ctx context.Context, after int64, limit int) ([]ParkedEvent, error) {
	var events []ParkedEvent
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		events, err = all(ctx, t, func(row scanner) (ParkedEvent, error) {
			var e ParkedEvent
			var stamped, received, parked int64
			err := row.Scan(&e.Seq, &e.UserID, &e.MessageID, &e.Type, &e.Name, &stamped, &received, &parked, &e.Code, &e.Detail)
			e.Timestamp, e.ReceivedAt, e.ParkedAt = eventInstant(stamped), eventInstant(received), instant(parked)
			return e, err
		}, parkedSQL, after, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read parked events: %w", err)
	}
	return events, nil
}

// Troubled is a customer about whom nothing can be decided, whatever the events.
type Troubled struct {
	// UserID is the shop's id of the customer.
	UserID string
	// Since is the real instant of the first decision that failed, and Tries how many have failed since.
	Since time.Time
	Tries int64
	// Trouble says what is wrong.
	Trouble string
}

var troubledSQL = sqlText(`SELECT user_id, trouble_since, trouble_tries, trouble FROM customers WHERE trouble <> ''
	ORDER BY trouble_since, id LIMIT $1`)

// Troubled returns at most limit customers about whom nothing can be decided, those first who have waited for longest.
func (s *Store) Troubled(ctx context.Context, limit int) ([]Troubled, error) {
	var troubled []Troubled
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		troubled, err = all(ctx, t, func(row scanner) (c Troubled, err error) {
			var since int64
			err = row.Scan(&c.UserID, &since, &c.Tries, &c.Trouble)
			c.Since = instant(since)
			return c, err
		}, troubledSQL, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read customers about whom nothing can be decided: %w", err)
	}
	return troubled, nil
}

var countParkedSQL = sqlText(`SELECT (SELECT COUNT(*) FROM parked_events),
	(SELECT COUNT(*) FROM (SELECT 1 FROM customers WHERE trouble <> '' LIMIT 10000) AS troubled)`)

// CountParked returns how many events are parked, and about how many customers nothing can be decided. Counting those stops at
// 10,000.
func (s *Store) CountParked(ctx context.Context) (events, customers int, err error) {
	if err := s.readOne(ctx, countParkedSQL, nil, &events, &customers); err != nil {
		return 0, 0, fmt.Errorf("count parked events: %w", err)
	}
	return events, customers, nil
}

var (
	unparkSQL = sqlText(`DELETE FROM parked_events WHERE seq = ANY($1) RETURNING seq`)
	// An event that is taken up again is as old as it is then: nothing could see it meanwhile.
	renewEventsSQL = sqlText(`UPDATE events SET consumed_step = NULL, wakes = 0 WHERE seq = ANY($1) AND consumed_step = -1
		RETURNING customer_id, seq, urgent`)
)

// renewed is an event that is handled again.
type renewed struct {
	customerID string
	seq        int64
	urgent     int
}

// Retry lets parked events be handled again, each once, and returns how many of them were parked. It starts nothing that is
// too old by now. The customers are woken.
func (s *Store) Retry(ctx context.Context, by access.Actor, seqs []int64) (int, error) {
	var events []renewed
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		parked, err := all(ctx, t, func(row scanner) (seq int64, err error) {
			err = row.Scan(&seq)
			return seq, err
		}, unparkSQL, seqs)
		events = nil
		if err != nil || len(parked) == 0 {
			return err
		}
		events, err = all(ctx, t, func(row scanner) (e renewed, err error) {
			err = row.Scan(&e.customerID, &e.seq, &e.urgent)
			return e, err
		}, renewEventsSQL, parked)
		if err != nil {
			return err
		}
		if err := s.note(ctx, t, by, "event.retry", "parked events", values{"parked": parked}, values{"parked": []int64{}}); err != nil {
			return err
		}
		return s.wakeRenewed(ctx, t, events)
	})
	if err != nil {
		return 0, fmt.Errorf("retry parked events: %w", err)
	}
	return len(events), nil
}

func (s *Store) wakeRenewed(ctx context.Context, t tx, events []renewed) error {
	bumps := newWakeBumps(s.now())
	for _, e := range events {
		again := journey.Decision{Kind: journey.DecidedRetried, Reason: journey.ReasonByHand}
		if err := s.noteByHand(ctx, t, e.customerID, 0, e.seq, again); err != nil {
			return err
		}
		bumps.add(e.customerID, e.urgent)
	}
	return bumps.write(ctx, t)
}
