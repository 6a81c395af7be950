package workflows_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"klantreis/activities"
	"klantreis/journey"
	"klantreis/workflows"
)

// record is a scripted record: each decision takes the next snapshot.
type record struct {
	mu      sync.Mutex
	script  []func() (activities.DecideResult, error)
	asked   []activities.DecideInput
	sent    []string
	called  []string
	sendFor func(id string) (activities.SendResult, error)
	callFor func(attempt int) (activities.WebhookResult, error)
}

func (r *record) Decide(_ context.Context, in activities.DecideInput) (activities.DecideResult, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	in.Now = time.Time{} // the test's clock
	r.asked = append(r.asked, in)
	if len(r.script) == 0 {
		return activities.DecideResult{Step: in.Step}, nil
	}
	next := r.script[0]
	r.script = r.script[1:]
	return next()
}

func (r *record) Send(_ context.Context, in activities.SendInput) (activities.SendResult, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = append(r.sent, in.MessageID)
	return r.sendFor(in.MessageID)
}

func (r *record) Webhook(_ context.Context, in activities.WebhookInput) (activities.WebhookResult, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.called = append(r.called, in.MessageID)
	if r.callFor != nil {
		return r.callFor(len(r.called))
	}
	return activities.WebhookResult{Reason: journey.ReasonCalled}, nil
}

func give(result activities.DecideResult) func() (activities.DecideResult, error) {
	return func() (activities.DecideResult, error) { return result, nil }
}

func setup(t *testing.T, r *record) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.RegisterWorkflowWithOptions(workflows.CustomerJourney, workflow.RegisterOptions{Name: workflows.NameCustomerJourney})
	env.RegisterActivityWithOptions(r.Decide, activity.RegisterOptions{Name: workflows.ActivityDecide})
	env.RegisterActivityWithOptions(r.Send, activity.RegisterOptions{Name: workflows.ActivitySend})
	env.RegisterActivityWithOptions(r.Webhook, activity.RegisterOptions{Name: workflows.ActivityWebhook})
	return env
}

func wakeAt(env *testsuite.TestWorkflowEnvironment, delay time.Duration) {
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalWoken, nil) }, delay)
}

func run(t *testing.T, env *testsuite.TestWorkflowEnvironment, in workflows.CustomerJourneyInput) error {
	t.Helper()
	env.ExecuteWorkflow(workflows.NameCustomerJourney, in)
	require.True(t, env.IsWorkflowCompleted())
	return env.GetWorkflowError()
}

var customer = workflows.CustomerJourneyInput{CustomerID: "c_1"}

func TestCompletesWhenNothingWaits(t *testing.T) {
	t.Parallel()
	r := &record{}
	env := setup(t, r)
	wakeAt(env, 0)
	require.NoError(t, run(t, env, customer))
	require.Equal(t, []activities.DecideInput{{CustomerID: "c_1", Step: 1}}, r.asked)
}

func TestDecidesAgainWhenDueAndWhenWoken(t *testing.T) {
	t.Parallel()
	r := &record{}
	env := setup(t, r)
	start := env.Now()
	r.script = []func() (activities.DecideResult, error){
		give(activities.DecideResult{Step: 1, Next: start.Add(7 * 24 * time.Hour)}),
		func() (activities.DecideResult, error) {
			require.WithinDuration(t, start.Add(24*time.Hour), env.Now(), time.Second, "woken on day 1")
			return activities.DecideResult{Step: 2, Next: start.Add(3 * 24 * time.Hour)}, nil
		},
		func() (activities.DecideResult, error) {
			require.WithinDuration(t, start.Add(3*24*time.Hour), env.Now(), time.Second, "due on day 3, not 7")
			return activities.DecideResult{Step: 3}, nil
		},
	}
	wakeAt(env, 0)
	wakeAt(env, 24*time.Hour)
	require.NoError(t, run(t, env, customer))
	require.Len(t, r.asked, 3)
}

