package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// The steps of an erasure that lie outside of the transaction that begins it. Each can be done any number of times.
const (
	// StepWorkflow removes the customer's workflow from Temporal.
	StepWorkflow = "workflow"
	// StepProvider has the mail provider erase what it knows of the addresses.
	StepProvider = "provider"
	// StepDisk overwrites what was deleted in the file of a record on SQLite.
	StepDisk = "disk"
)

// ErasureStep is a step that is to be done.
type ErasureStep struct {
	// ErasureID is the erasure, and Step the step.
	ErasureID, Step string
	// Tries is how often it was tried before.
	Tries int
	// CustomerIDs are our own ids of the customer and of who was merged into them.
	CustomerIDs []string
	// Addresses are where they were or could have been mailed.
	Addresses []string
}

// takeStepSQL gives a step to one taker at a time. The disk comes last: the work is deleted too.
var takeStepSQL = sqlText(`UPDATE erasure_steps SET next_at = $2, tries = tries + 1 WHERE (erasure_id, step) = (
		SELECT s.erasure_id, s.step FROM erasure_steps s WHERE s.done_at = 0 AND s.next_at <= $1
			AND (s.step <> 'disk' OR NOT EXISTS (SELECT 1 FROM erasure_steps o
				WHERE o.erasure_id = s.erasure_id AND o.step <> 'disk' AND o.done_at = 0))
		ORDER BY s.next_at, s.erasure_id, s.step LIMIT 1 FOR UPDATE SKIP LOCKED)
	RETURNING erasure_id, step, tries - 1`)

var (
	stepWorkSQL      = sqlText(`SELECT work FROM erasures WHERE id = $1`)
	stepCustomersSQL = sqlText(`SELECT customer_id FROM erased_customers WHERE erasure_id = $1 ORDER BY customer_id`)
)

// TakeErasureStep returns a step that is due at a real instant, and false when there is none. Nobody else gets it before a
// later instant.
func (s *Store) TakeErasureStep(ctx context.Context, now, until time.Time) (step ErasureStep, found bool, err error) {
	err = s.write(ctx, func(ctx context.Context, t tx) error {
		taken, err := all(ctx, t, func(row scanner) (one ErasureStep, err error) {
			err = row.Scan(&one.ErasureID, &one.Step, &one.Tries)
			return one, err
		}, takeStepSQL, micros(now), micros(until))
		if found = len(taken) > 0; err != nil || !found {
			return err
		}
		step = taken[0]
		var text string
		if err := t.row(ctx, stepWorkSQL, []any{step.ErasureID}, &text); err != nil {
			return err
		}
		var work erasureWork
		if err := json.Unmarshal([]byte(text), &work); err != nil {
			return err
		}
		step.Addresses = work.Addresses
		step.CustomerIDs, err = all(ctx, t, scanText, stepCustomersSQL, step.ErasureID)
		return err
	})
	if err != nil {
		return ErasureStep{}, false, fmt.Errorf("take a step of an erasure: %w", err)
	}
	return step, found, nil
}

var (
	delayStepSQL = sqlText(`UPDATE erasure_steps SET next_at = $3, trouble = $4 WHERE erasure_id = $1 AND step = $2 AND done_at = 0`)
	doneStepSQL  = sqlText(`UPDATE erasure_steps SET done_at = $3, trouble = $4 WHERE erasure_id = $1 AND step = $2 AND done_at = 0`)
	// dropWorkSQL forgets the work when nobody needs it any more, and doneErasureSQL ends the erasure.
	dropWorkSQL = sqlText(`UPDATE erasures SET work = '{}' WHERE id = $1 AND work <> '{}' AND NOT EXISTS (SELECT 1 FROM erasure_steps
		WHERE erasure_id = $1 AND step <> 'disk' AND done_at = 0)`)
	doneErasureSQL = sqlText(`UPDATE erasures SET done_at = $2 WHERE id = $1 AND done_at = 0 AND NOT EXISTS (SELECT 1 FROM erasure_steps
		WHERE erasure_id = $1 AND done_at = 0)`)
)

// DelayErasureStep notes why a step could not be done, and when it is to be tried again. The words must name nobody.
func (s *Store) DelayErasureStep(ctx context.Context, step ErasureStep, until time.Time, trouble string) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		_, err := t.exec(ctx, delayStepSQL, step.ErasureID, step.Step, micros(until), storableText(trouble))
		return err
	})
	if err != nil {
		return fmt.Errorf("delay a step of erasure %s: %w", step.ErasureID, err)
	}
	return nil
}

// EndErasureStep notes that a step is done. Words say what of it could not be done and never will be; they are empty when all was.
func (s *Store) EndErasureStep(ctx context.Context, step ErasureStep, words string) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		now := micros(s.now())
		if _, err := t.exec(ctx, doneStepSQL, step.ErasureID, step.Step, now, storableText(words)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, dropWorkSQL, step.ErasureID); err != nil {
			return err
		}
		_, err := t.exec(ctx, doneErasureSQL, step.ErasureID, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("end a step of erasure %s: %w", step.ErasureID, err)
	}
	return nil
}

