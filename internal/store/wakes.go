package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// A wake row says that a customer is to decide. It counts up at everything that asks for it. The dispatcher marks the
// row as signalled; the decision removes it, and only when the count is still the one that it read before it read the
// events: otherwise what was stored in between would be forgotten.

// wakeBumps gathers what a transaction adds to wake rows.
type wakeBumps struct {
	// newcomers are the ids of the customers that this batch makes.
	newcomers map[string]bool
	since     int64
	rows      map[string]*wakeRow
}

// wakeRow is what one customer's row is raised by.
type wakeRow struct {
	CustomerID string `json:"customer_id"`
	Count      int64  `json:"count"`
	Urgent     int    `json:"urgent"`
	Since      int64  `json:"since"`
}

func newWakeBumps(since time.Time) *wakeBumps {
	return &wakeBumps{since: micros(since), rows: map[string]*wakeRow{}}
}

// add counts one reason to wake a customer.
func (w *wakeBumps) add(customerID string, urgent int) {
	row := w.rows[customerID]
	if row == nil {
		row = &wakeRow{CustomerID: customerID, Since: w.since}
		w.rows[customerID] = row
	}
	row.Count++
	row.Urgent = max(row.Urgent, urgent)
}

// bumpWakesSQL leaves signalled_at as it is: a signalled customer that has not decided yet sees the new event too.
var bumpWakesSQL = sqlText(`INSERT INTO wakes (customer_id, count, urgent, since)
	SELECT customer_id, count, urgent, since
	FROM json_to_recordset($1::json) AS r (customer_id text, count bigint, urgent smallint, since bigint)
	WHERE true ORDER BY customer_id ON CONFLICT (customer_id) DO UPDATE SET count = wakes.count + excluded.count,
		urgent = CASE WHEN excluded.urgent > wakes.urgent THEN excluded.urgent ELSE wakes.urgent END`)

// write raises the rows. It must be the last thing that a transaction locks.
func (w *wakeBumps) write(ctx context.Context, t tx) error {
	if len(w.rows) == 0 {
		return nil
	}
	var rows []*wakeRow
	for _, customerID := range slices.Sorted(maps.Keys(w.rows)) {
		rows = append(rows, w.rows[customerID])
	}
	if _, err := t.exec(ctx, bumpWakesSQL, records{rows}); err != nil {
		return fmt.Errorf("raise wake rows: %w", err)
	}
	return nil
}