func TestSendBringsTheNextDecision(t *testing.T) {
	t.Parallel()
	r := &record{script: []func() (activities.DecideResult, error){
		give(activities.DecideResult{Step: 1, Effects: []activities.Effect{{MessageID: "m_1", Class: journey.Transactional}}}),
	}}
	r.sendFor = func(string) (activities.SendResult, error) {
		return activities.SendResult{Reason: journey.ReasonSent, Decision: activities.DecideResult{Step: 2}}, nil
	}
	env := setup(t, r)
	wakeAt(env, 0)
	require.NoError(t, run(t, env, customer))
	require.Equal(t, []string{"m_1"}, r.sent)
	require.Len(t, r.asked, 1, "the decision after the send came with it")
}

func TestAMessageUnderWayIsNotStartedTwice(t *testing.T) {
	t.Parallel()
	effect := []activities.Effect{{MessageID: "m_1", Class: journey.Marketing}}
	r := &record{script: []func() (activities.DecideResult, error){
		give(activities.DecideResult{Step: 1, Effects: effect}),
		give(activities.DecideResult{Step: 2, Effects: effect}),
		give(activities.DecideResult{Step: 4}),
	}}
	env := setup(t, r)
	env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
		if info.ActivityType.Name == workflows.ActivitySend {
			env.SignalWorkflow(workflows.SignalWoken, nil)
		}
	})
	failed := false
	r.sendFor = func(string) (activities.SendResult, error) {
		if !failed {
			failed = true
			return activities.SendResult{}, errors.New("provider is down")
		}
		return activities.SendResult{Reason: journey.ReasonSent, Decision: activities.DecideResult{Step: 3}}, nil
	}
	wakeAt(env, 0)
	require.NoError(t, run(t, env, customer))
	require.Equal(t, []string{"m_1", "m_1"}, r.sent, "one activity, two attempts")
}

func TestAnOlderDecisionIsNotTakenIn(t *testing.T) {
	t.Parallel()
	r := &record{}
	env := setup(t, r)
	start := env.Now()
	r.script = []func() (activities.DecideResult, error){
		give(activities.DecideResult{Step: 5, Effects: []activities.Effect{{MessageID: "m_1", Class: journey.Service}}, Next: start.Add(time.Hour)}),
		give(activities.DecideResult{Step: 6}),
	}
	r.sendFor = func(string) (activities.SendResult, error) {
		return activities.SendResult{Decision: activities.DecideResult{Step: 4}}, nil
	}
	wakeAt(env, 0)
	require.NoError(t, run(t, env, customer))
	require.Equal(t, int64(6), r.asked[1].Step, "the wait of step 5 was kept")
}

func TestAStoredStepIsFollowedByANewOne(t *testing.T) {
	t.Parallel()
	r := &record{script: []func() (activities.DecideResult, error){
		give(activities.DecideResult{Step: 9, More: true}),
		give(activities.DecideResult{Step: 10}),
	}}
	env := setup(t, r)
	wakeAt(env, 0)
	require.NoError(t, run(t, env, customer))
	require.Equal(t, []activities.DecideInput{{CustomerID: "c_1", Step: 1}, {CustomerID: "c_1", Step: 10}}, r.asked)
}

func TestARecordThatWasSetBackIsBelieved(t *testing.T) {
	t.Parallel()
	r := &record{script: []func() (activities.DecideResult, error){
		give(activities.DecideResult{Step: 40, More: true}),
		give(activities.DecideResult{Step: 41}),
	}}
	env := setup(t, r)
	wakeAt(env, 0)
	require.NoError(t, run(t, env, workflows.CustomerJourneyInput{CustomerID: "c_1", Step: 50, Next: env.Now().Add(time.Hour)}))
	require.Equal(t, []activities.DecideInput{{CustomerID: "c_1", Step: 51}, {CustomerID: "c_1", Step: 41}}, r.asked)
}

