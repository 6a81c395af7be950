package woo

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/shop"
	"klantreis/internal/shop/woo/wootest"
)

func TestReceiveSignatures(t *testing.T) {
	t.Parallel()
	body := `{"id":1001,"status":"processing","currency":"EUR","billing":{"email":"jo@example.com","first_name":"Zoë 千恵"},"date_modified_gmt":"2026-03-02T09:00:00"}`
	sign := func(secret string) string { return wootest.Sign(secret, []byte(body)) }
	tests := map[string]struct {
		body, signature string
		good            bool
	}{
		"good":                 {body, sign("first"), true},
		"second secret":        {body, sign("second"), true},
		"another secret":       {body, sign("third"), false},
		"empty secret":         {body, sign(""), false},
		"none":                 {body, "", false},
		"no base64":            {body, "%%%", false},
		"short":                {body, sign("first")[:20], false},
		"hexadecimal":          {body, "6b1f3bbf0a4a6e3b5f5f0b3f8d8e3a7cf1a0f6f3d2c9b8a7e6d5c4b3a2918070", false},
		"body changed":         {strings.Replace(body, "1001", "1002", 1), sign("first"), false},
		"body with a space":    {body + " ", sign("first"), false},
		"unicode written else": {strings.Replace(body, "ë", `\u00eb`, 1), sign("first"), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := connected(wootest.New(t))
			a.Secrets = []string{"first", "second", ""}
			header := http.Header{SignatureHeader: {tt.signature}, TopicHeader: {"order.updated"}}
			got, err := a.Receive(header, []byte(tt.body))
			if !tt.good {
				require.ErrorIs(t, err, shop.ErrSignature)
				require.Empty(t, got)
				return
			}
			require.NoError(t, err)
			require.Len(t, got.Changes, 1)
		})
	}
}

// TestReceiveVector has a signature that OpenSSL made: openssl dgst -sha256 -hmac SECRET -binary | base64.
func TestReceiveVector(t *testing.T) {
	t.Parallel()
	a := connected(wootest.New(t))
	a.Secrets = []string{"it's a secret & more"}
	header := http.Header{SignatureHeader: {"TmXvdr7tVQQKQOq4e/j285i4Ea+H4eZwGFVtiBHNhIM="}, TopicHeader: {"product.updated"}}
	_, err := a.Receive(header, []byte(`{"id":7,"name":"Zoë 千恵"}`))
	require.NoError(t, err)
}

func TestReceivePing(t *testing.T) {
	t.Parallel()
	a := connected(wootest.New(t))
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	for body, ping := range map[string]bool{
		"webhook_id=7": true, "webhook_id=7\n": true, "webhook_id=": false, "webhook_id=x": false, "webhook_id=7&a=b": false,
		"a=b": false, "": false, "webhook_id=" + strings.Repeat("7", 70): false,
	} {
		got, err := a.Receive(form, []byte(body))
		require.Empty(t, got, body)
		if ping {
			require.NoError(t, err, body)
			continue
		}
		require.ErrorIs(t, err, shop.ErrSignature, body)
	}
}

// receive has the adapter read a body under a topic.
func receive(t *testing.T, topic, body string) (shop.Delivery, error) {
	t.Helper()
	d := wootest.Delivery{Topic: topic, Body: []byte(body)}
	return connected(wootest.New(t)).Receive(wootest.Headers(d), d.Body)
}

