package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"klantreis/journey"
)

// decisionRow is a decision on its way into the record.
type decisionRow struct {
	Pos        int    `json:"pos"`
	DecidedAt  int64  `json:"decided_at"`
	Kind       string `json:"kind"`
	Reason     string `json:"reason"`
	Phase      string `json:"phase"`
	Touchpoint string `json:"touchpoint"`
	RunID      string `json:"run_id"`
	Step       string `json:"step"`
	MessageID  string `json:"message_id"`
	EventSeq   int64  `json:"event_seq"`
	Detail     string `json:"detail"`
}

var insertDecisionsSQL = sqlText(`INSERT INTO decisions (customer_id, decided_in, decided_at, kind, reason, phase,
		touchpoint, run_id, step, message_id, event_seq, detail)
	SELECT CAST($2 AS TEXT), CAST($3 AS BIGINT), decided_at, kind, reason, phase, touchpoint, run_id, step, message_id, event_seq, detail
	FROM json_to_recordset($1::json) AS r (pos bigint, decided_at bigint, kind text, reason text, phase text,
		touchpoint text, run_id text, step text, message_id text, event_seq bigint, detail text)
	ORDER BY pos`)

func saveDecisions(ctx context.Context, t tx, customerID string, step int64, decisions []journey.Decision) error {
	if len(decisions) == 0 {
		return nil
	}
	rows := make([]decisionRow, len(decisions))
	for i, d := range decisions {
		rows[i] = decisionRow{
			Pos: i, DecidedAt: micros(d.At), Kind: string(d.Kind), Reason: string(d.Reason), Phase: d.Phase,
			Touchpoint: d.Touchpoint, RunID: d.RunID, Step: d.Step, MessageID: d.MessageID, EventSeq: d.EventSeq,
		}
		if d.Detail == nil {
			continue
		}
		detail, err := json.Marshal(d.Detail)
		if err != nil {
			return fmt.Errorf("encode decision about %s: %w", d.Touchpoint, err)
		}
		rows[i].Detail = string(detail)
	}
	if _, err := t.exec(ctx, insertDecisionsSQL, records{rows}, customerID, step); err != nil {
		return fmt.Errorf("save decisions: %w", err)
	}
	return nil
}

// Decided is a decision about a customer.
type Decided struct {
	journey.Decision
	// Seq is its place in the order of all decisions.
	Seq int64
	// CustomerID is our own id of the customer.
	CustomerID string
	// In is the step of the customer in which it was taken.
	In int64
}

const decisionColumns = `SELECT seq, customer_id, decided_in, decided_at, kind, reason, phase, touchpoint, run_id, step,
	message_id, event_seq, detail FROM decisions`

var (
	newestDecisionsSQL     = sqlText(decisionColumns + ` WHERE seq < $2 ORDER BY seq DESC LIMIT $1`)
	customerDecisionsSQL   = sqlText(decisionColumns + ` WHERE seq < $2 AND customer_id = $3 ORDER BY seq DESC LIMIT $1`)
	touchpointDecisionsSQL = sqlText(decisionColumns + ` WHERE seq < $2 AND touchpoint = $3 ORDER BY seq DESC LIMIT $1`)
	bothDecisionsSQL       = sqlText(decisionColumns + ` WHERE seq < $2 AND customer_id = $3 AND touchpoint = $4 ORDER BY seq DESC LIMIT $1`)
)

// Decisions returns the newest decisions, newest first, at most limit. An empty customerID or touchpoint means any.
func (s *Store) Decisions(ctx context.Context, customerID, touchpoint string, limit int) ([]Decided, error) {
	return s.DecisionsBefore(ctx, math.MaxInt64, customerID, touchpoint, limit)
}

// DecisionsBefore returns the newest decisions that came before the one with the Seq, newest first, at most limit. An
// empty customerID or touchpoint means any.
func (s *Store) DecisionsBefore(ctx context.Context, seq int64, customerID, touchpoint string, limit int) ([]Decided, error) {
	q, args := bothDecisionsSQL, []any{limit, seq, customerID, touchpoint}
	switch {
	case customerID == "" && touchpoint == "":
		q, args = newestDecisionsSQL, []any{limit, seq}
	case touchpoint == "":
		q, args = customerDecisionsSQL, []any{limit, seq, customerID}
	case customerID == "":
		q, args = touchpointDecisionsSQL, []any{limit, seq, touchpoint}
	}
	var decisions []Decided
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		decisions, err = all(ctx, t, scanDecided, q, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	return decisions, nil
}

func scanDecided(row scanner) (Decided, error) {
	var d Decided
	var at int64
	var detail []byte
	err := row.Scan(&d.Seq, &d.CustomerID, &d.In, &at, &d.Kind, &d.Reason, &d.Phase, &d.Touchpoint, &d.RunID, &d.Step,
		&d.MessageID, &d.EventSeq, &detail)
	if err != nil {
		return d, err
	}
	d.At = instant(at)
	if len(detail) > 0 {
		err = json.Unmarshal(detail, &d.Detail)
	}
	return d, err
}
