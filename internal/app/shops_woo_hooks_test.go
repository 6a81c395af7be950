package app

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/internal/shop/woo/wootest"
)

// wooServed returns a running process that a WooCommerce shop is connected to, and the shop.
func wooServed(t *testing.T) (*App, *wootest.Shop) {
	t.Helper()
	s := wootest.New(t)
	cfg := setup(t)
	cfg.Woo = config.Woo{
		Name: "winkel", URL: s.URL, Secret: wootest.WebhookSecret, FormerSecret: "the former one", Key: wootest.Key, KeySecret: wootest.Secret,
	}
	return serve(t, cfg), s
}

func TestWooWebhook(t *testing.T) {
	t.Parallel()
	a, _ := wooServed(t)
	order := wootest.Delivery{Topic: "order.created", Body: []byte(`{"id":7,"status":"processing","currency":"EUR","total":"10.00","customer_id":17,"date_modified_gmt":"2026-03-01T09:00:00"}`)}
	former := wootest.Headers(order)
	former.Set("X-Wc-Webhook-Signature", wootest.Sign("the former one", order.Body))
	broken := wootest.Delivery{Topic: "order.created", Body: []byte(`{"id":7,"total":"jo@example.com"}`)}
	coupon := wootest.Delivery{Topic: "coupon.created", Body: []byte(`{"id":7}`)}
	for _, tt := range []struct {
		name, path, body string
		header           http.Header
		status           int
	}{
		{"ping", "winkel", "webhook_id=7", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, 200},
		{"no signature", "winkel", string(order.Body), nil, 401},
		{"signature of another body", "winkel", string(broken.Body), wootest.Headers(order), 401},
		{"another shop", "kiosk", string(order.Body), wootest.Headers(order), 404},
		{"good", "winkel", string(order.Body), wootest.Headers(order), 200},
		{"again, with the former secret", "winkel", string(order.Body), former, 200},
		{"a topic that says nothing", "winkel", string(coupon.Body), wootest.Headers(coupon), 200},
		{"signed, but broken", "winkel", string(broken.Body), wootest.Headers(broken), 200},
	} {
		status, answer := a.do(t, http.MethodPost, shopPath+tt.path, tt.body, tt.header)
		require.Equal(t, tt.status, status, "%s: %s", tt.name, answer)
	}
	_, found, err := a.record.CustomerByUserID(t.Context(), "17")
	require.NoError(t, err)
	require.True(t, found)
	list, err := connections{record: a.record, shops: a.shops}.Connections(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "a webhook cannot be read: total: must be an amount such as 12.50", list[0].LastError)
	require.False(t, list[0].LastDelivery.IsZero())
}

// TestWooHookSwitchedOff posts with a secret that nobody knows, until the shop gives up.
func TestWooHookSwitchedOff(t *testing.T) {
	t.Parallel()
	d := newWooDay(t, wooRecord(t))
	d.walk()
	require.True(t, d.connection().Healthy)

	d.shops.connections["winkel"].adapter = (&App{Options: Options{Now: d.shops.now}}).wooCommerce(config.Woo{
		Name: "winkel", URL: d.woo.URL, Secret: "another secret", Key: wootest.Key, KeySecret: wootest.Secret,
	}).adapter
	order := d.woo.Day()[5]
	for range 7 {
		require.Equal(t, []int{http.StatusUnauthorized}, d.woo.Deliver(t.Context(), order))
	}
	require.Empty(t, d.woo.Deliver(t.Context(), order), "it is off")
	d.at(wooMorning.Add(2 * hour))
	d.walk()
	got := d.connection()
	require.False(t, got.Healthy)
	require.Equal(t, "the shop has its webhook 1 for order.created disabled: switch it on again in WooCommerce > Settings > Advanced > Webhooks", got.Warning)
}
