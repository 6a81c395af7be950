package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/sandbox"
	"klantreis/internal/sendgrid"
)

func TestReportsAreSignedAndComplete(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	shop := receive(t, b.PublicKey(), 0)
	b.SetWebhookURL(shop.url)
	b.Start(t.Context())
	b.Start(t.Context())

	id := b.send(t, testMail("m-1"))

	events := shop.next(t)
	require.Equal(t, []string{sendgrid.KindProcessed, sendgrid.KindDelivered}, kinds(events))
	require.NotEqual(t, events[0].ID, events[1].ID)
	for _, event := range events {
		require.Equal(t, "m-1", event.MessageID)
		require.Equal(t, id+".recvd-sandbox-0", event.ProviderID)
		require.WithinDuration(t, time.Now(), event.At, time.Minute)
	}
	body := <-shop.raw
	require.True(t, bytes.HasSuffix(body, []byte("\r\n")))
	var wire []map[string]any
	require.NoError(t, json.Unmarshal(body, &wire))
	require.Equal(t, "jan@example.com", wire[1]["email"])
	require.Equal(t, []any{"order-confirmation"}, wire[1]["category"])
	require.Equal(t, "250 OK", wire[1]["response"])
	settled(t, b.Sandbox, 2)
	require.True(t, b.Messages()[0].Reports[1].Posted)
}

func TestEmit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		event sandbox.Event
		want  sendgrid.Event
	}{
		{sandbox.EventBounce, sendgrid.Event{Kind: sendgrid.KindBounce, Type: "bounce", Status: "5.1.1", Reason: "550 5.1.1 no such mailbox"}},
		{sandbox.EventBlocked, sendgrid.Event{Kind: sendgrid.KindBounce, Type: "blocked", Status: "5.7.1", Reason: "550 5.7.1 refused by policy"}},
		{sandbox.EventDropped, sendgrid.Event{Kind: sendgrid.KindDropped, Status: "5.0.0", Reason: "Bounced Address"}},
		{sandbox.EventDeferred, sendgrid.Event{Kind: sendgrid.KindDeferred}},
		{sandbox.EventOpen, sendgrid.Event{Kind: sendgrid.KindOpen}},
		{sandbox.EventMachineOpen, sendgrid.Event{Kind: sendgrid.KindOpen, MachineOpen: true}},
		{sandbox.EventClick, sendgrid.Event{Kind: sendgrid.KindClick, URL: "https://shop.example.com/?a=1&b=2"}},
		{sandbox.EventSpamReport, sendgrid.Event{Kind: sendgrid.KindSpamReport}},
		{sandbox.EventUnsubscribe, sendgrid.Event{Kind: sendgrid.KindUnsubscribe}},
		{sandbox.EventGroupUnsubscribe, sendgrid.Event{Kind: sendgrid.KindGroupUnsubscribe}},
		{sandbox.EventGroupResubscribe, sendgrid.Event{Kind: sendgrid.KindGroupResubscribe}},
	}
	for _, test := range tests {
		t.Run(string(test.event), func(t *testing.T) {
			t.Parallel()
			b := setup(t, sandbox.Options{})
			shop := receive(t, b.PublicKey(), 0)
			b.SetWebhookURL(shop.url)
			b.Start(t.Context())
			b.send(t, testMail("m-1"))
			shop.next(t)

			require.NoError(t, b.Emit("m-1", test.event))

			got := shop.next(t)
			require.Len(t, got, 1)
			require.NotEmpty(t, got[0].ID)
			test.want.ID, test.want.At, test.want.MessageID, test.want.ProviderID = got[0].ID, got[0].At, "m-1", got[0].ProviderID
			test.want.Address, test.want.Category = "jan@example.com", "order-confirmation"
			require.Equal(t, test.want, got[0])
		})
	}
}

func TestEmitRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	id := b.send(t, testMail("m-1"))
	require.ErrorContains(t, b.Emit("m-2", sandbox.EventOpen), `no message "m-2"`)
	require.ErrorContains(t, b.Emit("", sandbox.EventOpen), `no message ""`)
	require.ErrorContains(t, b.Emit(id, "teleported"), `unknown event "teleported"`)
	require.NoError(t, b.Emit(id, sandbox.EventOpen))
}

func TestRefusedReportsComeAgain(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	shop := receive(t, b.PublicKey(), 3)
	b.SetWebhookURL(shop.url)
	b.Start(t.Context())

	b.send(t, testMail("m-1"))

	first := shop.next(t)
	for range 3 {
		require.Equal(t, first, shop.next(t))
	}
	settled(t, b.Sandbox, 2)
	stats := b.Stats().Webhook
	require.EqualValues(t, 3, stats.Failed)
	require.Equal(t, "post reports: answered 503", stats.LastFailure)
}

func TestReportsAreHeldUntilThereIsAReceiver(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	b.Start(t.Context())
	b.send(t, testMail("m-1"))
	require.Equal(t, 2, b.Stats().Webhook.Pending)
	shop := receive(t, b.PublicKey(), 0)

	b.SetWebhookURL(shop.url)

	require.Len(t, shop.next(t), 2)
}

func TestRedeliveredReportsKeepTheirIDs(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{Redeliver: 1})
	shop := receive(t, b.PublicKey(), 0)
	b.SetWebhookURL(shop.url)
	b.Start(t.Context())

	b.send(t, testMail("m-1"))

	first := shop.next(t)
	require.Equal(t, first, shop.next(t))
	settled(t, b.Sandbox, 4)
	require.EqualValues(t, 2, b.Stats().Webhook.Repeated)
}

func TestManyReportsAreBatched(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	for i := range 300 {
		b.send(t, testMail(fmt.Sprint(i)))
	}
	shop := receive(t, b.PublicKey(), 0)
	b.SetWebhookURL(shop.url)
	b.Start(t.Context())

	require.Len(t, shop.next(t), 500)
	require.Len(t, shop.next(t), 100)
}

func TestDeletedMailIsNotReported(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	gone := b.send(t, testMail("gone"))
	b.send(t, testMail("kept"))
	require.Equal(t, http.StatusOK, request(t, http.MethodDelete, b.inbox+"/inbox/api/v1/messages", `{"IDs":["`+gone+`"]}`, nil).status)
	shop := receive(t, b.PublicKey(), 0)
	b.SetWebhookURL(shop.url)
	b.Start(t.Context())

	for _, event := range shop.next(t) {
		require.Equal(t, "kept", event.MessageID)
	}
}
