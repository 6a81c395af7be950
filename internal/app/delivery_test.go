package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/api"
	"klantreis/journey"
)

// clickShop sends the tips only to those who click in the confirmation.
func clickShop() fstest.MapFS {
	files := maps.Clone(shop)
	files["journey.yaml"] = &fstest.MapFile{Data: []byte(`journey: shop
shop: {name: Shop, email: shop@example.com}
phases: [{id: purchase, enter: [{on: Order Completed}]}]
touchpoints:
  - id: confirmation
    phase: purchase
    class: transactional
    on: Order Completed
    key: event.order_id
    do:
      - send: {template: order}
      - waitFor: {on: Message Clicked, if: 'event.url.contains("/tips")', for: 7d}
        do: [send: {template: order}]
  - {id: alarm, phase: purchase, class: service, on: Message Bounced, if: event.type == "bounced", do: [send: {template: order}]}
`)}
	return files
}

// mailShop is a running process with a signed webhook and a map.
type mailShop struct {
	*App
	signer
}

func serveMail(t *testing.T) mailShop {
	t.Helper()
	cfg := setup(t)
	var s mailShop
	s.signer, cfg.SendGrid.WebhookKey = newSigner(t)
	o := options()
	o.FirstMap = clickShop()
	s.App = serveWith(t, cfg, o)
	return s
}

// report posts reports about a message, each in SendGrid's form without what they have in common.
func (s mailShop) report(t *testing.T, messageID string, reports ...string) {
	t.Helper()
	for i, fields := range reports {
		reports[i] = fmt.Sprintf(`{"email":"jan@example.net","message_id":%q,"timestamp":%d,%s}`, messageID, start.Unix(), fields)
	}
	body := "[" + strings.Join(reports, ",") + "]"
	status, answer := s.do(t, http.MethodPost, reportsPath, body, s.header(t, body))
	require.Equal(t, http.StatusNoContent, status, answer)
}

// decide takes a decision and hands over, to nobody, what it plans. It returns the ids.
func (s mailShop) decide(t *testing.T) []string {
	t.Helper()
	customer, _, err := s.record.CustomerByUserID(t.Context(), "user-1")
	require.NoError(t, err)
	_, live, err := s.maps.Newest(t.Context())
	require.NoError(t, err)
	snapshot, err := s.record.Decide(t.Context(), customer.State.CustomerID, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
		in.Now = s.clock.Journey(start)
		return live.Map.Decide(in)
	})
	require.NoError(t, err)
	var ids []string
	for _, effect := range snapshot.Effects {
		ids = append(ids, effect.MessageID)
		_, err := s.record.Claim(t.Context(), effect.MessageID, "token", start.Add(-time.Minute), func(context.Context, activities.Handover) (journey.Reason, error) { return "", nil })
		require.NoError(t, err)
		require.NoError(t, s.record.Confirm(t.Context(), effect.MessageID, "token", "p", journey.ReasonSent, start))
	}
	return ids
}

func (s mailShop) card(t *testing.T) api.Customer {
	t.Helper()
	status, answer := s.do(t, http.MethodGet, "/api/v1/customers/user-1", "", http.Header{"Authorization": {"Bearer admin-token"}})
	require.Equal(t, http.StatusOK, status, answer)
	var card api.Customer
	require.NoError(t, json.Unmarshal([]byte(answer), &card))
	return card
}

func TestAClickTakesTheRunOn(t *testing.T) {
	t.Parallel()
	s := serveMail(t)
	s.order(t, "user-1", "A1")
	sent := s.decide(t)
	require.Len(t, sent, 1)
	require.Empty(t, s.decide(t), "it waits")
	waiting := func() int {
		backlog, err := s.record.Backlog(t.Context(), start, 0, 0)
		require.NoError(t, err)
		return backlog.Waiting
	}
	s.report(t, sent[0], `"event":"delivered","sg_event_id":"1"`, `"event":"open","sg_event_id":"2","sg_machine_open":true`, `"event":"open","sg_event_id":"3"`)
	require.Zero(t, waiting(), "the map listens to none of this")

	click := `"event":"click","sg_event_id":"4","url":"https://shop.example/tips?customer=jan"`
	s.report(t, sent[0], click, click)
	s.report(t, sent[0], click)
	require.Equal(t, 1, waiting())
	require.Len(t, s.decide(t), 1, "the tips")
	require.Empty(t, s.decide(t))
	require.Zero(t, waiting())

	card := s.card(t)
	require.Len(t, card.Messages, 2)
	deliveries := map[bool]api.Delivery{} // both fell due at the same instant
	for _, message := range card.Messages {
		deliveries[message.ID == sent[0]] = message.Delivery
	}
	require.Equal(t, map[bool]api.Delivery{false: {}, true: {
		State: "delivered", At: start, Opens: 1, FirstOpenedAt: start, MachineOpens: 1, Clicks: 1, FirstClickedAt: start,
	}}, deliveries)
}

