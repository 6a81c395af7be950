package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"klantreis/journey"
)

// eventLimit is how many events one decision consumes.
const eventLimit = 500

// read gathers the input of the decision. The wake count is read first: see the delete in settleWake.
func (d *decision) read(ctx context.Context) (journey.Input, error) {
	input := journey.Input{State: d.customer.state, FormerVersion: d.customer.mapVersion}
	var err error
	if err := d.readOpen(ctx, &input); err != nil {
		return input, fmt.Errorf("read open messages: %w", err)
	}
	if err := d.readEvents(ctx, &input); err != nil {
		return input, fmt.Errorf("read events: %w", err)
	}
	if err := d.readSuppressed(ctx, &input); err != nil {
		return input, err
	}
	if input.State.Runs, err = all(ctx, d.tx, scanRun, activeRunsSQL, d.customer.state.CustomerID); err != nil {
		return input, fmt.Errorf("read runs: %w", err)
	}
	d.runs = map[string]bool{}
	d.countRuns(input.State.Runs)
	if d.customer.openExposures > 0 {
		if input.State.Exposures, err = all(ctx, d.tx, scanExposure, openExposuresSQL, d.customer.state.CustomerID); err != nil {
			return input, fmt.Errorf("read exposures: %w", err)
		}
		d.openExposures = input.State.Exposures
	}
	d.leaveLater(input.Horizon)
	input.Settled = d.settlements()
	input.Past = past{ctx: ctx, tx: d.tx, customerID: d.customer.state.CustomerID}
	return input, nil
}

// countRuns keeps count of the runs that are under way.
func (d *decision) countRuns(runs []journey.Run) {
	for i := range runs {
		if runs[i].Status == journey.RunActive {
			d.runs[runs[i].ID] = true
		} else {
			delete(d.runs, runs[i].ID)
		}
	}
}

// openMessage is a message that no decision has seen the end of.
type openMessage struct {
	id, runID, kind, class, status, reason sql.Null[string]
	settledAt                              sql.Null[int64]
}

// settled tells whether the message has ended.
func (m openMessage) settled() bool {
	return m.status.V != statusPlanned && m.status.V != statusClaimed
}

// openSQL returns the wake count, the live version and why the address $2 and the person $3 are suppressed too, on every row,
// and at least one row.
var openSQL = sqlText(`SELECT (SELECT count FROM wakes WHERE customer_id = $1), live.version, live.published_at,
		(SELECT reason FROM suppressions WHERE address = $2 ` + strictestFirst + ` LIMIT 1),
		(SELECT reason FROM suppressions WHERE address = $3 LIMIT 1),
		m.id, m.run_id, m.kind, m.class, m.status, m.reason, m.settled_at
	FROM (SELECT 1) AS one LEFT JOIN (SELECT version, published_at FROM maps ORDER BY version DESC LIMIT 1) AS live ON true
	LEFT JOIN messages m ON m.customer_id = $1 AND m.consumed_step IS NULL
	ORDER BY m.planned_at, m.id`)

func (d *decision) readOpen(ctx context.Context, input *journey.Input) error {
	var live, since sql.Null[int64]
	var suppressed, objected sql.Null[journey.SuppressionReason]
	address := input.State.Facts.Email()
	hash, err := d.store.hashAddress(ctx, d.tx, address)
	if err != nil {
		return err
	}
	person, err := d.store.hashPerson(ctx, d.tx, d.customer.userID)
	if err != nil {
		return err
	}
	messages, err := all(ctx, d.tx, func(row scanner) (m openMessage, err error) {
		err = row.Scan(&d.wakeCount, &live, &since, &suppressed, &objected, &m.id, &m.runID, &m.kind, &m.class, &m.status, &m.reason, &m.settledAt)
		return m, err
	}, openSQL, d.customer.state.CustomerID, hash, person)
	if live.Valid {
		input.MapVersion, input.MapSince = live.V, instant(since.V)
		d.mapVersion = live.V
	}
	input.Objected = objected.V
	if suppressed.Valid {
		input.Suppressed = map[string]journey.SuppressionReason{journey.NormalAddress(address): suppressed.V}
	}
	for _, m := range messages {
		if m.id.Valid {
			d.messages = append(d.messages, m)
		}
	}
	return err
}

// readSuppressed adds the addresses that the new events tell and that must not be mailed.
func (d *decision) readSuppressed(ctx context.Context, input *journey.Input) error {
	known := journey.NormalAddress(input.State.Facts.Email())
	var told []string
	for _, event := range d.events {
		if address := event.Email(); address != "" && journey.NormalAddress(address) != known {
			told = append(told, address)
		}
	}
	found, err := d.store.suppressions(ctx, d.tx, told)
	for address, one := range found {
		if input.Suppressed == nil {
			input.Suppressed = map[string]journey.SuppressionReason{}
		}
		input.Suppressed[address] = one.Reason
	}
	return err
}

var (
	unconsumedSQL = sqlText(`SELECT ` + eventColumns + ` FROM events e
		WHERE e.customer_id = $1 AND e.consumed_step IS NULL ORDER BY e.seq LIMIT $2`)
	horizonSQL = sqlText(`SELECT MIN(stamped_at) FROM events
		WHERE customer_id = $1 AND consumed_step IS NULL AND seq > $2`)
)

func (d *decision) readEvents(ctx context.Context, input *journey.Input) error {
	if d.portion != nil {
		return d.readPortion(ctx, input)
	}
	customerID := d.customer.state.CustomerID
	var err error
	if d.events, err = all(ctx, d.tx, scanEvent, unconsumedSQL, customerID, eventLimit); err != nil {
		return err
	}
	if d.moved, d.customer.receipts, err = followReceipts(ctx, d.tx, d.customer.receipts, d.events); err != nil {
		return err
	}
	input.Events = d.events
	if len(d.events) < eventLimit {
		return nil
	}
	var earliest sql.Null[int64]
	if err := d.tx.row(ctx, horizonSQL, []any{customerID, d.events[eventLimit-1].Seq}, &earliest); err != nil {
		return err
	}
	d.setHorizon(earliest, input)
	return nil
}

// setHorizon notes when the earliest of the events is stamped that are left to later decisions.
func (d *decision) setHorizon(earliest sql.Null[int64], input *journey.Input) {
	d.left = earliest.Valid
	if d.left {
		input.Horizon = eventInstant(earliest.V)
	}
}

// leaveLater leaves the messages that ended at or after the horizon to the decision that sees all events before their end.
func (d *decision) leaveLater(horizon time.Time) {
	if horizon.IsZero() {
		return
	}
	d.messages = slices.DeleteFunc(d.messages, func(m openMessage) bool {
		return m.settled() && !instant(m.settledAt.V).Before(horizon)
	})
}

// settlements returns how the open messages ended, those that have.
func (d *decision) settlements() []journey.Settlement {
	var settled []journey.Settlement
	for _, m := range d.messages {
		if m.settled() {
			settled = append(settled, journey.Settlement{
				MessageID: m.id.V, Kind: journey.MessageKind(m.kind.V), Class: journey.Class(m.class.V), At: instant(m.settledAt.V),
				Sent: m.status.V == statusSent, Reason: journey.Reason(m.reason.V),
			})
		}
	}
	return settled
}