func TestCompletesWhenTheCustomerIsGone(t *testing.T) {
	t.Parallel()
	r := &record{script: []func() (activities.DecideResult, error){give(activities.DecideResult{Gone: true})}}
	env := setup(t, r)
	wakeAt(env, 0)
	require.NoError(t, run(t, env, workflows.CustomerJourneyInput{CustomerID: "c_1", Step: 5, Next: env.Now().Add(time.Hour)}))
	require.Len(t, r.asked, 1)
}

func TestCancellingByHandChangesNothing(t *testing.T) {
	t.Parallel()
	r := &record{}
	env := setup(t, r)
	start := env.Now()
	r.script = []func() (activities.DecideResult, error){
		give(activities.DecideResult{Step: 1, Next: start.Add(time.Hour)}),
		give(activities.DecideResult{Step: 2}),
	}
	env.RegisterDelayedCallback(env.CancelWorkflow, time.Minute)
	wakeAt(env, 0)
	require.NoError(t, run(t, env, customer))
	require.Len(t, r.asked, 2)
	require.GreaterOrEqual(t, env.Now().Sub(start), time.Hour)
}

func TestNeverFailsWhileTheRecordIsAway(t *testing.T) {
	t.Parallel()
	r := &record{}
	env := setup(t, r)
	start := env.Now()
	away := 10 * time.Minute
	for range 500 {
		r.script = append(r.script, func() (activities.DecideResult, error) {
			if env.Now().Sub(start) < away {
				return activities.DecideResult{}, errors.New("connection refused")
			}
			r.script = nil
			return activities.DecideResult{Step: 1}, nil
		})
	}
	env.SetTestTimeout(20 * time.Second)
	wakeAt(env, 0)
	wakeAt(env, time.Minute)
	wakeAt(env, 5*time.Minute)
	require.NoError(t, run(t, env, customer))
	require.GreaterOrEqual(t, env.Now().Sub(start), away)
	require.Less(t, env.Now().Sub(start), away+time.Minute)
}

func TestContinuesAsNewWithoutForgetting(t *testing.T) {
	t.Parallel()
	next := time.Date(2030, 5, 1, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		in   workflows.CustomerJourneyInput
		want workflows.CustomerJourneyInput
	}{
		"waiting": {
			in:   workflows.CustomerJourneyInput{CustomerID: "c_1", Step: 7, Next: next},
			want: workflows.CustomerJourneyInput{CustomerID: "c_1", Step: 7, Next: next},
		},
		"with a decision wanted": {
			in:   workflows.CustomerJourneyInput{CustomerID: "c_1", Step: 7, Stale: true},
			want: workflows.CustomerJourneyInput{CustomerID: "c_1", Step: 7, Stale: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := setup(t, &record{})
			env.SetContinueAsNewSuggested(true)
			err := run(t, env, c.in)
			var again *workflow.ContinueAsNewError
			require.ErrorAs(t, err, &again)
			require.Equal(t, workflows.NameCustomerJourney, again.WorkflowType.Name)
			var got workflows.CustomerJourneyInput
			require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &got))
			require.Equal(t, c.want, got)
		})
	}
}

func TestStateQuery(t *testing.T) {
	t.Parallel()
	r := &record{}
	env := setup(t, r)
	due := env.Now().Add(time.Hour).UTC()
	r.script = []func() (activities.DecideResult, error){
		give(activities.DecideResult{Step: 1, Phase: "care", Next: due, Standing: []journey.Standing{{Touchpoint: "review-request", Step: "wait-1", Until: due}}}),
	}
	env.RegisterDelayedCallback(func() {
		value, err := env.QueryWorkflow(workflows.QueryState)
		require.NoError(t, err)
		var got workflows.State
		require.NoError(t, value.Get(&got))
		require.Equal(t, "care", got.Phase)
		require.Equal(t, []string{"review-request: wait-1 until " + due.Format(time.RFC3339)}, got.Standing)
		require.True(t, due.Equal(got.Next))
	}, time.Minute)
	wakeAt(env, 0)
	require.NoError(t, run(t, env, customer))
}