func TestAHardBounceEndsAllMailToTheAddress(t *testing.T) {
	t.Parallel()
	s := serveMail(t)
	s.order(t, "user-1", "A1")
	sent := s.decide(t)
	s.report(t, sent[0], `"event":"bounce","type":"bounce","sg_event_id":"1","reason":"550 5.1.1"`)
	require.Empty(t, s.decide(t), "the alarm goes to the same address")
	s.order(t, "user-1", "A2")
	require.Empty(t, s.decide(t))
	card := s.card(t)
	require.Equal(t, api.Suppression{Reason: journey.AddressBounced, Since: start, Source: "provider"}, card.Suppression)
	require.Equal(t, "bounced", card.Messages[0].Delivery.State)
	decisions, _, err := customers{record: s.record, maps: s.maps, clock: s.clock}.Decisions(t.Context(), "user-1", api.DecisionFilter{Limit: 100})
	require.NoError(t, err)
	refused := map[string]int{}
	for _, d := range decisions {
		if d.Reason == journey.ReasonSuppressed {
			refused[d.Touchpoint]++
			require.Equal(t, "No message: the address must not be mailed any more, because a mail to it came back.", d.Words)
		}
	}
	require.Equal(t, map[string]int{"alarm": 1, "confirmation": 1}, refused)
}

func TestAComplaintIsAnObjection(t *testing.T) {
	t.Parallel()
	s := serveMail(t)
	s.order(t, "user-1", "A1")
	sent := s.decide(t)
	s.report(t, sent[0], `"event":"spamreport","sg_event_id":"1"`)
	s.order(t, "user-1", "A2")
	require.Len(t, s.decide(t), 1, "the confirmation of an order is owed to everybody")
	card := s.card(t)
	require.Equal(t, journey.AddressComplained, card.Suppression.Reason)
	for _, class := range []journey.Class{journey.Service, journey.Marketing} {
		given, known := card.Facts.Consent(class)
		require.True(t, known)
		require.False(t, given)
	}
}

// TestManyReportsInOnePost takes what SendGrid held back for us, in more than one transaction, and counts it.
func TestManyReportsInOnePost(t *testing.T) {
	t.Parallel()
	s := serveMail(t)
	s.order(t, "user-1", "A1")
	sent := s.decide(t)
	var reports []string
	for i := range 1100 {
		reports = append(reports, fmt.Sprintf(`"event":"open","sg_event_id":"o%d","useragent":%q`, i, strings.Repeat("x", 1000)))
	}
	reports = append(reports, `"event":"teleported","sg_event_id":"t"`, `"event":"open","sg_event_id":""`)
	for range 2 {
		s.report(t, sent[0], append([]string{}, reports...)...)
	}
	require.EqualValues(t, 1100, s.card(t).Messages[0].Delivery.Opens)
	status, metrics := s.do(t, http.MethodGet, "/metrics", "", bearerOf("admin-token"))
	require.Equal(t, http.StatusOK, status)
	for _, line := range []string{`{kind="opened"} 2200`, `{kind="unknown"} 2`, `{kind="foreign"} 2`} {
		require.Contains(t, metrics, "klantreis_provider_reports_total"+line)
	}
}

// TestReportsAreJudgedByTheNewestMap publishes, behind the back of the process, a map that listens to more.
func TestReportsAreJudgedByTheNewestMap(t *testing.T) {
	t.Parallel()
	s := serveMail(t)
	s.order(t, "user-1", "A1")
	sent := s.decide(t)
	source, err := s.record.MapSource(t.Context(), 1)
	require.NoError(t, err)
	_, _, err = s.record.PublishMap(t.Context(), []byte(strings.ReplaceAll(string(source), "Message Bounced", "Message Opened")), "other", start)
	require.NoError(t, err)
	s.report(t, sent[0], `"event":"open","sg_event_id":"1"`)
	backlog, err := s.record.Backlog(t.Context(), start, 0, 0)
	require.NoError(t, err)
	require.Equal(t, 1, backlog.Waiting)
}
