package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"klantreis/activities"
	"klantreis/journey"
)

// write puts the outcome into the record and returns the snapshot that it keeps.
func (d *decision) write(ctx context.Context, outcome journey.Outcome) (activities.Snapshot, error) {
	var none activities.Snapshot
	customerID := d.customer.state.CustomerID
	if err := saveRuns(ctx, d.tx, customerID, outcome.State.Runs); err != nil {
		return none, err
	}
	d.countRuns(outcome.State.Runs)
	if err := planMessages(ctx, d.tx, customerID, outcome.Messages); err != nil {
		return none, err
	}
	if err := saveTasks(ctx, d.tx, customerID, outcome.Tasks); err != nil {
		return none, err
	}
	if err := d.saveExposures(ctx, outcome.State.Exposures); err != nil {
		return none, err
	}
	if err := d.completeTasks(ctx); err != nil {
		return none, err
	}
	withdrawn, err := d.withdraw(ctx, outcome)
	if err != nil {
		return none, err
	}
	if err := saveDecisions(ctx, d.tx, customerID, d.step, outcome.Decisions); err != nil {
		return none, err
	}
	if err := d.consume(ctx); err != nil {
		return none, err
	}
	more, err := d.settleWake(ctx)
	if err != nil {
		return none, err
	}
	// What was withdrawn frees a slot in the next decision, and somebody may be waiting for it.
	more = more || len(withdrawn) > 0 && slices.ContainsFunc(outcome.Standing, func(s journey.Standing) bool {
		return s.Held == journey.ReasonCapped
	})
	snapshot := activities.Snapshot{
		Step: d.step, Next: instant(micros(outcome.Next)), Effects: d.effects(outcome.Messages, withdrawn), More: more,
	}
	return snapshot, d.saveCustomer(ctx, outcome.State, snapshot)
}

// effects are the messages that are planned or claimed after this decision.
func (d *decision) effects(planned []journey.Message, withdrawn map[string]bool) []activities.Effect {
	var effects []activities.Effect
	for _, m := range d.messages {
		if !m.settled() && !withdrawn[m.id.V] {
			effects = append(effects, activities.Effect{MessageID: m.id.V, Class: journey.Class(m.class.V), Kind: effectKind(journey.MessageKind(m.kind.V))})
		}
	}
	for _, m := range planned {
		if !withdrawn[m.ID] {
			effects = append(effects, activities.Effect{MessageID: m.ID, Class: m.Class, Kind: effectKind(m.Kind)})
		}
	}
	return effects
}

// effectKind is how a snapshot says what to hand over. A mail needs no word.
func effectKind(kind journey.MessageKind) journey.MessageKind {
	if kind == journey.KindMail {
		return ""
	}
	return kind
}

var (
	consumeEventsSQL   = sqlText(`UPDATE events SET consumed_step = $1 WHERE seq = ANY($2)`)
	consumeMessagesSQL = sqlText(`UPDATE messages SET consumed_step = $1 WHERE id = ANY($2)`)
)

// consume marks the events and the ended messages as seen by this decision: those that were read, and no others that
// came since. A message of a run that ended is marked too; nothing waits for it any more.
func (d *decision) consume(ctx context.Context) error {
	if len(d.events) > 0 {
		seqs := make([]int64, len(d.events))
		for i, event := range d.events {
			seqs[i] = event.Seq
		}
		if _, err := d.tx.exec(ctx, consumeEventsSQL, d.step, seqs); err != nil {
			return fmt.Errorf("consume events: %w", err)
		}
		if err := saveMoved(ctx, d.tx, d.events, d.moved); err != nil {
			return err
		}
	}
	var ended []string
	for _, m := range d.messages {
		if m.settled() {
			ended = append(ended, m.id.V)
		}
	}
	if len(ended) > 0 {
		if _, err := d.tx.exec(ctx, consumeMessagesSQL, d.step, ended); err != nil {
			return fmt.Errorf("consume messages: %w", err)
		}
	}
	return nil
}

var deleteWakeSQL = sqlText(`DELETE FROM wakes WHERE customer_id = $1 AND count = $2`)

// settleWake removes the wake row, unless something was added to it since it was read or events are left. It answers
// whether the customer has to decide again at once.
func (d *decision) settleWake(ctx context.Context) (more bool, err error) {
	if d.left || !d.wakeCount.Valid {
		return d.left, nil
	}
	deleted, err := d.tx.exec(ctx, deleteWakeSQL, d.customer.state.CustomerID, d.wakeCount.V)
	if err != nil {
		return false, fmt.Errorf("remove wake row: %w", err)
	}
	return deleted == 0, nil
}

var saveCustomerSQL = sqlText(`UPDATE customers SET phase = $2, phase_since = $3, facts = $4, next_wake = $5, step = $6,
	snapshot = $7, open_exposures = $8, map_version = $9, active_runs = $10, received_seq = $11, received_at = $12,
	trouble = '', trouble_since = 0, trouble_tries = 0 WHERE id = $1`)

func (d *decision) saveCustomer(ctx context.Context, state journey.State, snapshot activities.Snapshot) error {
	facts, err := json.Marshal(state.Facts)
	if err != nil {
		return fmt.Errorf("encode facts: %w", err)
	}
	kept, err := json.Marshal(snapshot)
	if err != nil {
		return fmt.Errorf("encode snapshot: %w", err)
	}
	_, err = d.tx.exec(ctx, saveCustomerSQL, d.customer.state.CustomerID, state.Phase, micros(state.PhaseSince),
		string(facts), nullInstant(snapshot.Next), d.step, string(kept), d.customer.openExposures, d.mapVersion, len(d.runs),
		d.customer.receipts.Seq, micros(d.customer.receipts.At))
	if err != nil {
		return fmt.Errorf("save customer: %w", err)
	}
	return nil
}

// nullInstant is an instant in a column that has NULL for none.
func nullInstant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return micros(t)
}
