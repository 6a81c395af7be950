package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"klantreis/activities"
	"klantreis/journey"
)

// quiet is a map whose mails may not go out from nine in the evening, in Amsterdam, to nine in the morning.
const quiet = `
journey: quiet
timezone: Europe/Amsterdam
shop: {name: Shop, email: shop@example.com}
phases: [{id: care, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: review, phase: care, class: service, on: Order Completed, key: event.order_id, do: [send: {template: review}, task: {title: Call}]}
policy: {quietHours: {from: "21:00", to: "09:00"}, caps: [{classes: [service], max: 1, per: 7d}]}
`

// shopFront is all that the activities need beside the record.
type shopFront struct {
	m     *journey.Map
	mails int
}

func (f *shopFront) Published(context.Context, int64) (*activities.Published, error) {
	return &activities.Published{Map: f.m, Renderer: f}, nil
}

func (*shopFront) Has(string) bool { return true }

func (*shopFront) Render(activities.RenderInput) (activities.Content, error) {
	return activities.Content{}, nil
}

func (f *shopFront) Send(context.Context, activities.Mail) (string, error) {
	f.mails++
	return "provider-1", nil
}

// TestAMailThatMeetsAClosedWindow was planned a minute before quiet hours begin and comes to its handover after. It is not
// sent then, uses no slot, and another message takes its place in the morning.
func TestAMailThatMeetsAClosedWindow(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		m, problems := journey.Parse([]journey.Source{{Name: "journey.yaml", Data: []byte(quiet)}})
		require.Empty(t, problems.Errors())
		_, _, err := r.PublishMap(t.Context(), []byte("map"), "hash", start)
		require.NoError(t, err)
		clock, err := r.Clock(t.Context(), journey.Clock{J0: start, R0: start, Speed: 1})
		require.NoError(t, err)
		front := &shopFront{m: m}
		acts := activities.New(activities.Options{Decider: r, Ledger: r, Maps: front, Mailer: front, Clock: clock, Now: r.now, Links: activities.Links{
			Preferences: func(activities.Handover) string { return "https://reis.test/u/token" },
		}})
		send := func(customerID, messageID string) activities.SendResult {
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestActivityEnvironment()
			env.RegisterActivity(acts.Send)
			value, err := env.ExecuteActivity(acts.Send, activities.SendInput{CustomerID: customerID, MessageID: messageID})
			require.NoError(t, err)
			var result activities.SendResult
			require.NoError(t, value.Get(&result))
			return result
		}

		now := r.set(10*time.Hour + 59*time.Minute)
		identify := journey.Event{Type: journey.TypeIdentify, Name: journey.TypeIdentify, MessageID: "1", UserID: "jan", Timestamp: now, ReceivedAt: now, Traits: map[string]any{"email": "jan@example.net"}}
		order := journey.Event{Type: journey.TypeTrack, Name: "Order Completed", MessageID: "2", UserID: "jan", Timestamp: now, ReceivedAt: now, Properties: map[string]any{"order_id": "A1"}}
		r.ingest(t, waking, identify, order)
		jan := r.customer(t, "jan")
		decided, err := acts.Decide(t.Context(), activities.DecideInput{CustomerID: jan})
		require.NoError(t, err)
		require.Len(t, decided.Effects, 1)

		r.set(11*time.Hour + 30*time.Minute)
		result := send(jan, decided.Effects[0].MessageID)
		require.Equal(t, journey.ReasonDeferred, result.Reason)
		require.Zero(t, front.mails)
		require.Empty(t, result.Decision.Effects)
		require.WithinRange(t, result.Decision.Next, r.now(), r.now().Add(time.Millisecond), "policy is asked right after")
		r.set(11*time.Hour + 30*time.Minute + time.Second)
		held, err := acts.Decide(t.Context(), activities.DecideInput{CustomerID: jan})
		require.NoError(t, err)
		require.Empty(t, held.Effects)
		morning := start.Add(23 * time.Hour) // nine o'clock in Amsterdam
		require.WithinRange(t, held.Next, morning, morning.Add(30*time.Minute), "spread over half an hour")
		customer, _, err := r.CustomerByUserID(t.Context(), "jan")
		require.NoError(t, err)
		require.Empty(t, customer.State.Facts.Slots)

		r.set(held.Next.Sub(start))
		again, err := acts.Decide(t.Context(), activities.DecideInput{CustomerID: jan})
		require.NoError(t, err)
		require.Len(t, again.Effects, 1)
		require.NotEqual(t, decided.Effects[0].MessageID, again.Effects[0].MessageID)
		require.Equal(t, journey.ReasonSent, send(jan, again.Effects[0].MessageID).Reason)
		require.Equal(t, 1, front.mails)

		messages, err := r.Messages(t.Context(), jan)
		require.NoError(t, err)
		require.Len(t, messages, 2)
		require.Equal(t, []string{"notsent", "sent"}, []string{messages[0].Status, messages[1].Status})
		require.Equal(t, journey.ReasonDeferred, messages[0].Reason)
		require.Equal(t, []string{
			"phase entered", "start triggered", "send due", "held deferred", "held held-quiet-hours", "send due", "task task-made", "end completed",
		}, r.story(t, jan))
	})
}

// story returns kind and reason of what was decided about a customer, oldest first.
func (r *record) story(t *testing.T, customerID string) []string {
	t.Helper()
	decisions, err := r.Decisions(t.Context(), customerID, "", 100)
	require.NoError(t, err)
	lines := make([]string, len(decisions))
	for i, d := range decisions {
		lines[len(lines)-1-i] = string(d.Kind) + " " + string(d.Reason)
	}
	return lines
}
