package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"klantreis/journey"
)

// merge is one merge on its way through its transaction.
type merge struct {
	tx         tx
	into, from mergedCustomer
	// real and at are the instant of the merge, in real and in journey time.
	real, at time.Time
}

// do merges. It locks in the order of all others: customers, messages, wake rows.
func (g *merge) do(ctx context.Context, j Joiner) error {
	wakes, err := g.wakes(ctx)
	if err != nil {
		return err
	}
	decisions, err := g.settleRuns(ctx, j)
	if err != nil {
		return fmt.Errorf("settle runs: %w", err)
	}
	moved, err := g.move(ctx)
	if err != nil {
		return err
	}
	decisions = append(decisions, journey.Decision{
		At: g.at, Kind: journey.DecidedMerge, Reason: journey.ReasonMerged,
		Detail: map[string]any{"customer": g.from.id, "events": moved["events"], "runs": moved["runs"]},
	})
	if err := saveDecisions(ctx, g.tx, g.into.id, g.into.step, decisions); err != nil {
		return err
	}
	if err := g.save(ctx, j.Join(g.into.state, g.from.state)); err != nil {
		return err
	}
	return wakes.write(ctx, g.tx)
}

// moveSQL are the tables in which something is a customer's, each with how From's becomes Into's. Exposures go by their
// runs, and come before these. Events are moved in two halves, because they have an index each.
var moveSQL = []struct {
	table string
	q     statement
}{
	{"exposures", sqlText(`UPDATE exposures SET customer_id = $2 WHERE run_id IN (SELECT id FROM runs WHERE customer_id = $1)`)},
	{"runs", sqlText(`UPDATE runs SET customer_id = $2 WHERE customer_id = $1`)},
	{"messages", sqlText(`UPDATE messages SET customer_id = $2 WHERE customer_id = $1`)},
	{"decisions", sqlText(`UPDATE decisions SET customer_id = $2 WHERE customer_id = $1`)},
	{"tasks", sqlText(`UPDATE tasks SET customer_id = $2 WHERE customer_id = $1`)},
	{"events", sqlText(`UPDATE events SET customer_id = $2 WHERE customer_id = $1 AND consumed_step IS NULL`)},
	{"events", sqlText(`UPDATE events SET customer_id = $2 WHERE customer_id = $1 AND consumed_step IS NOT NULL`)},
	{"devices", sqlText(`UPDATE devices SET customer_id = $2 WHERE customer_id = $1`)},
	{"lost_sends", sqlText(`UPDATE lost_sends SET customer_id = $2 WHERE customer_id = $1`)},
	{"consents", sqlText(`UPDATE consents SET customer_id = $2 WHERE customer_id = $1`)},
	{"suppressions", sqlText(`UPDATE suppressions SET customer_id = $2 WHERE customer_id = $1`)},
	{"customer_aliases", sqlText(`UPDATE customer_aliases SET customer_id = $2 WHERE customer_id = $1`)},
}

// move gives everything to Into, and returns how many rows of each table.
func (g *merge) move(ctx context.Context) (map[string]int64, error) {
	moved := map[string]int64{}
	for _, part := range moveSQL {
		n, err := g.tx.exec(ctx, part.q, g.from.id, g.into.id)
		if err != nil {
			return nil, fmt.Errorf("move %s: %w", part.table, err)
		}
		moved[part.table] += n
	}
	if _, err := g.tx.exec(ctx, positiveNumbersSQL, g.into.id); err != nil {
		return nil, fmt.Errorf("number runs: %w", err)
	}
	return moved, nil
}

var (
	saveMergedSQL = sqlText(`UPDATE customers SET phase = $2, phase_since = $3, facts = $4,
		open_exposures = (SELECT COUNT(*) FROM exposures x WHERE x.customer_id = customers.id AND x.closed = 0),
		active_runs = (SELECT COUNT(*) FROM runs r WHERE r.customer_id = customers.id AND r.status = 'active'),
		received_seq = (SELECT MAX(c.received_seq) FROM customers c WHERE c.id = $1 OR c.id = $5),
		received_at = (SELECT MAX(c.received_at) FROM customers c WHERE c.id = $1 OR c.id = $5)
		WHERE id = $1`)
	insertAliasSQL = sqlText(`INSERT INTO customer_aliases (user_id, customer_id, former_id, merged_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id) DO UPDATE SET customer_id = excluded.customer_id, former_id = excluded.former_id,
			merged_at = excluded.merged_at`)
	deleteCustomerSQL = sqlText(`DELETE FROM customers WHERE id = $1`)
)

// save writes what is known of Into now, and lets From's id stand for it.
func (g *merge) save(ctx context.Context, joined journey.State) error {
	facts, err := json.Marshal(joined.Facts)
	if err != nil {
		return fmt.Errorf("encode facts: %w", err)
	}
	if _, err := g.tx.exec(ctx, saveMergedSQL, g.into.id, joined.Phase, micros(joined.PhaseSince), string(facts), g.from.id); err != nil {
		return fmt.Errorf("save customer: %w", err)
	}
	if _, err := g.tx.exec(ctx, insertAliasSQL, g.from.userID, g.into.id, g.from.id, micros(g.real)); err != nil {
		return fmt.Errorf("save alias: %w", err)
	}
	if _, err := g.tx.exec(ctx, deleteCustomerSQL, g.from.id); err != nil {
		return fmt.Errorf("remove the merged customer: %w", err)
	}
	return nil
}

var urgencySQL = sqlText(`SELECT COALESCE(MAX(urgent), 0) FROM wakes WHERE customer_id = ANY($1)`)

// wakes wakes both, Into as urgently as either was.
func (g *merge) wakes(ctx context.Context) (*wakeBumps, error) {
	var urgent int
	if err := g.tx.row(ctx, urgencySQL, []any{[]string{g.into.id, g.from.id}}, &urgent); err != nil {
		return nil, fmt.Errorf("read wake rows: %w", err)
	}
	bumps := newWakeBumps(g.real)
	bumps.add(g.into.id, max(urgent, 0))
	bumps.add(g.from.id, 0)
	return bumps, nil
}
