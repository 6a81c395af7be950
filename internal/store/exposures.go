package store

import (
	"context"
	"fmt"

	"klantreis/journey"
)

const exposureColumns = `run_id, touchpoint, run_key, arm, variant, exposed_at, until_at, reached_at, value, closed`

var openExposuresSQL = sqlText(`SELECT ` + exposureColumns + ` FROM exposures
	WHERE customer_id = $1 AND closed = 0 ORDER BY exposed_at, run_id`)

// customerExposuresSQL finds them through the runs, which have an index for it.
var customerExposuresSQL = sqlText(`SELECT ` + exposureColumns + ` FROM exposures
	WHERE run_id IN (SELECT id FROM runs WHERE customer_id = $1) ORDER BY exposed_at, run_id`)

// Exposures returns all exposures of a customer, oldest first.
func (s *Store) Exposures(ctx context.Context, customerID string) ([]journey.Exposure, error) {
	var exposures []journey.Exposure
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		exposures, err = all(ctx, t, scanExposure, customerExposuresSQL, customerID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read exposures: %w", err)
	}
	return exposures, nil
}

func scanExposure(row scanner) (journey.Exposure, error) {
	var x journey.Exposure
	var at, until, reached int64
	err := row.Scan(&x.RunID, &x.Touchpoint, &x.Key, &x.Arm, &x.Variant, &at, &until, &reached, &x.Value, &x.Closed)
	x.At, x.Until, x.ReachedAt = instant(at), instant(until), instant(reached)
	return x, err
}

// exposureRow is an exposure on its way into the record.
type exposureRow struct {
	RunID      string  `json:"run_id"`
	Touchpoint string  `json:"touchpoint"`
	Key        string  `json:"run_key"`
	Arm        string  `json:"arm"`
	Variant    string  `json:"variant"`
	ExposedAt  int64   `json:"exposed_at"`
	UntilAt    int64   `json:"until_at"`
	ReachedAt  int64   `json:"reached_at"`
	Value      float64 `json:"value"`
	Closed     int     `json:"closed"`
}

var saveExposuresSQL = sqlText(`INSERT INTO exposures (customer_id, ` + exposureColumns + `)
	SELECT CAST($2 AS TEXT), ` + exposureColumns + `
	FROM json_to_recordset($1::json) AS r (run_id text, touchpoint text, run_key text, arm text, variant text,
		exposed_at bigint, until_at bigint, reached_at bigint, value double precision, closed smallint)
	WHERE true ON CONFLICT (run_id) DO UPDATE SET reached_at = excluded.reached_at, value = excluded.value, closed = excluded.closed`)

// saveExposures writes the exposures that the decision made or changed, and keeps count of the open ones.
func (d *decision) saveExposures(ctx context.Context, exposures []journey.Exposure) error {
	if len(exposures) == 0 {
		return nil
	}
	known := map[string]bool{}
	for _, x := range d.openExposures {
		known[x.RunID] = true
	}
	rows := make([]exposureRow, len(exposures))
	for i, x := range exposures {
		rows[i] = exposureRow{
			RunID: x.RunID, Touchpoint: x.Touchpoint, Key: x.Key, Arm: x.Arm, Variant: x.Variant, ExposedAt: micros(x.At),
			UntilAt: micros(x.Until), ReachedAt: micros(x.ReachedAt), Value: x.Value, Closed: flag(x.Closed),
		}
		switch {
		case !known[x.RunID] && !x.Closed:
			d.customer.openExposures++
		case known[x.RunID] && x.Closed:
			d.customer.openExposures--
		}
	}
	if _, err := d.tx.exec(ctx, saveExposuresSQL, records{rows}, d.customer.state.CustomerID); err != nil {
		return fmt.Errorf("save exposures: %w", err)
	}
	return nil
}
