package worker

import (
	"fmt"
	"time"

	sdkactivity "go.temporal.io/sdk/activity"
	sdkclient "go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"
	sdkworkflow "go.temporal.io/sdk/workflow"

	"klantreis/activities"
	"klantreis/workflows"
)

// Options set the size of a worker.
type Options struct {
	// SendsPerSecond limits the sends of all workers together. Zero means no limit.
	SendsPerSecond float64
	// ConcurrentSends limits the sends under way in this worker. Defaults to 32.
	ConcurrentSends int
	// Fatal is called, on a goroutine of its own, when Temporal refuses the worker for good, say because its namespace is
	// gone. The worker takes no more work then, and has to be stopped all the same. May be nil.
	Fatal func(error)
}

// concurrentWebhooks limits the calls of other systems under way in this worker.
const concurrentWebhooks = 32

// Worker does the work of all task queues in this process.
type Worker struct {
	journeys, sends, webhooks sdkworker.Worker
}

// New returns a worker that is not started yet.
func New(client sdkclient.Client, acts *activities.Activities, o Options) *Worker {
	if o.ConcurrentSends == 0 {
		o.ConcurrentSends = 32
	}
	w := &Worker{
		journeys: sdkworker.New(client, workflows.TaskQueue, sdkworker.Options{
			WorkflowPanicPolicy: sdkworker.BlockWorkflow,
			WorkerStopTimeout:   stopTimeout,
			OnFatalError:        o.Fatal,
		}),
		sends: sdkworker.New(client, workflows.SendTaskQueue, sdkworker.Options{
			DisableWorkflowWorker:              true,
			MaxConcurrentActivityExecutionSize: o.ConcurrentSends,
			TaskQueueActivitiesPerSecond:       o.SendsPerSecond,
			WorkerStopTimeout:                  stopTimeout,
			OnFatalError:                       o.Fatal,
		}),
		webhooks: sdkworker.New(client, workflows.WebhookTaskQueue, sdkworker.Options{
			DisableWorkflowWorker:              true,
			MaxConcurrentActivityExecutionSize: concurrentWebhooks,
			WorkerStopTimeout:                  stopTimeout,
			OnFatalError:                       o.Fatal,
		}),
	}
	Register(w.journeys, acts)
	w.sends.RegisterActivityWithOptions(acts.Send, sdkactivity.RegisterOptions{Name: workflows.ActivitySend})
	w.webhooks.RegisterActivityWithOptions(acts.Webhook, sdkactivity.RegisterOptions{Name: workflows.ActivityWebhook})
	return w
}

// stopTimeout is how long a stop waits for what is under way.
const stopTimeout = 10 * time.Second

// Register registers the workflow and its local activity under their names.
func Register(r sdkworker.Registry, acts *activities.Activities) {
	r.RegisterWorkflowWithOptions(workflows.CustomerJourney, sdkworkflow.RegisterOptions{Name: workflows.NameCustomerJourney})
	r.RegisterActivityWithOptions(acts.Decide, sdkactivity.RegisterOptions{Name: workflows.ActivityDecide})
}

// Start begins to take work.
func (w *Worker) Start() error {
	queues := []struct {
		name   string
		worker sdkworker.Worker
	}{{workflows.SendTaskQueue, w.sends}, {workflows.WebhookTaskQueue, w.webhooks}, {workflows.TaskQueue, w.journeys}}
	for i, queue := range queues {
		if err := queue.worker.Start(); err != nil {
			for _, started := range queues[:i] {
				started.worker.Stop()
			}
			return fmt.Errorf("start the worker of %s: %w", queue.name, err)
		}
	}
	return nil
}

// Stop finishes what is under way and takes no more.
func (w *Worker) Stop() {
	w.journeys.Stop()
	w.sends.Stop()
	w.webhooks.Stop()
}
