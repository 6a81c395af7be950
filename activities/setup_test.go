package activities_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	sdkworker "go.temporal.io/sdk/worker"

	"klantreis/activities"
	"klantreis/journey"
)

// start is the real instant at which every test begins.
var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

var errAway = errors.New("connection refused")

// bench is one message about to be sent, with everything around it.
type bench struct {
	*journal
	ledger  *ledger
	mailer  *mailer
	hooks   *webhooks
	decider *decider
	maps    *published
	acts    *activities.Activities
	now     time.Time
	ctx     context.Context // under which attempts run
	noted   *notes          // what the last heartbeat of any attempt said
}

// notes are what an attempt leaves with Temporal.
type notes struct {
	NotTaken []string       `json:"notTaken"`
	Taken    map[string]any `json:"taken,omitempty"`
}

const mapText = `
journey: test
locale: nl
shop: {name: Winkel, email: winkel@example.com, replyTo: help@example.com}
phases: [{id: purchase, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: confirmation, phase: purchase, class: transactional, on: Order Completed, key: event.order_id, cancel: Order Cancelled, do: [send: {template: order}]}
  - {id: review, phase: purchase, class: service, on: Order Completed, key: event.order_id, do: [wait: 7d, send: {template: review}]}
`

func setup(t *testing.T) *bench {
	t.Helper()
	m, problems := journey.Parse([]journey.Source{{Name: "journey.yaml", Data: []byte(mapText)}})
	require.Empty(t, problems.Errors())
	j := &journal{fails: map[string]error{}}
	b := &bench{
		journal: j, now: start, ctx: t.Context(),
		ledger: &ledger{journal: j, handover: handover()}, mailer: &mailer{journal: j}, hooks: &webhooks{journal: j}, decider: &decider{journal: j},
		maps: &published{journal: j, m: m, render: func(activities.RenderInput) (activities.Content, error) {
			return activities.Content{Subject: "Dank je", HTML: "<p>Dank je</p>", Text: "Dank je"}, nil
		}},
	}
	b.acts = activities.New(activities.Options{
		Ledger: b.ledger, Decider: b.decider, Maps: b.maps, Mailer: b.mailer, Webhooks: b.hooks,
		Clock: journey.Clock{J0: start.AddDate(10, 0, 0), R0: start, Speed: 86400}, Now: func() time.Time { return b.now },
		Links: activities.Links{Preferences: func(h activities.Handover) string {
			return "https://reis.test/u/" + h.CustomerID + "~" + h.Message.ID + "~" + h.AddressHash
		}},
	})
	return b
}

// handover is the confirmation of order A1, whose run is under way.
func handover() activities.Handover {
	order := orderEvent("Order Completed", "A1")
	return activities.Handover{
		Message: journey.Message{
			ID: "m_1", RunID: "r_1", Touchpoint: "confirmation", Step: "send-1", Template: "order", Channel: "email", Class: journey.Transactional,
		},
		CustomerID: "c_1", UserID: "user-1", Phase: "purchase", MapVersion: 3, SendKey: "k_1",
		Facts: journey.Facts{Locale: "nl-BE", Traits: map[string]any{"email": "jan@example.net", "firstName": "Jan", "lastName": "Jansen"}},
		Run: journey.Run{
			ID: "r_1", Touchpoint: "confirmation", Key: "A1", Nth: 1, Status: journey.RunActive, Trigger: order, StartedAt: order.Timestamp, Step: "send-1",
		},
	}
}

func orderEvent(name, order string) journey.Event {
	return journey.Event{
		Type: journey.TypeTrack, Name: name, UserID: "user-1", Timestamp: start.AddDate(10, 0, 0), Properties: map[string]any{"order_id": order, "total": 49.95},
	}
}

// attempt runs the activity once, as Temporal does with every attempt. Temporal keeps what was noted last.
func (b *bench) attempt(t *testing.T) (activities.SendResult, error) {
	t.Helper()
	b.calls = nil
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(b.acts.Send)
	env.SetWorkerOptions(sdkworker.Options{BackgroundActivityContext: b.ctx})
	if b.noted != nil {
		env.SetHeartbeatDetails(b.noted)
	}
	env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
		if b.note("vouch") == nil {
			b.noted = &notes{}
			require.NoError(t, details.Get(b.noted))
		}
	})
	var result activities.SendResult
	value, err := env.ExecuteActivity(b.acts.Send, activities.SendInput{CustomerID: "c_1", MessageID: "m_1", Class: b.ledger.handover.Message.Class})
	if err == nil {
		require.NoError(t, value.Get(&result))
	}
	return result, err
}

// sent runs an attempt that must succeed and returns the reason.
func (b *bench) sent(t *testing.T) journey.Reason {
	t.Helper()
	result, err := b.attempt(t)
	require.NoError(t, err)
	return result.Reason
}

// again runs an attempt that must ask to be tried again, and returns the type of its error and the pause.
func (b *bench) again(t *testing.T) (kind string, pause time.Duration) {
	t.Helper()
	_, err := b.attempt(t)
	var later *temporal.ApplicationError
	require.ErrorAs(t, err, &later)
	require.False(t, later.NonRetryable())
	return later.Type(), later.NextRetryDelay()
}
