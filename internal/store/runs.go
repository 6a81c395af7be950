package store

import (
	"context"
	"encoding/json"
	"fmt"

	"klantreis/journey"
)

// runColumns are what storedRun reads, of runs named r, followed by the trigger's eventColumns.
const runColumns = `r.id, r.touchpoint, r.run_key, r.nth, r.status, r.reason, r.map_version, r.started_at, r.step,
	r.entered_at, r.due, r.message_id, r.ended_at, r.begun_version, r.held, r.held_since, r.variant, r.exposed_at,
	r.before_edit, r.stood, ` + eventColumns

// activeRunsSQL is about the runs that a decision has to know, and customerRunsSQL about all, of which the active ones
// have their trigger.
var activeRunsSQL = sqlText(`SELECT ` + runColumns + ` FROM runs r
	LEFT JOIN events e ON e.seq = r.trigger_seq
	WHERE r.customer_id = $1 AND r.status = 'active' ORDER BY r.seq`)

var customerRunsSQL = sqlText(`SELECT ` + runColumns + ` FROM runs r
	LEFT JOIN events e ON e.seq = r.trigger_seq AND r.status = 'active'
	WHERE r.customer_id = $1 ORDER BY r.seq`)

// storedRun receives runColumns.
type storedRun struct {
	run                               journey.Run
	startedAt, enteredAt, due, ending int64
	heldSince, exposedAt              int64
	before, stood                     string
	trigger                           storedEvent
}

func (s *storedRun) into() []any {
	r := &s.run
	return append([]any{
		&r.ID, &r.Touchpoint, &r.Key, &r.Nth, &r.Status, &r.Reason, &r.MapVersion, &s.startedAt, &r.Step,
		&s.enteredAt, &s.due, &r.MessageID, &s.ending, &r.BegunVersion, &r.Held, &s.heldSince, &r.Variant, &s.exposedAt,
		&s.before, &s.stood,
	}, s.trigger.into()...)
}

func (s *storedRun) get() (journey.Run, error) {
	run := s.run
	run.StartedAt, run.EnteredAt = eventInstant(s.startedAt), instant(s.enteredAt)
	run.Due, run.EndedAt = instant(s.due), instant(s.ending)
	run.HeldSince, run.ExposedAt = instant(s.heldSince), instant(s.exposedAt)
	if s.before != "" {
		if err := json.Unmarshal([]byte(s.before), &run.Before); err != nil {
			return run, fmt.Errorf("read where run %s stood before an edit: %w", run.ID, err)
		}
	}
	if s.stood != "" {
		if err := json.Unmarshal([]byte(s.stood), &run.Stood); err != nil {
			return run, fmt.Errorf("read where run %s stood: %w", run.ID, err)
		}
	}
	var err error
	if run.Trigger, err = s.trigger.event(); run.Trigger.Seq == 0 && run.Status == journey.RunActive {
		// No event started the run, but time itself did.
		run.Trigger.Timestamp, run.Trigger.ReceivedAt = run.StartedAt, run.StartedAt
	}
	return run, err
}

func scanRun(row scanner) (journey.Run, error) {
	var stored storedRun
	if err := row.Scan(stored.into()...); err != nil {
		return journey.Run{}, err
	}
	return stored.get()
}

// runRow is a run on its way into the record.
type runRow struct {
	Pos        int    `json:"pos"`
	ID         string `json:"id"`
	Touchpoint string `json:"touchpoint"`
	Key        string `json:"run_key"`
	Nth        int    `json:"nth"`
	Status     string `json:"status"`
	Reason     string `json:"reason"`
	MapVersion int64  `json:"map_version"`
	TriggerSeq int64  `json:"trigger_seq"`
	StartedAt  int64  `json:"started_at"`
	Step       string `json:"step"`
	EnteredAt  int64  `json:"entered_at"`
	Due        int64  `json:"due"`
	MessageID  string `json:"message_id"`
	EndedAt    int64  `json:"ended_at"`
	Begun      int64  `json:"begun_version"`
	Held       string `json:"held"`
	HeldSince  int64  `json:"held_since"`
	Variant    string `json:"variant"`
	ExposedAt  int64  `json:"exposed_at"`
	Before     string `json:"before_edit"`
	Stood      string `json:"stood"`
}

