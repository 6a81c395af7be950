package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"klantreis/activities"
	"klantreis/journey"
)

// calling is a bench with a webhook about to be called instead of a mail.
func calling(t *testing.T) *bench {
	t.Helper()
	b := setup(t)
	b.ledger.handover.Message = journey.Message{
		ID: "m_1", Kind: journey.KindWebhook, RunID: "r_1", Touchpoint: "confirmation", Step: "webhook-1", Channel: "webhook",
		Webhook: journey.Webhook{URL: "https://crm.test/hooks", Type: "order.placed"}, PlannedAt: start.AddDate(10, 0, 0),
	}
	return b
}

// attemptCall runs the activity once, as Temporal does with every attempt.
func (b *bench) attemptCall(t *testing.T) (journey.Reason, error) {
	t.Helper()
	b.calls = nil
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(b.acts.Webhook)
	var result activities.WebhookResult
	value, err := env.ExecuteActivity(b.acts.Webhook, activities.WebhookInput{MessageID: "m_1"})
	if err == nil {
		require.NoError(t, value.Get(&result))
	}
	return result.Reason, err
}

// called runs an attempt that must succeed and returns the reason.
func (b *bench) called(t *testing.T) journey.Reason {
	t.Helper()
	reason, err := b.attemptCall(t)
	require.NoError(t, err)
	return reason
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	b := calling(t)
	require.Equal(t, journey.ReasonCalled, b.called(t))
	require.Equal(t, []string{"claim", "call", "confirm"}, b.calls, "no decision depends on it")
	require.Equal(t, journey.ReasonCalled, b.ledger.reason)
	require.Equal(t, start.AddDate(10, 0, 0), b.ledger.at, "confirmed at a journey instant")
	require.Len(t, b.hooks.calls, 1)
	require.Equal(t, "m_1", b.hooks.calls[0].ID)
	require.Equal(t, "https://crm.test/hooks", b.hooks.calls[0].URL)
	require.JSONEq(t, `{"type": "order.placed", "timestamp": "2036-03-01T09:00:00Z", "data": {
		"customer": {"user_id": "user-1", "traits": {"email": "jan@example.net", "firstName": "Jan", "lastName": "Jansen"}},
		"event": {"order_id": "A1", "total": 49.95}, "touchpoint": "confirmation", "step": "webhook-1", "run_id": "r_1"}}`,
		string(b.hooks.calls[0].Body))
	require.Equal(t, journey.ReasonCalled, b.called(t), "a settled one is not called again")
	require.Len(t, b.hooks.calls, 1)
}

func TestWebhookWhenNothingIsKnownOfTheCustomer(t *testing.T) {
	t.Parallel()
	b := calling(t)
	b.ledger.handover.Facts, b.ledger.handover.Run.Trigger = journey.Facts{}, journey.Event{}
	b.called(t)
	require.Contains(t, string(b.hooks.calls[0].Body), `"traits":{}},"event":{}`)
}

// TestAWebhookGoesOut even when the run has ended since: only mails are asked whether they are still wanted.
func TestAWebhookGoesOut(t *testing.T) {
	t.Parallel()
	b := calling(t)
	b.ledger.handover.Run.Status, b.ledger.handover.Run.Reason = journey.RunEnded, journey.ReasonCompleted
	b.ledger.handover.Unconsumed = []journey.Event{orderEvent("Order Cancelled", "A1")}
	require.Equal(t, journey.ReasonCalled, b.called(t))
	require.Contains(t, string(b.hooks.calls[0].Body), `"order_id":"A1"`)
}

func TestAWebhookOfNobodyEndsQuietly(t *testing.T) {
	t.Parallel()
	b := calling(t)
	b.fails["claim"] = activities.ErrNotFound
	require.Empty(t, b.called(t))
	require.Equal(t, []string{"claim"}, b.calls)
}

