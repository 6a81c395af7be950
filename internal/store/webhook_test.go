package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// planWebhook makes a customer with one planned webhook, and returns the customer's id.
func (r *record) planWebhook(t *testing.T, messageID string) string {
	t.Helper()
	user := "user of " + messageID
	r.ingest(t, waking, track("event of "+messageID, user, "", "Order Completed"))
	customerID := r.customer(t, user)
	snapshot := r.decide(t, customerID, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
		out, err := startRun(messageID)(ctx, in)
		out.State.Runs[0].Status, out.State.Runs[0].Reason = journey.RunEnded, journey.ReasonCompleted
		out.State.Runs[0].MessageID = ""
		out.Messages[0].Kind, out.Messages[0].Template = journey.KindWebhook, ""
		out.Messages[0].Webhook = journey.Webhook{URL: "https://crm.test/hooks", Type: "order.placed"}
		return out, err
	})
	require.Equal(t, []activities.Effect{{MessageID: messageID, Class: journey.Transactional, Kind: journey.KindWebhook}}, snapshot.Effects)
	return customerID
}

func TestAWebhookIsClaimedByEveryAttempt(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		customerID := r.planWebhook(t, "hook")
		for attempt, token := range []string{"first", "second", "second"} {
			claim, err := r.Claim(t.Context(), "hook", token, start.Add(time.Duration(attempt)*time.Minute), wanted)
			require.NoError(t, err)
			require.Equal(t, activities.Claimed, claim.Status)
			require.Equal(t, journey.Webhook{URL: "https://crm.test/hooks", Type: "order.placed"}, claim.Handover.Message.Webhook)
			require.Equal(t, "user of hook", claim.Handover.UserID)
			require.Equal(t, "event of hook", claim.Handover.Run.Trigger.MessageID, "though the run has ended")
		}
		require.Equal(t, start.Add(2*time.Minute), r.message(t, customerID).ClaimedAt)
		require.NoError(t, r.Confirm(t.Context(), "hook", "second", "", journey.ReasonCalled, start.Add(time.Hour)))
		require.NoError(t, r.GiveUp(t.Context(), "hook", journey.ReasonUnknown, "", start.Add(2*time.Hour)), "the first end stands")
		message := r.message(t, customerID)
		require.Equal(t, "sent", message.Status)
		require.Equal(t, journey.ReasonCalled, message.Reason)
		claim, err := r.Claim(t.Context(), "hook", "third", start, wanted)
		require.NoError(t, err)
		require.Equal(t, activities.Claim{Status: activities.ClaimSettled, Reason: journey.ReasonCalled}, claim)
	})
}

// TestTheEndOfAWebhookIsNoNews: no decision sees it, nobody is woken for it, and it uses no slot.
func TestTheEndOfAWebhookIsNoNews(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		called, refused := r.planWebhook(t, "called"), r.planWebhook(t, "refused")
		require.NoError(t, r.Confirm(t.Context(), "called", "", "", journey.ReasonCalled, start))
		require.NoError(t, r.GiveUp(t.Context(), "refused", journey.ReasonRefused, "", start))
		for _, customerID := range []string{called, refused} {
			snapshot := r.decide(t, customerID, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
				require.Empty(t, in.Settled)
				return journey.Outcome{State: in.State}, nil
			})
			require.Empty(t, snapshot.Effects)
		}
		woken, _, err := r.WakeUnfinished(t.Context(), start.Add(time.Hour), start, "", 10)
		require.NoError(t, err)
		require.Zero(t, woken)
		woken, err = r.WakeWaiting(t.Context(), start)
		require.NoError(t, err)
		require.Zero(t, woken)
	})
}

func TestAWebhookThatRestsIsLookedAfter(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		customerID := r.planWebhook(t, "hook")
		_, err := r.Claim(t.Context(), "hook", "first", start, wanted)
		require.NoError(t, err)
		wake := func(after time.Duration) int {
			woken, _, err := r.WakeUnfinished(t.Context(), start.Add(after), start.Add(after), "", 10)
			require.NoError(t, err)
			return woken
		}
		require.Zero(t, wake(time.Hour))
		require.Equal(t, 1, wake(3*time.Hour), "nobody has tried it for longer than it rests")
		require.Equal(t, map[string]string{customerID: "count 1 urgent 1"}, r.wakeRows(t))

		never := r.planWebhook(t, "never tried")
		require.Equal(t, 1, wake(time.Hour))
		require.Contains(t, r.wakeRows(t), never)
	})
}
