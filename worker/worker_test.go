package worker_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdkclient "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"klantreis/activities"
	"klantreis/journey"
	"klantreis/worker"
	"klantreis/workflows"
)

// record holds one customer, of whom nothing is known.
type record struct {
	m     *journey.Map
	asked []string
}

func (r *record) Published(context.Context, int64) (*activities.Published, error) {
	return &activities.Published{Map: r.m}, nil
}

func (r *record) Decide(ctx context.Context, customerID string, _ int64, fn activities.DecideFunc) (activities.Snapshot, error) {
	r.asked = append(r.asked, customerID)
	_, err := fn(ctx, journey.Input{State: journey.State{CustomerID: customerID}})
	return activities.Snapshot{Step: 1}, err
}

// TestTheNamesFitTogether runs the workflow on what Register has registered.
func TestTheNamesFitTogether(t *testing.T) {
	t.Parallel()
	m, problems := journey.Parse([]journey.Source{{Name: "journey.yaml", Data: []byte("journey: empty\nshop: {name: Shop, email: shop@example.com}\nphases: [{id: only}]\n")}})
	require.Empty(t, problems.Errors())
	r := &record{m: m}
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	worker.Register(env, activities.New(activities.Options{Decider: r, Maps: r, Now: time.Now}))
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalWoken, nil) }, 0)
	env.ExecuteWorkflow(workflows.NameCustomerJourney, workflows.CustomerJourneyInput{CustomerID: "c_1"})
	require.True(t, env.IsWorkflowCompleted())
	require.NoError(t, env.GetWorkflowError())
	require.Equal(t, []string{"c_1"}, r.asked)
}

// TestAWorkerNeedsTemporalToStart also makes a whole worker, which panics when a name is registered twice.
func TestAWorkerNeedsTemporalToStart(t *testing.T) {
	t.Parallel()
	client, err := sdkclient.NewLazyClient(sdkclient.Options{HostPort: "127.0.0.1:1", Logger: nopLogger{}})
	require.NoError(t, err)
	t.Cleanup(client.Close)
	w := worker.New(client, activities.New(activities.Options{}), worker.Options{SendsPerSecond: 5})
	require.ErrorContains(t, w.Start(), "start the worker of klantreis-send: ")
}

// client notes how a workflow is woken.
type client struct {
	sdkclient.Client
	id, signal string
	options    sdkclient.StartWorkflowOptions
	workflow   any
	args       []any
	err        error
}

func (c *client) SignalWithStartWorkflow(_ context.Context, id, signal string, _ any, options sdkclient.StartWorkflowOptions, workflow any, args ...any) (sdkclient.WorkflowRun, error) {
	c.id, c.signal, c.options, c.workflow, c.args = id, signal, options, workflow, args
	return nil, c.err
}

func TestWake(t *testing.T) {
	t.Parallel()
	c := &client{}
	require.NoError(t, worker.Waker{Client: c}.Wake(t.Context(), "c_1"))
	require.Equal(t, &client{
		id: "customer/c_1", signal: workflows.SignalWoken, workflow: workflows.NameCustomerJourney,
		options: sdkclient.StartWorkflowOptions{ID: "customer/c_1", TaskQueue: workflows.TaskQueue},
		args:    []any{workflows.CustomerJourneyInput{CustomerID: "c_1"}},
	}, c)
	c.err = errors.New("unavailable")
	require.EqualError(t, worker.Waker{Client: c}.Wake(t.Context(), "c_1"), "wake customer c_1: unavailable")
}

type nopLogger struct{}

func (nopLogger) Debug(string, ...any) {}
func (nopLogger) Info(string, ...any)  {}
func (nopLogger) Warn(string, ...any)  {}
func (nopLogger) Error(string, ...any) {}