func TestFaultsOfReceivers(t *testing.T) {
	t.Parallel()
	down := &activities.WebhookError{Status: 503, Message: "service unavailable"}
	asks := &activities.WebhookError{Status: 429, RetryAfter: 90 * time.Second, Message: "too many requests"}
	tests := map[string]struct {
		err    error
		tried  time.Duration
		reason journey.Reason // empty when it is to be tried again
		detail string
		pause  time.Duration
	}{
		"refuses":                    {err: &activities.WebhookError{Final: true, Status: 410, Message: "gone"}, reason: journey.ReasonRefused, detail: "webhook: status 410: gone"},
		"is down":                    {err: down},
		"is still down":              {err: down, tried: 71 * time.Hour},
		"was down for too long":      {err: down, tried: 72*time.Hour + time.Minute, reason: journey.ReasonRefused, detail: "tried for three days: webhook: status 503: service unavailable"},
		"asks to wait":               {err: asks, pause: 90 * time.Second},
		"asks to wait for too long":  {err: &activities.WebhookError{Status: 503, RetryAfter: 9999 * time.Hour}, pause: 24 * time.Hour},
		"asks to wait past the end":  {err: &activities.WebhookError{Status: 503, RetryAfter: 2 * time.Hour, Message: "x"}, tried: 71 * time.Hour, reason: journey.ReasonRefused, detail: "tried for three days: webhook: status 503: x"},
		"never answers":              {err: &activities.WebhookError{Message: "no answer in time"}},
		"did not answer in all time": {err: &activities.WebhookError{Message: "no answer in time"}, tried: 73 * time.Hour, reason: journey.ReasonUnknown, detail: "tried for three days: webhook: no answer in time"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := calling(t)
			b.hooks.errs = []error{tt.err}
			b.now = time.Now().Add(tt.tried) // Temporal's clock in tests is the real one.
			reason, err := b.attemptCall(t)
			if tt.reason != "" {
				require.NoError(t, err)
				require.Equal(t, tt.reason, reason)
				require.Equal(t, tt.reason, b.ledger.reason)
				require.Equal(t, tt.detail, b.ledger.detail)
				return
			}
			var later *temporal.ApplicationError
			require.ErrorAs(t, err, &later)
			require.Equal(t, activities.TypeNotTaken, later.Type())
			require.False(t, later.NonRetryable())
			require.Equal(t, tt.pause, later.NextRetryDelay())
			require.Equal(t, journey.ReasonCalled, b.called(t), "the next attempt calls again")
			require.Equal(t, "m_1", b.hooks.calls[1].ID, "under the same id")
		})
	}
}

func TestWebhookWhenTheRecordFails(t *testing.T) {
	t.Parallel()
	for call, says := range map[string]string{"claim": "claim message m_1", "confirm": "confirm message m_1"} {
		b := calling(t)
		b.fails[call] = errAway
		_, err := b.attemptCall(t)
		require.ErrorContains(t, err, says)
		delete(b.fails, call)
		require.Equal(t, journey.ReasonCalled, b.called(t))
	}
	b := calling(t)
	b.hooks.errs = []error{errAway}
	_, err := b.attemptCall(t)
	require.ErrorContains(t, err, "call webhook of message m_1: connection refused")
}

func TestWithoutASecretWebhooksWait(t *testing.T) {
	t.Parallel()
	b := calling(t)
	b.acts.Webhooks = nil
	_, err := b.attemptCall(t)
	require.ErrorContains(t, err, "--webhook-secret")
	require.Empty(t, b.calls, "not even claimed")
}

func TestNothingPersonalLeavesAWebhook(t *testing.T) {
	t.Parallel()
	b := calling(t)
	b.hooks.errs = []error{&activities.WebhookError{Status: 500, Message: "internal server error"}}
	_, failed := b.attemptCall(t)
	require.Error(t, failed)
	kept, err := json.Marshal([]any{activities.WebhookInput{MessageID: "m_1"}, activities.WebhookResult{Reason: b.called(t)}, failed.Error()})
	require.NoError(t, err)
	for _, word := range []string{"jan", "Jansen", "A1", "49.95", "user-1", "crm.test"} {
		require.NotContains(t, string(kept), word)
	}
}