// saveRunsSQL inserts new runs and changes those that are there. What a run began with stays, but for a new name of
// its touchpoint; a run of the same touchpoint, key and number under another id is refused by the table.
var saveRunsSQL = sqlText(`INSERT INTO runs (id, customer_id, touchpoint, run_key, nth, status, reason, map_version,
		trigger_seq, started_at, step, entered_at, due, message_id, ended_at, begun_version, held, held_since, variant, exposed_at, before_edit, stood)
	SELECT id, CAST($2 AS TEXT), touchpoint, run_key, nth, status, reason, map_version,
		trigger_seq, started_at, step, entered_at, due, message_id, ended_at, begun_version, held, held_since, variant, exposed_at, before_edit, stood
	FROM json_to_recordset($1::json) AS r (pos bigint, id text, touchpoint text, run_key text, nth bigint, status text,
		reason text, map_version bigint, trigger_seq bigint, started_at bigint, step text, entered_at bigint, due bigint,
		message_id text, ended_at bigint, begun_version bigint, held text, held_since bigint, variant text, exposed_at bigint,
		before_edit text, stood text)
	WHERE true ORDER BY pos ON CONFLICT (id) DO UPDATE SET status = excluded.status, reason = excluded.reason,
		touchpoint = excluded.touchpoint, map_version = excluded.map_version, step = excluded.step,
		entered_at = excluded.entered_at, due = excluded.due, message_id = excluded.message_id, ended_at = excluded.ended_at,
		held = excluded.held, held_since = excluded.held_since, variant = excluded.variant, exposed_at = excluded.exposed_at,
		before_edit = excluded.before_edit, stood = excluded.stood`)

func saveRuns(ctx context.Context, t tx, customerID string, runs []journey.Run) error {
	if len(runs) == 0 {
		return nil
	}
	rows := make([]runRow, len(runs))
	for i, r := range runs {
		before, stood, err := places(r)
		if err != nil {
			return err
		}
		rows[i] = runRow{
			Pos: i, ID: r.ID, Touchpoint: r.Touchpoint, Key: r.Key, Nth: r.Nth, Status: string(r.Status),
			Reason: string(r.Reason), MapVersion: r.MapVersion, TriggerSeq: r.Trigger.Seq,
			StartedAt: r.StartedAt.UnixMicro(), Step: r.Step, EnteredAt: micros(r.EnteredAt), Due: micros(r.Due),
			MessageID: r.MessageID, EndedAt: micros(r.EndedAt), Begun: r.BegunVersion,
			Held: string(r.Held), HeldSince: micros(r.HeldSince), Variant: r.Variant, ExposedAt: micros(r.ExposedAt), Before: before, Stood: stood,
		}
	}
	if _, err := t.exec(ctx, saveRunsSQL, records{rows}, customerID); err != nil {
		return fmt.Errorf("save runs: %w", err)
	}
	return nil
}

// places returns where a run stood before an edit that has not taken effect, and under older versions; empty when there is
// nothing to say.
func places(r journey.Run) (before, stood string, err error) {
	if r.Before != nil {
		if before, err = jsonText(r.Before); err != nil {
			return "", "", fmt.Errorf("write where run %s stood before an edit: %w", r.ID, err)
		}
	}
	if len(r.Stood) > 0 {
		if stood, err = jsonText(r.Stood); err != nil {
			return "", "", fmt.Errorf("write where run %s stood: %w", r.ID, err)
		}
	}
	return before, stood, nil
}

func jsonText(v any) (string, error) {
	data, err := json.Marshal(v)
	return string(data), err
}