// ErasureState is where an erasure stands.
type ErasureState struct {
	// ID is the erasure's, and CustomerID our own id of who was erased.
	ID, CustomerID string
	// BegunAt is when the customer was removed from the record, and DoneAt when the last step was done, in real time. Zero before.
	BegunAt, DoneAt time.Time
	// Suppressed is true when the addresses and the person stay suppressed.
	Suppressed bool
	// Steps are what was to be done elsewhere.
	Steps []ErasureStepState
}

// ErasureStepState is where one step stands.
type ErasureStepState struct {
	// Step is its name, and Tries how often it was tried.
	Step  string
	Tries int
	// DoneAt is when it was done, and NextAt when it is tried again, in real time. One of them is zero.
	DoneAt, NextAt time.Time
	// Trouble says what could not be done. Empty when nothing is wrong.
	Trouble string
}

var erasuresSQL = sqlText(`SELECT e.id, e.customer_id, e.begun_at, e.done_at, e.suppressed, s.step, s.tries, s.done_at, s.next_at, s.trouble
	FROM (SELECT * FROM erasures WHERE (CAST($1 AS TEXT) = '' OR id = CAST($1 AS TEXT)) ORDER BY begun_at DESC, id DESC LIMIT $2) AS e
	JOIN erasure_steps s ON s.erasure_id = e.id
	ORDER BY e.begun_at DESC, e.id DESC, s.step`)

// Erasures returns the newest erasures, newest first, at most limit; or the one with an id that is not empty.
func (s *Store) Erasures(ctx context.Context, id string, limit int) ([]ErasureState, error) {
	var list []ErasureState
	err := s.read(ctx, func(ctx context.Context, t tx) error {
		_, err := all(ctx, t, func(row scanner) (none struct{}, err error) {
			var e ErasureState
			var step ErasureStepState
			var begun, ended, done, next int64
			err = row.Scan(&e.ID, &e.CustomerID, &begun, &ended, &e.Suppressed, &step.Step, &step.Tries, &done, &next, &step.Trouble)
			e.BegunAt, e.DoneAt, step.DoneAt = instant(begun), instant(ended), instant(done)
			if done == 0 {
				step.NextAt = instant(next)
			}
			if n := len(list); n == 0 || list[n-1].ID != e.ID {
				list = append(list, e)
			}
			last := &list[len(list)-1]
			last.Steps = append(last.Steps, step)
			return none, err
		}, erasuresSQL, storableText(id), limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read erasures: %w", err)
	}
	return list, nil
}

var erasureOfSQL = sqlText(`SELECT e.id FROM erased_persons p JOIN erasures e ON e.id = p.erasure_id WHERE p.hash = $1 ORDER BY e.begun_at DESC, e.id DESC LIMIT 1`)

// ErasureOf returns the id of the last erasure of the customer with the shop's id, and "" when there was none.
func (s *Store) ErasureOf(ctx context.Context, userID string) (id string, err error) {
	err = s.read(ctx, func(ctx context.Context, t tx) error {
		hash, err := s.hashPerson(ctx, t, storableText(userID))
		if err != nil {
			return err
		}
		found, err := all(ctx, t, scanText, erasureOfSQL, hash)
		if len(found) > 0 {
			id = found[0]
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("look for an erasure: %w", err)
	}
	return id, nil
}

var countErasuresSQL = sqlText(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM erasure_steps s
		WHERE s.erasure_id = e.id AND s.done_at = 0 AND s.trouble <> '') THEN 1 ELSE 0 END), 0) FROM erasures e WHERE e.done_at = 0`)

// CountErasures returns how many erasures are not done yet, and how many of them are in trouble.
func (s *Store) CountErasures(ctx context.Context) (open, troubled int, err error) {
	if err := s.readOne(ctx, countErasuresSQL, nil, &open, &troubled); err != nil {
		return 0, 0, fmt.Errorf("count erasures: %w", err)
	}
	return open, troubled, nil
}

var (
	reopenStepSQL = sqlText(`UPDATE erasure_steps SET done_at = 0, next_at = $2 WHERE step = 'workflow' AND done_at > 0
		AND erasure_id = (SELECT erasure_id FROM erased_customers WHERE customer_id = $1)`)
	reopenSQL = sqlText(`UPDATE erasures SET done_at = 0 WHERE done_at > 0
		AND id = (SELECT erasure_id FROM erased_customers WHERE customer_id = $1)`)
)

// reopenedAfter is how long after its last sign a workflow of an erased customer is removed.
const reopenedAfter = 30 * time.Second

// reopenErasure has the workflow of a customer removed once more, when they were erased: a dispatcher that had claimed their
// wake row before started it again.
func (s *Store) reopenErasure(ctx context.Context, t tx, customerID string) error {
	reopened, err := t.exec(ctx, reopenStepSQL, customerID, micros(s.now().Add(reopenedAfter)))
	if err == nil && reopened > 0 {
		_, err = t.exec(ctx, reopenSQL, customerID)
	}
	if err != nil {
		return fmt.Errorf("reopen an erasure: %w", err)
	}
	return nil
}
