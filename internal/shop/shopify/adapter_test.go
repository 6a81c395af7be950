package shopify

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/shop"
	"klantreis/internal/shop/shopify/shopifytest"
)

func TestOnlyWhatTheShopSignedIsTaken(t *testing.T) {
	t.Parallel()
	hook := shopifytest.Webhook{Topic: "orders/create", Body: json.RawMessage(`{"id":1,"test":true,"created_at":"2026-03-01T09:00:00+01:00","updated_at":"2026-03-01T09:00:00+01:00","note":"Søren 🦊"}`)}
	for name, c := range map[string]struct {
		secrets []string
		signed  string
		change  func(header http.Header, body []byte) []byte
		want    error
	}{
		"good":                    {signed: secret},
		"signed with the former":  {signed: "former", secrets: []string{"former"}},
		"signed by another":       {signed: "other", want: shop.ErrSignature},
		"former that is not kept": {signed: "former", secrets: []string{""}, want: shop.ErrSignature},
		"signed with nothing":     {signed: "", secrets: []string{""}, want: shop.ErrSignature},
		"missing": {signed: secret, want: shop.ErrSignature, change: func(h http.Header, b []byte) []byte {
			h.Del("X-Shopify-Hmac-Sha256")
			return b
		}},
		"body changed": {signed: secret, want: shop.ErrSignature, change: func(_ http.Header, b []byte) []byte {
			return []byte(strings.Replace(string(b), `"id":1`, `"id":2`, 1))
		}},
		"written anew": {signed: secret, want: shop.ErrSignature, change: func(_ http.Header, b []byte) []byte {
			return []byte(strings.Replace(string(b), "Søren", `S\u00f8ren`, 1))
		}},
		"of another shop": {signed: secret, want: shop.ErrMalformed, change: func(h http.Header, b []byte) []byte {
			h.Set("X-Shopify-Shop-Domain", "de.myshopify.com")
			return b
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header, body := hook.Header(c.signed), []byte(hook.Body)
			if c.change != nil {
				body = c.change(header, body)
			}
			_, err := adapter(Options{Secrets: c.secrets}).Receive(header, body)
			require.ErrorIs(t, err, c.want)
		})
	}
}

// TestAnotherImplementationSignsTheSame holds a signature that @shopify/shopify-api 13.1.0 from npm finds valid for just this
// body.
func TestAnotherImplementationSignsTheSame(t *testing.T) {
	t.Parallel()
	hook := shopifytest.Webhook{Topic: "orders/create", Body: json.RawMessage(`{"id":1,"note":"Søren 🦊"}`)}
	require.Equal(t, "Vcbsaky3pqZ7OC7ZmCVjALrEJ5sjJPbxU5AfTCbSPJY=", hook.Header("hush").Get("X-Shopify-Hmac-Sha256"))
	_, err := adapter(Options{}).Receive(hook.Header("hush"), hook.Body)
	require.NotErrorIs(t, err, shop.ErrSignature)
}

func TestWhatCannotBeReadIsSaidWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ topic, body, says string }{
		"no JSON":          {"orders/create", `{"id":1,`, "no JSON at byte"},
		"a list":           {"orders/create", `[]`, "must not be array"},
		"no id":            {"orders/create", `{"created_at":"2026-03-01T09:00:00Z","updated_at":"2026-03-01T09:00:00Z"}`, "id: is missing"},
		"no version":       {"orders/create", `{"id":1,"created_at":"2026-03-01T09:00:00Z"}`, "updated_at: is missing"},
		"id no number":     {"orders/create", `{"id":"jan@example.com"}`, "no JSON of the expected form"},
		"amount":           {"orders/create", `{"id":1,"created_at":"2026-03-01T09:00:00Z","updated_at":"2026-03-01T09:00:00Z","total_price":"jan@example.com"}`, "must be an amount"},
		"currency":         {"orders/create", `{"id":1,"created_at":"2026-03-01T09:00:00Z","updated_at":"2026-03-01T09:00:00Z","total_price":"1.00","currency":"jan@example.com"}`, "must be an amount"},
		"huge amount":      {"products/update", `{"id":1,"variants":[{"id":2,"price":"1e400"}]}`, "must be an amount"},
		"instant":          {"customers/update", `{"id":1,"updated_at":"jan@example.com"}`, "no JSON of the expected form"},
		"text as a list":   {"customers/update", `{"id":1,"email":["jan@example.com"]}`, "email: must not be array"},
		"number too large": {"products/update", `{"id":1,"variants":[{"id":2,"inventory_quantity":12345678901234567890123}]}`, "must not be number"},
		"refund":           {"refunds/create", `{"id":1}`, "order_id: is missing"},
		"parcel":           {"fulfillment_events/create", `{"id":1,"status":"delivered"}`, "order_id: is missing"},
		"checkout":         {"checkouts/update", `{}`, "token: is missing"},
		"consent":          {"customers_email_marketing_consent/update", `{"customer_id":1}`, "email_marketing_consent: is missing"},
		"deleted nobody":   {"customers/delete", `{}`, "id: is missing"},
		"redact nobody":    {"customers/redact", `{"customer":{"phone":"jan@example.com"}}`, "customer.id: is missing"},
		"null":             {"customers/update", `null`, "id: is missing"},
		"empty":            {"customers/update", ``, "no JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hook := shopifytest.Webhook{Topic: c.topic, Body: json.RawMessage(c.body)}
			_, err := adapter(Options{}).Receive(hook.Header(secret), hook.Body)
			require.ErrorIs(t, err, shop.ErrMalformed)
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, c.topic)
			require.NotContains(t, err.Error(), "jan")
		})
	}
}

func TestOtherTopicsSayNothing(t *testing.T) {
	t.Parallel()
	for _, topic := range []string{"app/uninstalled", "orders/edited", "themes/publish", "", strings.Repeat("x", 100)} {
		d, err := adapter(Options{}).Receive(shopifytest.Webhook{Topic: topic, Body: json.RawMessage(`{"id":"x"}`)}.Header(secret), []byte(`{"id":"x"}`))
		require.NoError(t, err, topic)
		require.Empty(t, d, topic)
	}
}

// FuzzReceive has every topic read anything, twice over.
func FuzzReceive(f *testing.F) {
	for _, h := range shopifytest.Day() {
		f.Add(h.Topic, []byte(h.Body))
	}
	f.Add("orders/create", []byte(`{"id":9007199254740993,"created_at":"9999-12-31T23:59:59-23:59","updated_at":"1970-01-01T00:00:00Z","line_items":[{"quantity":-9223372036854775808,"current_quantity":9223372036854775807,"price":"-0.00"}],"email":"a@b.c"}`))
	a := adapter(Options{})
	f.Fuzz(func(t *testing.T, topic string, body []byte) {
		hook := shopifytest.Webhook{Topic: topic, Body: body}
		d, err := a.Receive(hook.Header(secret), body)
		if err != nil {
			require.ErrorIs(t, err, shop.ErrMalformed)
			return
		}
		for _, c := range d.Changes {
			require.LessOrEqual(t, len(c.ID), 64)
			told, err := c.Compare(nil)
			require.NoError(t, err)
			require.True(t, json.Valid(told.State))
			require.NotContains(t, string(told.State), `\u0000`)
			for _, e := range told.Events {
				_, err := json.Marshal(e)
				require.NoError(t, err)
				require.LessOrEqual(t, len(e.MessageID), 100)
				require.LessOrEqual(t, len(e.UserID), 255)
			}
			again, err := c.Compare(told.State)
			require.NoError(t, err)
			require.Empty(t, again.Events, "told again")
			require.JSONEq(t, string(told.State), string(again.State))
		}
	})
}
