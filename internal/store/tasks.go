package store

import (
	"context"
	"fmt"

	"klantreis/journey"
)

// taskRow is a task on its way into the record.
type taskRow struct {
	ID         string `json:"id"`
	RunID      string `json:"run_id"`
	Touchpoint string `json:"touchpoint"`
	Step       string `json:"step"`
	Title      string `json:"title"`
	Note       string `json:"note"`
	Urgency    string `json:"urgency"`
	Owner      string `json:"owner"`
	CreatedAt  int64  `json:"created_at"`
	DueAt      int64  `json:"due_at"`
}

var saveTasksSQL = sqlText(`INSERT INTO tasks (id, customer_id, run_id, touchpoint, step, title, note, urgency, owner,
		created_at, due_at)
	SELECT id, CAST($2 AS TEXT), run_id, touchpoint, step, title, note, urgency, owner, created_at, due_at
	FROM json_to_recordset($1::json) AS r (id text, run_id text, touchpoint text, step text, title text, note text,
		urgency text, owner text, created_at bigint, due_at bigint)`)

func saveTasks(ctx context.Context, t tx, customerID string, tasks []journey.PlannedTask) error {
	if len(tasks) == 0 {
		return nil
	}
	rows := make([]taskRow, len(tasks))
	for i, task := range tasks {
		rows[i] = taskRow{
			ID: task.ID, RunID: task.RunID, Touchpoint: task.Touchpoint, Step: task.Step, Title: task.Task.Title,
			Note: task.Task.Note, Urgency: task.Task.Urgency, Owner: task.Task.Owner,
			CreatedAt: micros(task.CreatedAt), DueAt: micros(task.Due),
		}
	}
	if _, err := t.exec(ctx, saveTasksSQL, records{rows}, customerID); err != nil {
		return fmt.Errorf("save tasks: %w", err)
	}
	return nil
}

var completeTaskSQL = sqlText(`UPDATE tasks SET done_at = $3 WHERE id = $1 AND customer_id = $2 AND done_at = 0`)

// completeTasks marks the tasks as done that an event of this decision says are.
func (d *decision) completeTasks(ctx context.Context) error {
	for _, e := range d.events {
		id, ok := e.Properties["task_id"].(string)
		if e.Name != journey.TaskCompleted || !ok {
			continue
		}
		if _, err := d.tx.exec(ctx, completeTaskSQL, storableText(id), d.customer.state.CustomerID, micros(e.Timestamp)); err != nil {
			return fmt.Errorf("complete task: %w", err)
		}
	}
	return nil
}
