package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"klantreis/journey"
)

// Standing counts the runs that stand at the same step.
type Standing struct {
	// Touchpoint and Step are where, in the words of the version of the map that the runs follow.
	Touchpoint, Step string
	// MapVersion is that version.
	MapVersion int64
	// Held is why they are held there. Empty when they are not.
	Held journey.Reason
	// Runs is how many.
	Runs int
}

var standingSQL = sqlText(`SELECT touchpoint, step, map_version, held, COUNT(*) FROM runs WHERE status = 'active'
	GROUP BY touchpoint, step, map_version, held ORDER BY touchpoint, step, map_version, held`)

// Standing counts all runs that are under way, by where they stand.
func (s *Store) Standing(ctx context.Context) ([]Standing, error) {
	var counts []Standing
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		counts, err = all(ctx, t, func(row scanner) (c Standing, err error) {
			err = row.Scan(&c.Touchpoint, &c.Step, &c.MapVersion, &c.Held, &c.Runs)
			return c, err
		}, standingSQL)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count runs: %w", err)
	}
	return counts, nil
}

var doubledSQL = sqlText(`SELECT CAST(COALESCE(SUM(runs - 1), 0) AS BIGINT) FROM (
		SELECT COUNT(*) AS runs FROM runs WHERE status = 'active' AND touchpoint = ANY($1)
		GROUP BY customer_id, run_key HAVING COUNT(DISTINCT touchpoint) > 1
	) AS doubled`)

// Doubled counts the runs under way that would be one too many if all these touchpoints were one: those of a customer who
// has another for the same key.
func (s *Store) Doubled(ctx context.Context, touchpoints []string) (int, error) {
	var n int
	if err := s.readOne(ctx, doubledSQL, []any{touchpoints}, &n); err != nil {
		return 0, fmt.Errorf("count the runs that touchpoints share: %w", err)
	}
	return n, nil
}

// standingPage is how many runs a transaction of StandingRuns reads.
const standingPage = 500

// standingRunsSQL goes through the index runs_active in its order.
var standingRunsSQL = sqlText(`SELECT r.seq, c.id, c.phase, c.phase_since, c.facts, ` + runColumns + `
	FROM runs r JOIN customers c ON c.id = r.customer_id LEFT JOIN events e ON e.seq = r.trigger_seq
	WHERE r.status = 'active' AND r.touchpoint = $1 AND r.step = $2 AND r.map_version = $3 AND r.held = $4 AND r.seq > $5
	ORDER BY r.seq LIMIT $6`)

// StandingRuns calls each for every run that stands there: with its customer's state, in which it is the only run, and
// the customer's past. It reads page by page, so what happens meanwhile may be missed. It ends with the first error.
func (s *Store) StandingRuns(ctx context.Context, at Standing, each func(journey.State, journey.Past) error) error {
	type found struct {
		seq   int64
		state journey.State
	}
	for after := int64(0); ; {
		var page []found
		err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
			page, err = all(ctx, t, func(row scanner) (f found, err error) {
				f.seq, f.state, err = scanStanding(row)
				return f, err
			}, standingRunsSQL, at.Touchpoint, at.Step, at.MapVersion, string(at.Held), after, standingPage)
			if err != nil {
				return err
			}
			for _, f := range page {
				if err := each(f.state, past{ctx: ctx, tx: t, customerID: f.state.CustomerID}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("read the runs at %s / %s: %w", at.Touchpoint, at.Step, err)
		}
		if len(page) < standingPage {
			return nil
		}
		after = page[len(page)-1].seq
	}
}

func scanStanding(row scanner) (seq int64, state journey.State, err error) {
	var run storedRun
	var since int64
	var facts []byte
	into := append([]any{&seq, &state.CustomerID, &state.Phase, &since, &facts}, run.into()...)
	if err := row.Scan(into...); err != nil {
		return 0, state, err
	}
	state.PhaseSince = instant(since)
	standing, err := run.get()
	state.Runs = []journey.Run{standing}
	return seq, state, errors.Join(err, json.Unmarshal(facts, &state.Facts))
}
