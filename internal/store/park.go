package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"klantreis/activities"
	"klantreis/journey"
)

// An event with which no decision is possible is parked, so that the customer goes on with the others. It is found by
// deciding about fewer and fewer events, each time in a transaction of its own: one that succeeds is a decision like any
// other, and one that fails leaves nothing behind. So nothing has to be remembered, and a crash at any point is harmless.

// The consumed_step of an event that is parked is -1.

// portion says about which of the new events a decision is.
type portion struct {
	// events are their seqs. May be empty.
	events []int64
	// park is an event to park with the decision, and fault what is wrong with it. Zero and nil when there is none.
	park  int64
	fault *activities.Fault
}

// fault returns what is wrong with the things that were decided about. Nil when there is no error, and when it may be the
// record's: that it is away, slow, or busy with others.
func (s *Store) fault(err error) *activities.Fault {
	var known *activities.Fault
	var value *json.UnsupportedValueError
	var kind *json.UnsupportedTypeError
	switch {
	case err == nil, errors.Is(err, activities.ErrUnclear):
		return nil
	case errors.As(err, &known):
		return known
	case errors.As(err, &value), errors.As(err, &kind), s.dialect.refused(err):
		return &activities.Fault{Code: activities.FaultUnwritable, Detail: err.Error()}
	default:
		return nil
	}
}

// decideAround decides although something makes decisions fail. Of the events it takes the first half, the first quarter,
// and so on, until a decision succeeds. When even the first alone makes it fail, the decision is taken without any, and that
// event is parked with it. When that is not possible either, it is not the event's fault; nothing is parked, the customer is
// noted as troubled, and the Fault is the answer.
func (s *Store) decideAround(ctx context.Context, customerID string, step int64, fn activities.DecideFunc) (activities.Snapshot, error) {
	seqs, err := s.newEvents(ctx, customerID)
	if err != nil {
		return activities.Snapshot{}, err
	}
	part := &portion{events: seqs[:(len(seqs)+1)/2]}
	for {
		snapshot, err := s.decide(ctx, customerID, step, fn, part)
		fault := s.fault(err)
		switch n := len(part.events); {
		case fault == nil:
			return snapshot, err
		case n == 0:
			return snapshot, s.noteTrouble(ctx, customerID, fault)
		case n == 1:
			part = &portion{events: []int64{}, park: part.events[0], fault: fault}
		default:
			part = &portion{events: part.events[:n/2]}
		}
	}
}

var (
	portionSQL = sqlText(`SELECT ` + eventColumns + ` FROM events e
		WHERE e.customer_id = $1 AND e.consumed_step IS NULL AND e.seq = ANY($2) ORDER BY e.seq`)
	portionHorizonSQL = sqlText(`SELECT MIN(stamped_at) FROM events
		WHERE customer_id = $1 AND consumed_step IS NULL AND NOT seq = ANY($2)`)
)

// readPortion reads no events but those of the portion.
func (d *decision) readPortion(ctx context.Context, input *journey.Input) error {
	customerID := d.customer.state.CustomerID
	var err error
	if d.events, err = all(ctx, d.tx, scanEvent, portionSQL, customerID, d.portion.events); err != nil {
		return err
	}
	if d.moved, d.customer.receipts, err = followReceipts(ctx, d.tx, d.customer.receipts, d.events); err != nil {
		return err
	}
	input.Events = d.events
	var earliest sql.Null[int64]
	if err := d.tx.row(ctx, portionHorizonSQL, []any{customerID, d.portion.events}, &earliest); err != nil {
		return err
	}
	d.setHorizon(earliest, input)
	return nil
}

var newEventsSQL = sqlText(`SELECT seq FROM events WHERE customer_id = $1 AND consumed_step IS NULL ORDER BY seq LIMIT $2`)

// newEvents returns the events that a customer's next decision is about.
func (s *Store) newEvents(ctx context.Context, customerID string) (seqs []int64, err error) {
	err = s.read(ctx, func(ctx context.Context, t tx) error {
		seqs, err = all(ctx, t, func(row scanner) (seq int64, err error) {
			err = row.Scan(&seq)
			return seq, err
		}, newEventsSQL, customerID, eventLimit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the events of customer %s: %w", customerID, err)
	}
	return append([]int64{}, seqs...), nil // a list of none is no nil, which SQL would not compare with
}

var (
	parkEventSQL  = sqlText(`UPDATE events SET consumed_step = -1 WHERE seq = $1 AND customer_id = $2 AND consumed_step IS NULL`)
	noteParkedSQL = sqlText(`INSERT INTO parked_events (seq, parked_at, code, detail) VALUES ($1, $2, $3, $4)`)
	eventNameSQL  = sqlText(`SELECT name FROM events WHERE seq = $1`)
)

// longestDetail is how many bytes of what is wrong are kept.
const longestDetail = 1000

// park parks the event of the portion. It does nothing when another decision consumed it meanwhile.
func (d *decision) park(ctx context.Context) (*activities.Parked, error) {
	if d.portion == nil || d.portion.park == 0 {
		return nil, nil
	}
	seq, fault := d.portion.park, *d.portion.fault
	parked, err := d.tx.exec(ctx, parkEventSQL, seq, d.customer.state.CustomerID)
	if err != nil || parked == 0 {
		return nil, err
	}
	fault.Detail = shortened(fault.Detail, longestDetail)
	if _, err := d.tx.exec(ctx, noteParkedSQL, seq, micros(d.store.now()), string(fault.Code), fault.Detail); err != nil {
		return nil, fmt.Errorf("park event %d: %w", seq, err)
	}
	err = d.store.noteByHand(ctx, d.tx, d.customer.state.CustomerID, d.step, seq, journey.Decision{
		Kind: journey.DecidedParked, Reason: journey.ReasonUndecidable, Detail: map[string]any{"code": fault.Code},
	})
	return &activities.Parked{EventSeq: seq, Fault: fault}, err
}

// noteByHand records a decision about an event that the core did not take, now.
func (s *Store) noteByHand(ctx context.Context, t tx, customerID string, step, seq int64, d journey.Decision) error {
	clock, err := readClock(ctx, t)
	if err != nil {
		return err
	}
	var name string
	if err := t.row(ctx, eventNameSQL, []any{seq}, &name); err != nil {
		return fmt.Errorf("read event %d: %w", seq, err)
	}
	if d.Detail == nil {
		d.Detail = map[string]any{}
	}
	d.Detail["event"] = name
	d.At, d.EventSeq = clock.Journey(s.now()).UTC().Truncate(time.Microsecond), seq
	return saveDecisions(ctx, t, customerID, step, []journey.Decision{d})
}

// shortened returns the beginning of a text that can be stored.
func shortened(text string, most int) string {
	return storableText(text[:min(len(text), most)])
}

var noteTroubleSQL = sqlText(`UPDATE customers SET trouble = $2, trouble_tries = trouble_tries + 1,
	trouble_since = CASE WHEN trouble_since = 0 THEN CAST($3 AS BIGINT) ELSE trouble_since END WHERE id = $1`)

// noteTrouble notes that nothing can be decided about a customer, whatever the events, and returns the Fault. The customer's
// next decision takes the note away.
func (s *Store) noteTrouble(ctx context.Context, customerID string, fault *activities.Fault) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		trouble := string(fault.Code) + ": " + shortened(fault.Detail, longestDetail)
		_, err := t.exec(ctx, noteTroubleSQL, customerID, trouble, micros(s.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("note trouble with customer %s: %w", customerID, errors.Join(fault, err))
	}
	return fault
}
