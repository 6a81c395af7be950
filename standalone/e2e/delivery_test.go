package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// deliveryMap sends tips to those who click in the confirmation of their order.
const deliveryMap = `
journey: delivery
shop: {name: Winkel, email: winkel@example.com}
locale: en
phases: [{id: care, enter: [{on: Order Completed}]}]
touchpoints:
  - id: confirmation
    phase: care
    class: transactional
    on: Order Completed
    key: event.order_id
    do:
      - send: {template: thanks}
      - waitFor: {on: Message Clicked, for: 7d}
        do: [send: {template: thanks}]
`

// report lets something happen to a mail in the inbox, which SendGrid would then report.
func (e *engine) report(m mail, event string) {
	e.t.Helper()
	form := strings.NewReader(url.Values{"event": {event}}.Encode())
	req, err := http.NewRequest(http.MethodPost, e.base+"/inbox/message/"+m.ID+"/events", form)
	require.NoError(e.t, err)
	req.Header.Set("Authorization", "Bearer "+adminToken)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := e.http.Do(req)
	require.NoError(e.t, err)
	require.NoError(e.t, resp.Body.Close())
	require.Less(e.t, resp.StatusCode, 400)
}

// deliveries is what the API says of a customer's messages, newest first.
type deliveries struct {
	Messages []struct {
		Reason   string
		Delivery struct {
			State                       string
			Opens, MachineOpens, Clicks int
		}
	}
	Suppression struct{ Reason string }
}

// TestWhatTheProviderReports follows a click and a hard bounce from the provider to what the engine does about it.
func TestWhatTheProviderReports(t *testing.T) {
	t.Parallel()
	e := start(t, "--map", mapFolder(t, deliveryMap, "thanks"))
	e.post(identify("anna", "en"), track("anna", "Order Completed", "1001"))
	mail := e.awaitMail(10*time.Second, "anna", "confirmation")
	e.report(mail, "machine-open")
	e.report(mail, "open")
	var got deliveries
	e.eventually(10*time.Second, "the opens are known", func() bool {
		e.get("/api/v1/customers/anna", &got)
		return got.Messages[0].Delivery.Opens == 1 && got.Messages[0].Delivery.MachineOpens == 1
	})
	require.Len(t, e.mails("anna", "confirmation"), 1, "an open is not what the map waits for")
	e.report(mail, "click")
	e.eventually(10*time.Second, "the tips for who clicked", func() bool { return len(e.mails("anna", "confirmation")) == 2 })

	e.report(mail, "bounce")
	e.eventually(10*time.Second, "the bounce is known", func() bool {
		e.get("/api/v1/customers/anna", &got)
		return got.Suppression.Reason == "bounced"
	})
	require.Equal(t, "bounced", got.Messages[1].Delivery.State)
	require.Equal(t, 1, got.Messages[1].Delivery.Clicks)
	e.post(track("anna", "Order Completed", "1002"))
	var said struct {
		Decisions []struct{ Reason, Words string }
	}
	e.eventually(10*time.Second, "why there is no other mail", func() bool {
		e.get("/api/v1/customers/anna/decisions", &said)
		for _, d := range said.Decisions {
			if d.Reason == "suppressed" {
				require.Equal(t, "No message: the address must not be mailed any more, because a mail to it came back.", d.Words)
				return true
			}
		}
		return false
	})
	require.Len(t, e.mails("anna", "confirmation"), 2)
}
