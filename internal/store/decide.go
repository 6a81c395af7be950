package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"klantreis/activities"
	"klantreis/journey"
)

var _ activities.Decider = (*Store)(nil)

// Decide implements activities.Decider. It answers ErrNotFound when there is no such customer, and removes the wake row.
//
// The customer's row is locked first, so that decisions of one customer come one after the other. Events keep being
// stored meanwhile: they are left for the next decision, and the snapshot's More is true when one of them wakes.
func (s *Store) Decide(ctx context.Context, customerID string, step int64, fn activities.DecideFunc) (activities.Snapshot, error) {
	snapshot, err := s.decide(ctx, customerID, step, fn, nil)
	if s.fault(err) != nil {
		return s.decideAround(ctx, customerID, step, fn)
	}
	return snapshot, err
}

// decide takes one decision, about all new events or about a portion of them.
func (s *Store) decide(ctx context.Context, customerID string, step int64, fn activities.DecideFunc, part *portion) (activities.Snapshot, error) {
	var snapshot activities.Snapshot
	var gone error
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		gone = nil
		customer, err := lockCustomer(ctx, t, customerID)
		if errors.Is(err, ErrNotFound) {
			gone = err
			return s.settleGone(ctx, t, customerID)
		}
		if err != nil {
			return err
		}
		if step != 0 && step != customer.last.Step+1 {
			snapshot = customer.last
			snapshot.More = snapshot.More || part != nil // the caller saw an outcome that was never written
			return nil
		}
		d := decision{store: s, tx: t, customer: customer, step: customer.last.Step + 1, portion: part}
		snapshot, err = d.take(ctx, fn)
		return err
	})
	if err == nil {
		err = gone
	}
	return snapshot, err
}

// lockedCustomer is a customer's row while a decision holds it.
type lockedCustomer struct {
	userID string
	state  journey.State
	last   activities.Snapshot
	// openExposures counts the exposures that are not closed.
	openExposures int64
	// mapVersion is the version of the map at the last decision. Zero before the first.
	mapVersion int64
	// receipts is how far the receipts of consumed events have come.
	receipts journey.Receipts
}

// lockCustomerSQL lets others refer to the row, but not change it.
var lockCustomerSQL = sqlText(`SELECT user_id, phase, phase_since, facts, snapshot, open_exposures, map_version, received_seq, received_at
	FROM customers WHERE id = $1 FOR NO KEY UPDATE`)

func lockCustomer(ctx context.Context, t tx, id string) (lockedCustomer, error) {
	customer := lockedCustomer{state: journey.State{CustomerID: id}}
	var since, receivedAt int64
	var facts, snapshot []byte
	err := t.row(ctx, lockCustomerSQL, []any{id}, &customer.userID, &customer.state.Phase, &since, &facts, &snapshot, &customer.openExposures,
		&customer.mapVersion, &customer.receipts.Seq, &receivedAt)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return customer, fmt.Errorf("lock customer %s: %w", id, err)
	}
	customer.state.PhaseSince, customer.receipts.At = instant(since), instant(receivedAt)
	err = errors.Join(json.Unmarshal(facts, &customer.state.Facts), json.Unmarshal(snapshot, &customer.last))
	return customer, unreadable("customer "+id, err)
}

// decision is one decision on its way through its transaction.
type decision struct {
	store    *Store
	tx       tx
	customer lockedCustomer
	step     int64
	// portion says which events it is about. Nil means all.
	portion *portion

	// mapVersion is the live version. Zero when there is none.
	mapVersion int64
	// wakeCount is the count of the wake row, read before the events. Not valid when there was no row.
	wakeCount sql.Null[int64]
	// messages are those that no decision has seen the end of.
	messages []openMessage
	// runs are the ids of those that are under way.
	runs map[string]bool
	// openExposures are those that it was given.
	openExposures []journey.Exposure
	// events are what this decision consumes, and left is true when there are more.
	events []journey.Event
	left   bool
	// moved are the places in events of those whose instants were corrected.
	moved []int
}

func (d *decision) take(ctx context.Context, fn activities.DecideFunc) (activities.Snapshot, error) {
	parked, err := d.park(ctx)
	if err != nil {
		return activities.Snapshot{}, err
	}
	input, err := d.read(ctx)
	if err != nil {
		return activities.Snapshot{}, err
	}
	outcome, err := fn(ctx, input)
	if err != nil {
		return activities.Snapshot{}, err
	}
	snapshot, err := d.write(ctx, outcome)
	snapshot.Parked = parked
	return snapshot, err
}
