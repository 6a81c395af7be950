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

var openTasksSQL = sqlText(`SELECT id, run_id, touchpoint, step, title, note, urgency, owner, created_at, due_at FROM tasks
	WHERE customer_id = $1 AND done_at = 0 ORDER BY created_at, id`)

// OpenTasks returns the tasks about a customer that somebody has yet to do, oldest first.
func (s *Store) OpenTasks(ctx context.Context, customerID string) ([]journey.PlannedTask, error) {
	var tasks []journey.PlannedTask
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		tasks, err = all(ctx, t, scanTask, openTasksSQL, customerID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read tasks: %w", err)
	}
	return tasks, nil
}

func scanTask(row scanner) (journey.PlannedTask, error) {
	var p journey.PlannedTask
	var created, due int64
	err := row.Scan(&p.ID, &p.RunID, &p.Touchpoint, &p.Step, &p.Task.Title, &p.Task.Note, &p.Task.Urgency, &p.Task.Owner, &created, &due)
	p.CreatedAt, p.Due = instant(created), instant(due)
	return p, err
}
