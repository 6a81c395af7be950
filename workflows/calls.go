package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"klantreis/activities"
	"klantreis/journey"
)

// decide calls Decide as a local activity: one attempt takes at most 5 seconds, all of them 15.
func decide(ctx workflow.Context, in activities.DecideInput) (activities.DecideResult, error) {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    5 * time.Second,
		ScheduleToCloseTimeout: 15 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 5 * time.Second,
		},
	})
	var result activities.DecideResult
	err := workflow.ExecuteLocalActivity(ctx, ActivityDecide, in).Get(ctx, &result)
	return result, err
}

// send starts Send. It is tried for as long as it takes: only the record says when a message is finished.
func send(ctx workflow.Context, class journey.Class, in activities.SendInput) workflow.Future {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           SendTaskQueue,
		StartToCloseTimeout: 30 * time.Second,
		Priority:            temporal.Priority{PriorityKey: priority(class)},
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute,
		},
	})
	in.Class = class
	return workflow.ExecuteActivity(ctx, ActivitySend, in)
}

// webhook starts Webhook. It is tried again after 5 seconds, 15, 45, and so on to an hour; the activity itself knows when to
// give up.
func webhook(ctx workflow.Context, in activities.WebhookInput) workflow.Future {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           WebhookTaskQueue,
		StartToCloseTimeout: 30 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 5 * time.Second, BackoffCoefficient: 3, MaximumInterval: time.Hour,
		},
	})
	return workflow.ExecuteActivity(ctx, ActivityWebhook, in)
}

// priority is Temporal's priority key: 1 goes first, 5 last.
func priority(class journey.Class) int {
	switch class {
	case journey.Transactional:
		return 1
	case journey.Service:
		return 3
	default:
		return 4
	}
}
