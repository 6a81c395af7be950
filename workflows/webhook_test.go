package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

func TestWebhookIsCalledAndBringsNoDecision(t *testing.T) {
	t.Parallel()
	r := &record{script: []func() (activities.DecideResult, error){
		give(activities.DecideResult{Step: 1, Effects: []activities.Effect{
			{MessageID: "m_1", Class: journey.Service, Kind: journey.KindWebhook}, {MessageID: "m_2", Class: journey.Service},
		}}),
	}}
	r.sendFor = func(string) (activities.SendResult, error) {
		return activities.SendResult{Reason: journey.ReasonSent, Decision: activities.DecideResult{Step: 2}}, nil
	}
	env := setup(t, r)
	wakeAt(env, 0)
	require.NoError(t, run(t, env, customer))
	require.Equal(t, []string{"m_1"}, r.called)
	require.Equal(t, []string{"m_2"}, r.sent)
	require.Len(t, r.asked, 1)
}

// TestTheRunDoesNotWaitForItsWebhook: the receiver is away for an hour; what falls due meanwhile is decided on time, and
// the webhook is not started a second time.
func TestTheRunDoesNotWaitForItsWebhook(t *testing.T) {
	t.Parallel()
	effects := []activities.Effect{{MessageID: "m_1", Class: journey.Service, Kind: journey.KindWebhook}}
	r := &record{}
	env := setup(t, r)
	start := env.Now()
	r.script = []func() (activities.DecideResult, error){
		give(activities.DecideResult{Step: 1, Effects: effects, Next: start.Add(10 * time.Minute)}),
		func() (activities.DecideResult, error) {
			require.WithinDuration(t, start.Add(10*time.Minute), env.Now(), time.Second)
			return activities.DecideResult{Step: 2, Effects: effects}, nil
		},
	}
	var lastCall time.Time
	r.callFor = func(int) (activities.WebhookResult, error) {
		if lastCall = env.Now(); lastCall.Before(start.Add(time.Hour)) {
			return activities.WebhookResult{}, errors.New("webhook: status 503")
		}
		return activities.WebhookResult{Reason: journey.ReasonCalled}, nil
	}
	wakeAt(env, 0)
	require.NoError(t, run(t, env, customer))
	require.Len(t, r.asked, 2)
	require.Len(t, r.called, 8, "after 5 s, 15 s, 45 s, ..., an hour")
	require.WithinDuration(t, start.Add(90*time.Minute+20*time.Second), lastCall, 10*time.Second)
}
