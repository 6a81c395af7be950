package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"klantreis/journey"
)

// past implements journey.Past inside the transaction of a decision. It keeps the decision's context, because the core
// knows none.
type past struct {
	ctx        context.Context
	tx         tx
	customerID string
}

var namedSQL = sqlText(`SELECT ` + eventColumns + ` FROM events e
	WHERE e.customer_id = $1 AND e.name = ANY($2) AND e.stamped_at >= $3 AND e.consumed_step IS NOT NULL AND e.consumed_step > 0 ORDER BY e.seq`)

// Named implements journey.Past.
func (p past) Named(names []string, since time.Time) ([]journey.Event, error) {
	if len(names) == 0 {
		return nil, nil
	}
	from := int64(math.MinInt64)
	if !since.IsZero() {
		from = since.UnixMicro()
	}
	events, err := all(p.ctx, p.tx, scanEvent, namedSQL, p.customerID, names, from)
	if err != nil {
		return nil, fmt.Errorf("read past events: %w", err)
	}
	return events, nil
}

var lastRunSQL = sqlText(`SELECT ` + runColumns + ` FROM runs r LEFT JOIN events e ON false
	WHERE r.customer_id = $1 AND r.touchpoint = $2 AND r.run_key = $3 ORDER BY r.nth DESC LIMIT 1`)

// LastRun implements journey.Past.
func (p past) LastRun(touchpoint, key string) (journey.Run, bool, error) {
	runs, err := all(p.ctx, p.tx, scanRun, lastRunSQL, p.customerID, touchpoint, key)
	if err != nil || len(runs) == 0 {
		return journey.Run{}, false, err
	}
	return runs[0], true, nil
}

var lastStartSQL = sqlText(`SELECT MAX(started_at) FROM runs WHERE customer_id = $1 AND touchpoint = $2`)

// LastStart implements journey.Past.
func (p past) LastStart(touchpoint string) (time.Time, bool, error) {
	var newest sql.Null[int64]
	if err := p.tx.row(p.ctx, lastStartSQL, []any{p.customerID, touchpoint}, &newest); err != nil {
		return time.Time{}, false, fmt.Errorf("read the newest start: %w", err)
	}
	if !newest.Valid {
		return time.Time{}, false, nil
	}
	return eventInstant(newest.V), true, nil
}

var latestSQL = sqlText(`SELECT e.name, MAX(e.stamped_at) FROM events e
	WHERE e.customer_id = $1 AND e.name = ANY($2) AND e.consumed_step IS NOT NULL AND e.consumed_step > 0 GROUP BY e.name`)

// Latest implements journey.Past.
func (p past) Latest(names []string) (map[string]time.Time, error) {
	type stamped struct {
		name string
		at   int64
	}
	found, err := all(p.ctx, p.tx, func(row scanner) (s stamped, err error) {
		err = row.Scan(&s.name, &s.at)
		return s, err
	}, latestSQL, p.customerID, names)
	if err != nil {
		return nil, fmt.Errorf("read latest events: %w", err)
	}
	latest := make(map[string]time.Time, len(found))
	for _, s := range found {
		latest[s.name] = eventInstant(s.at)
	}
	return latest, nil
}
