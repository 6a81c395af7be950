package e2e

import (
	"os/exec"
	"testing"
	"time"

	"github.com/segmentio/analytics-go/v3"
	"github.com/stretchr/testify/require"
)

func TestAnOrderBringsExactlyOneConfirmation(t *testing.T) {
	t.Parallel()
	e := start(t)
	client, err := analytics.NewWithConfig(writeKey, analytics.Config{Endpoint: e.base})
	require.NoError(t, err)
	for user, locale := range map[string]string{"anna": "nl", "john": "en"} {
		require.NoError(t, client.Enqueue(analytics.Identify{
			UserId: user, Traits: analytics.NewTraits().SetEmail(user+"@example.com").SetFirstName(user).Set("locale", locale),
		}))
		for i := range 5 {
			order := analytics.Track{
				UserId: user, Event: "Order Completed",
				Properties: analytics.Properties{
					"order_id": "1001-" + user, "total": 59.9, "currency": "EUR",
					"products": []any{map[string]any{"name": "Koffiebonen", "quantity": 2, "price": 29.95}},
				},
			}
			if i < 3 {
				order.MessageId = "same-" + user // the other two have ids of their own
			}
			require.NoError(t, client.Enqueue(order))
		}
	}
	require.NoError(t, client.Close())

	dutch := e.awaitMail(5*time.Second, "anna", "order-confirmation")
	require.Equal(t, "Bedankt voor je bestelling (1001-anna)", dutch.Subject)
	for _, part := range []string{dutch.HTML, dutch.Text} {
		require.Contains(t, part, "1001-anna")
		require.Contains(t, part, "Koffiebonen")
		require.Contains(t, part, "59,90")
		require.Contains(t, part, "klantenservice@example.com", "a way to contact the shop")
	}
	english := e.awaitMail(5*time.Second, "john", "order-confirmation")
	require.Contains(t, english.Subject, "Thank")
	require.Contains(t, english.Text, "59.90")
	e.quiet(2*time.Second, "anna", "order-confirmation", 1)
	e.quiet(0, "john", "order-confirmation", 1)
}

func TestTheNodeClientWorksUnchanged(t *testing.T) {
	t.Parallel()
	dir := nodeFolder(t)
	e := start(t)
	node := exec.Command("node", "order.js", e.base, writeKey)
	node.Dir = dir
	out, err := node.CombinedOutput()
	require.NoError(t, err, string(out))
	m := e.awaitMail(5*time.Second, "piet", "order-confirmation")
	require.Equal(t, "Bedankt voor je bestelling (2002)", m.Subject)
	e.quiet(2*time.Second, "piet", "order-confirmation", 1)
}

// day is a journey day at --speed 86400, with what a timer and a busy machine may be late.
const day = time.Second

func TestADeliveredOrderBringsAReviewRequestUnlessReviewedOrReturned(t *testing.T) {
	t.Parallel()
	e := start(t, "--speed", "86400")
	for _, user := range []string{"anna", "bert", "cora"} {
		e.post(identify(user, "nl"), track(user, "Order Completed", "o-"+user))
		e.awaitMail(5*time.Second, user, "order-confirmation")
	}
	delivered := time.Now()
	e.post(track("anna", "Order Delivered", "o-anna"), track("bert", "Order Delivered", "o-bert"), track("cora", "Order Delivered", "o-cora"))
	e.quiet(2*day, "anna", "review-request", 0)
	e.post(track("bert", "Product Reviewed", "o-bert"), track("cora", "Order Returned", "o-cora"))
	m := e.awaitMail(10*day, "anna", "review-request")
	require.WithinDuration(t, delivered.Add(7*day), m.Created, 1500*time.Millisecond)
	e.quiet(day, "bert", "review-request", 0)
	e.quiet(day, "cora", "review-request", 0)
	e.quiet(0, "anna", "review-request", 1)
}
