package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/api"
	"klantreis/internal/store"
	"klantreis/journey"
)

// reviewing is a map whose mail can be refused for every reason at its handover.
const reviewing = `journey: shop
shop: {name: Shop, email: shop@example.com}
phases: [{id: purchase, enter: [{on: Order Completed}]}]
policy: {quietHours: {from: "21:00", to: "08:00"}, pause: [{classes: [service], if: customer.open_tasks > 0}]}
touchpoints:
  - id: review
    title: Review request
    phase: purchase
    class: service
    on: Order Completed
    key: event.order_id
    cancel: Order Refunded
    do: [{send: {template: order}}, {webhook: {url: "https://erp.example.com/x", type: review.asked}}, {wait: 1d}]
`

// mailing is a process of which a customer has a mail that is planned.
type mailing struct {
	*App
	messageID string
	since     atomic.Int64 // since start, in nanoseconds
}

func startMailing(t *testing.T) *mailing {
	t.Helper()
	files := maps.Clone(shop)
	files["journey.yaml"] = &fstest.MapFile{Data: []byte(reviewing)}
	o := options()
	o.FirstMap = files
	m := &mailing{}
	o.Now = func() time.Time { return start.Add(time.Duration(m.since.Load())) }
	m.App = serveWith(t, setup(t), o)
	m.order(t, "user-1", "A1")
	m.messageID = m.plan(t, "user-1")
	return m
}

// look takes the last look and claims the mail when it is wanted.
func (m *mailing) look(t *testing.T) {
	t.Helper()
	_, live, err := m.maps.Live(t.Context())
	require.NoError(t, err)
	_, err = m.record.Claim(t.Context(), m.messageID, "token", m.Now(), func(_ context.Context, h activities.Handover) (journey.Reason, error) {
		return live.Map.Unwanted(journey.LastLook{
			State: journey.State{CustomerID: h.CustomerID, Phase: h.Phase, PhaseSince: h.PhaseSince, Facts: h.Facts},
			Run:   h.Run, Class: h.Message.Class, Suppressed: h.Suppressed, Unseen: h.Unconsumed, Now: m.clock.Journey(m.Now()),
		})
	})
	require.NoError(t, err)
}

// tell posts an event with a property.
func (m *mailing) tell(t *testing.T, event, name, value string) {
	t.Helper()
	m.batch(t, fmt.Sprintf(`{"type":"track","userId":"user-1","event":%q,"properties":{%q:%q}}`, event, name, value))
}

func (m *mailing) decideNow(t *testing.T) {
	t.Helper()
	m.since.Add(int64(time.Minute))
	m.decided(t, "user-1")
}

