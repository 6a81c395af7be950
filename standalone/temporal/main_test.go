package temporal

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	sdkclient "go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const (
	queue      = "test"
	signalName = "told"
)

// greet is a workflow with all that a customer's has: it waits for a signal, then for a time, then runs an activity.
func greet(ctx workflow.Context, wait time.Duration) (string, error) {
	var name string
	workflow.GetSignalChannel(ctx, signalName).Receive(ctx, &name)
	if err := workflow.Sleep(ctx, wait); err != nil {
		return "", err
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	var greeting string
	err := workflow.ExecuteActivity(ctx, write, name).Get(ctx, &greeting)
	return greeting, err
}

func write(_ context.Context, name string) (string, error) { return "Hello " + name, nil }

// touch is the shortest workflow that is worth measuring: one signal, one local activity.
func touch(ctx workflow.Context) error {
	workflow.GetSignalChannel(ctx, signalName).Receive(ctx, nil)
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: time.Minute})
	return workflow.ExecuteLocalActivity(ctx, write, "Anna").Get(ctx, nil)
}

// start starts a server that ends with the test.
func start(t testing.TB, dataFile string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Options{DataFile: dataFile, Logger: testLogger(t)})
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	return s
}

// testLogger writes the server's warnings to the test's log.
func testLogger(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

// connect returns a client and runs a worker; both end when stop is called or with the test.
func connect(t testing.TB, addr string) (client sdkclient.Client, stop func()) {
	t.Helper()
	return connectTo(t, addr, DefaultNamespace)
}

func connectTo(t testing.TB, addr, namespace string) (client sdkclient.Client, stop func()) {
	t.Helper()
	client, err := sdkclient.DialContext(t.Context(), sdkclient.Options{
		HostPort: addr, Namespace: namespace,
		Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	require.NoError(t, err)
	worker := sdkworker.New(client, queue, sdkworker.Options{})
	worker.RegisterWorkflow(greet)
	worker.RegisterWorkflow(touch)
	worker.RegisterActivity(write)
	require.NoError(t, worker.Start())
	stop = sync.OnceFunc(func() {
		worker.Stop()
		client.Close()
	})
	t.Cleanup(stop)
	return client, stop
}

// begin starts a greet workflow and signals it.
func begin(t testing.TB, client sdkclient.Client, id string, wait time.Duration) {
	t.Helper()
	_, err := client.SignalWithStartWorkflow(t.Context(), id, signalName, "Anna",
		sdkclient.StartWorkflowOptions{TaskQueue: queue}, greet, wait)
	require.NoError(t, err)
}

// result waits for a greet workflow.
func result(t testing.TB, client sdkclient.Client, id string) string {
	t.Helper()
	var greeting string
	require.NoError(t, client.GetWorkflow(t.Context(), id, "").Get(t.Context(), &greeting))
	return greeting
}

// awaitTimer waits until a greet workflow has started its timer.
func awaitTimer(t testing.TB, client sdkclient.Client, id string) {
	t.Helper()
	const longPoll = true
	events := client.GetWorkflowHistory(t.Context(), id, "", longPoll, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(t, err)
		if event.GetEventType() == enumspb.EVENT_TYPE_TIMER_STARTED {
			return
		}
	}
	require.Fail(t, "the workflow ended without a timer")
}
