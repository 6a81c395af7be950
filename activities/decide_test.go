package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"klantreis/activities"
	"klantreis/journey"
)

// decide runs the activity as a local activity, as the workflow does.
func (b *bench) decide(t *testing.T) (activities.DecideResult, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	var result activities.DecideResult
	value, err := suite.NewTestActivityEnvironment().ExecuteLocalActivity(b.acts.Decide, activities.DecideInput{CustomerID: "c_1", Step: 8})
	if err == nil {
		require.NoError(t, value.Get(&result))
	}
	return result, err
}

// ordered is the input of a decision about a fresh order.
func ordered() journey.Input {
	return journey.Input{
		State: journey.State{CustomerID: "c_1", Facts: handover().Facts}, Events: []journey.Event{orderEvent("Order Completed", "A1")},
		MapVersion: 3, Past: noPast{},
	}
}

type noPast struct{}

func (noPast) Named([]string, time.Time) ([]journey.Event, error) { return nil, nil }

func (noPast) LastRun(string, string) (journey.Run, bool, error) { return journey.Run{}, false, nil }

func TestDecide(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.decider.input = ordered()
	result, err := b.decide(t)
	require.NoError(t, err)
	require.Equal(t, []activities.DecideInput{{CustomerID: "c_1", Step: 8}}, b.decider.asked)
	require.Len(t, b.decider.out.Messages, 1)
	require.Equal(t, activities.DecideResult{
		Step:    8,
		Next:    start.Add(7 * time.Second), // seven days, at a day a second
		Effects: []activities.Effect{{MessageID: b.decider.out.Messages[0].ID, Class: journey.Transactional}},
		Phase:   "purchase",
		Standing: []journey.Standing{
			{Touchpoint: "confirmation", Step: "send-1"},
			{Touchpoint: "review", Step: "wait-1", Until: start.AddDate(10, 0, 7)},
		},
	}, result)
}

func TestDecideWithNothingWaiting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.decider.input = journey.Input{State: journey.State{CustomerID: "c_1"}, Past: noPast{}}
	result, err := b.decide(t)
	require.NoError(t, err)
	require.Equal(t, activities.DecideResult{Step: 8}, result)
}

func TestDecideAsksForMoreWhenTheStepWasThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	effects := []activities.Effect{{MessageID: "m_1", Class: journey.Service}}
	b.decider.stored = &activities.Snapshot{Step: 8, Next: start.AddDate(10, 0, 1), Effects: effects}
	result, err := b.decide(t)
	require.NoError(t, err)
	require.Equal(t, activities.DecideResult{Step: 8, Next: start.Add(time.Second), Effects: effects, More: true}, result)
}

func TestDecideFails(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"decide", "map"} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.fails[call] = errAway
			_, err := b.decide(t)
			require.ErrorContains(t, err, "decide customer c_1: connection refused")
		})
	}
}

// TestNothingPersonalLeavesAnActivity searches what Temporal keeps for everything that the record knows of a person.
func TestNothingPersonalLeavesAnActivity(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := ordered()
	in.State.Facts.Traits = map[string]any{
		"email": "jan@example.net", "name": "Jan Jansen", "phone": "0612345678", "address": map[string]any{"city": "Zaltbommel"},
	}
	in.Events[0].AnonymousID, in.Events[0].Context = "device-9", map[string]any{"ip": "192.0.2.7"}
	in.Events[0].Properties["coupon"] = "VIP-JANSEN"
	in.Events[0].MessageID = "event-1"
	b.decider.input = in
	b.ledger.handover.Facts, b.ledger.handover.Run.Trigger = in.State.Facts, in.Events[0]

	decided, err := b.decide(t)
	require.NoError(t, err)
	require.NotEmpty(t, decided.Standing)
	b.mailer.errs = []error{&activities.MailError{Fault: activities.MailNotTaken, Status: 500, Message: "try later"}}
	_, failed := b.attempt(t)
	require.Error(t, failed)
	sent, err := b.attempt(t)
	require.NoError(t, err)
	require.NotEmpty(t, sent.Decision.Effects)
	kept, err := json.Marshal([]any{decided, sent, failed.Error()})
	require.NoError(t, err)
	for _, word := range []string{"jan", "Jansen", "0612345678", "Zaltbommel", "192.0.2.7", "VIP", "A1", "49.95", "user-1", "device-9", "event-1", "Dank je"} {
		require.NotContains(t, string(kept), word)
	}
}

func (noPast) LastStart(string) (time.Time, bool, error) { return time.Time{}, false, nil }

func (noPast) Latest([]string) (map[string]time.Time, error) { return nil, nil }