// TestWhyAMailWasNotSent says at the plan of a message what became of it, also when no decision was taken about that.
func TestWhyAMailWasNotSent(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		acts   func(t *testing.T, m *mailing)
		status string
		reason journey.Reason
		words  string
		also   journey.DecisionKind // a decision that tells more
		why    journey.Reason       // and its reason
	}{
		"nothing yet": {acts: func(*testing.T, *mailing) {}, status: "planned", words: "Not handed over yet."},
		"handed over": {acts: func(t *testing.T, m *mailing) {
			m.look(t)
			require.NoError(t, m.record.Confirm(t.Context(), m.messageID, "token", "provider-1", journey.ReasonSent, m.Now()))
		}, status: "sent", reason: journey.ReasonSent, words: "Handed over: the provider accepted it."},
		"objected, which no decision has seen": {acts: func(t *testing.T, m *mailing) {
			m.tell(t, journey.ConsentWithdrawn, "class", "service")
			m.look(t)
		}, status: "notsent", reason: journey.ReasonNoConsent, words: "Not handed over: the customer did not agree to messages."},
		"objected": {
			acts: func(t *testing.T, m *mailing) {
				m.tell(t, journey.ConsentWithdrawn, "class", "service")
				m.look(t)
				m.decideNow(t)
			}, status: "notsent", reason: journey.ReasonNoConsent, words: "Not handed over: the customer did not agree to messages.",
			also: journey.DecidedNoSend, why: journey.ReasonNoConsent,
		},
		"refunded, and the run ended since": {acts: func(t *testing.T, m *mailing) {
			m.tell(t, "Order Refunded", "order_id", "A1")
			m.look(t)
			m.decideNow(t)
		}, status: "notsent", reason: journey.ReasonCancelled, words: "Not handed over: the event cancels it.", also: journey.DecidedEnd, why: journey.ReasonCancelled},
		"refunded before its handover": {acts: func(t *testing.T, m *mailing) {
			m.tell(t, "Order Refunded", "order_id", "A1")
			m.decideNow(t)
			m.look(t)
		}, status: "withdrawn", reason: journey.ReasonCancelled, words: "Not handed over: the event cancels it.", also: journey.DecidedEnd, why: journey.ReasonCancelled},
		"quiet hours": {
			acts: func(t *testing.T, m *mailing) {
				m.since.Add(int64(13 * time.Hour))
				m.look(t)
				m.decideNow(t)
			}, status: "notsent", reason: journey.ReasonDeferred,
			words: "Not handed over: policy did not allow it any more at the moment of handing it over; it is tried again.",
			also:  journey.DecidedHeld, why: journey.ReasonQuietHours,
		},
		"class paused": {
			acts: func(t *testing.T, m *mailing) {
				m.tell(t, "Task Created", "task_id", "T1")
				m.look(t)
				m.decideNow(t)
			}, status: "notsent", reason: journey.ReasonDeferred,
			words: "Not handed over: policy did not allow it any more at the moment of handing it over; it is tried again.",
			also:  journey.DecidedHeld, why: journey.ReasonClassPaused,
		},
		"refused by the provider": {acts: func(t *testing.T, m *mailing) {
			m.look(t)
			require.NoError(t, m.record.GiveUp(t.Context(), m.messageID, journey.ReasonRefused, "413 too large", m.Now()))
		}, status: "notsent", reason: journey.ReasonRefused, words: "Not handed over: the provider refused it."},
		"nobody knows": {
			acts: func(t *testing.T, m *mailing) {
				m.look(t)
				require.NoError(t, m.record.GiveUp(t.Context(), m.messageID, journey.ReasonUnknown, "", m.Now()))
			}, status: "unknown", reason: journey.ReasonUnknown,
			words: "Perhaps handed over: nobody can know whether the provider took it, and it is not sent twice.",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := startMailing(t)
			tt.acts(t, m)
			decisions := m.told(t)
			sent := of(decisions, journey.DecidedSend, m.messageID)
			require.Equal(t, tt.status, sent.Handover.Status)
			require.Equal(t, tt.reason, sent.Handover.Reason)
			require.Equal(t, tt.words, sent.Handover.Words)
			require.Equal(t, tt.reason == "", sent.Handover.At.IsZero())
			if tt.also != "" {
				found := false
				for _, d := range decisions {
					found = found || d.Kind == tt.also && d.Reason == tt.why
				}
				require.True(t, found, "%v", decisions)
			}
			story, err := tell(t.Context(), m.record, m.maps, "user-1", "", 100)
			require.NoError(t, err)
			handover := sent.Handover
			for _, d := range story.Decisions {
				if d.Kind == journey.DecidedSend && d.Seq == sent.Seq {
					require.True(t, handover.At.Equal(d.Handover.At))
					require.Equal(t, handover.Words, d.Handover.Words)
				}
			}
		})
	}
}

// TestWhyAWebhookWasNotCalled is told although no run waits for one, and so no decision sees its end.
func TestWhyAWebhookWasNotCalled(t *testing.T) {
	t.Parallel()
	m := startMailing(t)
	m.look(t)
	require.NoError(t, m.record.Confirm(t.Context(), m.messageID, "token", "provider-1", journey.ReasonSent, m.Now()))
	m.decideNow(t)
	call := of(m.told(t), journey.DecidedWebhook, "")
	require.Equal(t, "Not handed over yet.", call.Handover.Words)
	require.NoError(t, m.record.GiveUp(t.Context(), call.MessageID, journey.ReasonRefused, "410 Gone", m.Now()))
	call = of(m.told(t), journey.DecidedWebhook, "")
	require.Equal(t, "Not handed over: the provider refused it.", call.Handover.Words)
	require.Equal(t, "410 Gone", call.Handover.Detail)
}

func TestHandoverWordsSayWhyAnAddressIsSuppressed(t *testing.T) {
	t.Parallel()
	end := store.MessageEnd{Status: "notsent", Reason: journey.ReasonSuppressed, Detail: "bounced", SettledAt: start}
	require.Equal(t, "Not handed over: the address must not be mailed any more, because a mail to it came back.", handoverWords(end, nil, time.UTC))
}

// told returns what the API says was decided about the customer.
func (m *mailing) told(t *testing.T) []api.Decision {
	t.Helper()
	status, answer := m.do(t, http.MethodGet, "/api/v1/customers/user-1/decisions", "", http.Header{"Authorization": {"Bearer admin-token"}})
	require.Equal(t, http.StatusOK, status, answer)
	var told struct{ Decisions []api.Decision }
	require.NoError(t, json.Unmarshal([]byte(answer), &told))
	return told.Decisions
}

// of returns the decision of a kind, about one message unless it is "".
func of(decisions []api.Decision, kind journey.DecisionKind, messageID string) api.Decision {
	for _, d := range decisions {
		if d.Kind == kind && (messageID == "" || d.MessageID == messageID) {
			return d
		}
	}
	return api.Decision{}
}