func TestReceiveMalformed(t *testing.T) {
	t.Parallel()
	const secret = "geheim@example.com"
	tests := map[string]struct{ topic, body, want string }{
		"nothing":              {"order.updated", ``, "cannot be read: no JSON at byte 0"},
		"no JSON":              {"order.updated", `{"id":1,`, "cannot be read: no JSON at byte 8"},
		"a page":               {"order.updated", `<html>` + secret, "cannot be read: no JSON at byte 1"},
		"a list":               {"order.updated", `[]`, "cannot be read: must be an object"},
		"a text":               {"customer.updated", `"` + secret + `"`, "cannot be read: must be an object"},
		"null":                 {"product.updated", `null`, "cannot be read: must be an object"},
		"no id":                {"order.updated", `{"status":"` + secret + `"}`, "cannot be read: id: must be a whole number"},
		"id zero":              {"order.updated", `{"id":0}`, "cannot be read: id: must be a whole number"},
		"negative id":          {"order.updated", `{"id":-7}`, "cannot be read: id: must be a whole number"},
		"id with decimals":     {"order.updated", `{"id":1.5}`, "cannot be read: id: must be a whole number"},
		"huge id":              {"order.updated", `{"id":99999999999999999999}`, "cannot be read: id: must be a whole number"},
		"id of words":          {"order.deleted", `{"id":"` + secret + `"}`, "cannot be read: id: must be a whole number"},
		"status of nothing":    {"order.updated", `{"id":1,"status":{"a":"` + secret + `"}}`, "cannot be read: a field must be a text or a number"},
		"amount of words":      {"order.updated", `{"id":1,"currency":"EUR","total":"` + secret + `"}`, "cannot be read: total: must be an amount such as 12.50"},
		"amount with a comma":  {"order.updated", `{"id":1,"currency":"EUR","total":"12,50"}`, "cannot be read: total: must be an amount such as 12.50"},
		"amount with exponent": {"order.updated", `{"id":1,"currency":"EUR","total":1e3}`, "cannot be read: total: must be an amount such as 12.50"},
		"amount of a line":     {"order.updated", `{"id":1,"line_items":[{"total":"1"},{"total":"x"}]}`, "cannot be read: line_items[1].total: must be an amount such as 12.50"},
		"amount of a refund":   {"order.updated", `{"id":1,"refunds":[{"id":2,"total":"--1"}]}`, "cannot be read: refunds[0].total: must be an amount such as 12.50"},
		"a date of words":      {"order.updated", `{"id":1,"date_modified_gmt":"gisteren"}`, "cannot be read: a field must be an instant such as 2026-03-01T12:00:00"},
		"lines of words":       {"order.updated", `{"id":1,"line_items":["` + secret + `"]}`, "cannot be read: line_items: must not be string"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := receive(t, tt.topic, tt.body)
			require.ErrorIs(t, err, shop.ErrMalformed)
			require.Empty(t, got)
			require.Equal(t, tt.want, err.Error())
			require.NotContains(t, err.Error(), secret)
		})
	}
}

// TestReceiveLenient reads what PHP and extensions make of the documented form.
func TestReceiveLenient(t *testing.T) {
	t.Parallel()
	got, err := receive(t, "order.updated", `{"id":"1001","number":1001,"status":"processing","currency":"eur","customer_id":"17","total":29.35,
		"date_created_gmt":"2026-03-02 09:00:00","date_modified_gmt":"2026-03-02T09:00:00Z","date_paid_gmt":"","date_completed_gmt":false,
		"billing":[],"shipping":false,"meta_data":{"0":1},"refunds":null,"coupon_lines":[{"code":false}],
		"line_items":[{"name":null,"quantity":"1.5","total":"29.350000","total_tax":"","sku":false,"price":"x","meta_data":{}}],"lang":"nl"}`)
	require.NoError(t, err)
	events := newBook(t).observe(got.Changes...)
	require.Equal(t, "Order Completed", names(events))
	require.InDelta(t, 29.35, events[0].Properties["total"], 0)
	require.Equal(t, "EUR", events[0].Properties["currency"])
	require.Equal(t, "nl", events[0].Context["locale"])
	product := events[0].Properties["products"].([]any)[0].(map[string]any)
	require.Equal(t, map[string]any{"name": "", "quantity": 1.5, "price": 19.57, "line_total": 29.35}, product)
}

func TestReceiveOtherTopics(t *testing.T) {
	t.Parallel()
	for _, topic := range []string{"", "coupon.created", "action.woocommerce_add_to_cart", "product.deleted", "order"} {
		got, err := receive(t, topic, `{"id":7}`)
		if topic == "order" {
			require.NoError(t, err)
			require.Empty(t, newBook(t).observe(got.Changes...))
			continue
		}
		require.NoError(t, err, topic)
		require.Empty(t, got, topic)
	}
}

func FuzzReceive(f *testing.F) {
	s := wootest.New(f)
	for _, d := range s.Day() {
		f.Add(d.Topic, d.Body, d.Body)
	}
	f.Add("order.updated", []byte(`{"id":1,"currency":"JPY","total":"1.5","line_items":[{"quantity":"0","total":"9"}],"refunds":[{"id":1,"total":"-1"}],"customer_id":7,"status":"refunded"}`), []byte(`{"id":1,"status":"trash"}`))
	a := connected(s)
	f.Fuzz(func(t *testing.T, topic string, first, second []byte) {
		var known []byte
		for _, body := range [][]byte{first, second, first} {
			got, err := a.Receive(wootest.Headers(wootest.Delivery{Topic: topic, Body: body}), body)
			if err != nil {
				require.ErrorIs(t, err, shop.ErrMalformed)
				continue
			}
			for _, c := range got.Changes {
				told, err := c.Compare(known)
				if err != nil {
					return // The state of another kind of object.
				}
				again, err := c.Compare(told.State)
				require.NoError(t, err)
				require.Empty(t, again.Events)
				require.Equal(t, told.State, again.State)
				for _, e := range told.Events {
					require.NotEmpty(t, e.Name)
					require.LessOrEqual(t, len(e.MessageID), 100)
					require.True(t, e.UserID != "" || c.Kind == "product")
				}
				known = told.State
			}
		}
	})
}
