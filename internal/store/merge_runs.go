package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"klantreis/journey"
)

var (
	// lockOpenSQL keeps messages from being claimed or settled meanwhile.
	lockOpenSQL = sqlText(`SELECT id FROM messages WHERE customer_id = ANY($1) AND consumed_step IS NULL
		ORDER BY id FOR NO KEY UPDATE`)
	joinedRunsSQL = sqlText(`SELECT r.id, r.customer_id, r.touchpoint, r.run_key, r.nth, r.status, r.started_at, r.step, r.message_id,
			(SELECT COUNT(*) FROM messages m WHERE m.run_id = r.id AND m.kind <> 'webhook' AND m.status IN ('claimed', 'sent', 'unknown'))
		FROM runs r WHERE r.customer_id = ANY($1) ORDER BY r.seq`)
	// numberRunsSQL gives new numbers below zero first, so that none is taken twice on the way.
	numberRunsSQL = sqlText(`UPDATE runs SET nth = -r.nth FROM json_to_recordset($1::json) AS r (id text, nth bigint)
		WHERE runs.id = r.id`)
	positiveNumbersSQL = sqlText(`UPDATE runs SET nth = -nth WHERE customer_id = $1 AND nth < 0`)
	endMergedRunsSQL   = sqlText(`UPDATE runs SET status = 'ended', reason = 'merged', step = '', due = 0, message_id = '',
		held = '', held_since = 0, before_edit = '', stood = '', ended_at = CASE WHEN entered_at > $2 THEN entered_at ELSE $2 END WHERE id = ANY($1)`)
	withdrawMergedSQL = sqlText(`UPDATE messages SET status = 'withdrawn', reason = 'merged', settled_at = $2
		WHERE run_id = ANY($1) AND status = 'planned'`)
)

func scanJoinedRun(row scanner) (journey.JoinedRun, error) {
	var r journey.JoinedRun
	var started int64
	err := row.Scan(&r.ID, &r.CustomerID, &r.Touchpoint, &r.Key, &r.Nth, &r.Status, &started, &r.Step, &r.MessageID, &r.Out)
	r.StartedAt = eventInstant(started)
	return r, err
}

// settleRuns ends the runs that give way, takes back their messages that nobody has claimed, and numbers the others. It
// returns what it decided. The new numbers are below zero until the runs were moved.
func (g *merge) settleRuns(ctx context.Context, j Joiner) ([]journey.Decision, error) {
	both := []string{g.into.id, g.from.id}
	if _, err := all(ctx, g.tx, scanText, lockOpenSQL, both); err != nil {
		return nil, fmt.Errorf("lock messages: %w", err)
	}
	runs, err := all(ctx, g.tx, scanJoinedRun, joinedRunsSQL, both)
	if err != nil {
		return nil, fmt.Errorf("read runs: %w", err)
	}
	ended, numbers := j.JoinRuns(runs)
	if err := g.number(ctx, numbers); err != nil {
		return nil, err
	}
	if len(ended) == 0 {
		return nil, nil
	}
	ids := slices.Sorted(maps.Keys(ended))
	for _, q := range []statement{endMergedRunsSQL, withdrawMergedSQL} {
		if _, err := g.tx.exec(ctx, q, ids, micros(g.at)); err != nil {
			return nil, fmt.Errorf("end runs: %w", err)
		}
	}
	var decisions []journey.Decision
	for _, r := range runs {
		if _, ends := ended[r.ID]; ends {
			decisions = append(decisions, journey.Decision{
				At: g.at, Kind: journey.DecidedEnd, Reason: journey.ReasonMerged, Touchpoint: r.Touchpoint, RunID: r.ID, Step: r.Step,
				MessageID: r.MessageID, Detail: map[string]any{"run": ended[r.ID]},
			})
		}
	}
	return decisions, nil
}

// numberRow is a run's new number.
type numberRow struct {
	ID  string `json:"id"`
	Nth int    `json:"nth"`
}

func (g *merge) number(ctx context.Context, numbers map[string]int) error {
	if len(numbers) == 0 {
		return nil
	}
	rows := make([]numberRow, 0, len(numbers))
	for _, id := range slices.Sorted(maps.Keys(numbers)) {
		rows = append(rows, numberRow{id, numbers[id]})
	}
	if _, err := g.tx.exec(ctx, numberRunsSQL, records{rows}); err != nil {
		return fmt.Errorf("number runs: %w", err)
	}
	return nil
}
