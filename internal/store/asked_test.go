package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// ask makes a customer with one planned mail that asks a question, and returns the customer's id.
func (r *record) ask(t *testing.T, messageID string) string {
	t.Helper()
	user := "user of " + messageID
	order := track("event of "+messageID, user, "", "Order Completed")
	order.Properties = map[string]any{"order_id": "A1"}
	r.ingest(t, waking, order)
	customerID := r.customer(t, user)
	r.decide(t, customerID, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
		out, err := startRun(messageID)(ctx, in)
		out.State.Facts.Locale = "nl"
		out.Messages[0].Ask = journey.Ask{Survey: "nps", Question: "Beveelt u ons aan?", From: 0, To: 10}
		return out, err
	})
	return customerID
}

func TestAsked(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		customerID := r.ask(t, "msg")
		asked, found, err := r.Asked(t.Context(), "msg", "answer/msg")
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, r.message(t, customerID).ID, asked.Message.ID)
		require.Equal(t, journey.Ask{Survey: "nps", Question: "Beveelt u ons aan?", From: 0, To: 10}, asked.Message.Ask)
		require.Equal(t, "user of msg", asked.UserID)
		require.Equal(t, "nl", asked.Facts.Locale)
		require.Equal(t, "A1", asked.Run.Trigger.Properties["order_id"])
		require.Nil(t, asked.Answer)

		answer := track("answer/msg", "user of msg", "", journey.SurveyAnswered)
		answer.Properties = map[string]any{"score": 9.0}
		r.ingest(t, waking, track("answer/another", "user of msg", "", journey.SurveyAnswered), answer)
		for _, when := range []string{"before a decision has seen it", "and after"} {
			asked, found, err = r.Asked(t.Context(), "msg", "answer/msg")
			require.NoError(t, err)
			require.True(t, found)
			require.NotNil(t, asked.Answer, when)
			require.Equal(t, map[string]any{"score": 9.0}, asked.Answer.Properties, when)
			r.decide(t, customerID, echo)
		}
	})
}

func TestNothingAsked(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.plan(t, "mail")
		r.planWebhook(t, "hook")
		for _, id := range []string{"mail", "hook", "unknown", "", "\x00", "\xff"} {
			_, found, err := r.Asked(t.Context(), id, "answer")
			require.NoError(t, err)
			require.False(t, found, id)
		}
	})
}

func TestOpenTasksAndExposures(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("order", "jan", "", "Order Completed"))
		customerID := r.customer(t, "jan")
		call := journey.PlannedTask{
			ID: "t_1", RunID: "run-a", Touchpoint: "call", Step: "task-1", CreatedAt: start, Due: start.Add(time.Hour),
			Task: journey.Task{Title: "Call Jan", Note: "about the order", Urgency: "high", Owner: "desk"},
		}
		later := journey.PlannedTask{ID: "t_2", RunID: "run-a", Touchpoint: "call", Step: "task-2", CreatedAt: start.Add(time.Hour), Task: journey.Task{Title: "Call again", Urgency: "normal"}}
		treated := journey.Exposure{RunID: "run-a", Touchpoint: "call", Key: "a", Arm: journey.ArmTreated, Variant: "a/b", At: start, Until: start.Add(time.Hour), ReachedAt: start.Add(time.Minute), Value: 12.5, Closed: true}
		open := journey.Exposure{RunID: "run-b", Touchpoint: "call", Key: "b", Arm: journey.ArmHoldout, At: start.Add(time.Second), Until: start.Add(time.Hour)}
		r.decide(t, customerID, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			out, err := startRun("a")(ctx, in)
			run := out.State.Runs[0]
			run.ID, run.Key = "run-b", "b"
			out.State.Runs = append(out.State.Runs, run)
			out.Messages = nil
			out.Tasks = []journey.PlannedTask{later, call}
			out.State.Exposures = []journey.Exposure{open, treated}
			return out, err
		})
		tasks, err := r.OpenTasks(t.Context(), customerID)
		require.NoError(t, err)
		require.Equal(t, []journey.PlannedTask{call, later}, tasks)
		exposures, err := r.Exposures(t.Context(), customerID)
		require.NoError(t, err)
		require.Equal(t, []journey.Exposure{treated, open}, exposures)

		done := track("done", "jan", "", journey.TaskCompleted)
		done.Properties = map[string]any{"task_id": "t_1"}
		r.ingest(t, waking, done)
		r.decide(t, customerID, echo)
		tasks, err = r.OpenTasks(t.Context(), customerID)
		require.NoError(t, err)
		require.Equal(t, []journey.PlannedTask{later}, tasks)
		exposures, err = r.Exposures(t.Context(), "nobody")
		require.NoError(t, err)
		require.Empty(t, exposures)
	})
}
