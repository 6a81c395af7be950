package app

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/shop/shopify/shopifytest"
	"klantreis/internal/store"
)

// withShopify is the configuration of a process with a Shopify shop.
func withShopify(t *testing.T) config.Config {
	t.Helper()
	cfg := setup(t)
	cfg.Shopify = config.Shopify{Name: "nl", URL: "https://nl.myshopify.com", Secret: "hush", FormerSecret: "former", Version: "2026-01"}
	return cfg
}

const anOrder = `{"id":5001,"name":"#1","email":"jan@example.com","created_at":"2026-03-01T09:00:00Z","updated_at":"2026-03-01T09:00:00Z",
	"currency":"EUR","total_price":"12.50","line_items":[{"id":1,"product_id":2,"title":"Pot","price":"12.50","quantity":1,"current_quantity":1}]}`

func TestWebhooksOfAShop(t *testing.T) {
	t.Parallel()
	a := serve(t, withShopify(t))
	post := func(path, topic, body, secret string) (int, string) {
		h := shopifytest.Webhook{Topic: topic, Body: json.RawMessage(body)}
		return a.do(t, http.MethodPost, path, body, h.Header(secret))
	}
	const path = "/webhooks/shops/nl"
	for name, c := range map[string]struct {
		path, topic, body, secret string
		status                    int
		says                      string
	}{
		"an order":              {path, "orders/create", anOrder, "hush", http.StatusOK, ""},
		"with the former":       {path, "orders/updated", anOrder, "former", http.StatusOK, ""},
		"unsigned":              {path, "orders/create", anOrder, "other", http.StatusUnauthorized, "signature does not match"},
		"of nobody":             {"/webhooks/shops/de", "orders/create", anOrder, "hush", http.StatusNotFound, "no shop is connected"},
		"unreadable, yet taken": {path, "orders/create", `{"id":"jan@example.com"}`, "hush", http.StatusOK, "cannot be read"},
		"an unknown topic":      {path, "app/uninstalled", `{}`, "hush", http.StatusOK, ""},
	} {
		status, answer := post(c.path, c.topic, c.body, c.secret)
		require.Equal(t, c.status, status, name)
		require.Contains(t, answer, c.says, name)
		require.NotContains(t, answer, "jan@", name)
	}
	status, _ := a.do(t, http.MethodGet, path, "", nil)
	require.Equal(t, http.StatusMethodNotAllowed, status)

	admin := http.Header{"Authorization": {"Bearer admin-token"}}
	status, answer := a.do(t, http.MethodGet, "/api/v1/connections", "", admin)
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"connections":[{"name":"nl","kind":"shopify","since":"2026-03-01T09:00:00Z","healthy":false,"lastDelivery":"2026-03-01T09:00:00Z",
		"lastError":"a webhook for orders/create cannot be read: no JSON of the expected form","lastErrorAt":"2026-03-01T09:00:00Z","privacyRequests":0}]}`, answer)
	_, answer = a.do(t, http.MethodGet, "/metrics", "", admin)
	for _, line := range []string{
		`klantreis_shop_deliveries_total{connection="nl",result="stored"} 3`, `klantreis_shop_deliveries_total{connection="nl",result="unsigned"} 1`,
		`klantreis_shop_deliveries_total{connection="nl",result="malformed"} 1`, `klantreis_connection_healthy{connection="nl"} 0`,
		`klantreis_connection_last_reconciliation_seconds{connection="nl"} 0`,
	} {
		require.Contains(t, answer, line)
	}
}

func TestAWebhookIsRefusedWhileTheRecordIsAway(t *testing.T) {
	t.Parallel()
	cfg := withShopify(t)
	a := open(t, cfg)
	require.NoError(t, a.record.Close())
	h := shopifytest.Webhook{Topic: "orders/create", Body: json.RawMessage(anOrder)}
	c := &connected{shopLife: &shopLife{t: t}, shops: a.shops}
	w := c.send(h)
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.Equal(t, "5", w.Header().Get("Retry-After"))
}

// oneEraser notes whom it erases. It fails first.
type oneEraser struct {
	erased []string
	fails  int
}

func (e *oneEraser) Erase(_ context.Context, _ access.Actor, userID, _ string, _ bool) (api.Erasure, error) {
	if e.fails--; e.fails >= 0 {
		return api.Erasure{}, errors.New("away")
	}
	if userID != "207119553" {
		return api.Erasure{}, ErrUnknownCustomer
	}
	e.erased = append(e.erased, userID)
	return api.Erasure{}, nil
}

func TestWhatAShopAsksForInTheNameOfACustomer(t *testing.T) {
	t.Parallel()
	a := serve(t, withShopify(t))
	ask := func(topic, body string) {
		h := shopifytest.Webhook{Topic: topic, Body: json.RawMessage(body)}
		for range 2 {
			status, _ := a.do(t, http.MethodPost, "/webhooks/shops/nl", body, h.Header("hush"))
			require.Equal(t, http.StatusOK, status)
		}
	}
	ask("customers/data_request", `{"customer":{"id":1},"data_request":{"id":9999}}`)
	ask("customers/redact", `{"customer":{"id":207119553,"email":"carl@example.com"},"orders_to_redact":[1]}`)
	ask("shop/redact", `{"shop_id":954889,"shop_domain":"nl.myshopify.com"}`)
	open := func() []string {
		admin := http.Header{"Authorization": {"Bearer admin-token"}}
		status, answer := a.do(t, http.MethodGet, "/api/v1/connections/requests", "", admin)
		require.Equal(t, http.StatusOK, status)
		var list struct{ Requests []struct{ ID, Kind string } }
		require.NoError(t, json.Unmarshal([]byte(answer), &list))
		var kinds []string
		for _, r := range list.Requests {
			kinds = append(kinds, r.Kind)
			if r.Kind == "data_request" {
				require.Equal(t, "nl/customers/data_request/9999", r.ID)
			}
		}
		return kinds
	}
	require.ElementsMatch(t, []string{"data_request", "redact", "shop_redact"}, open())

	eraser := &oneEraser{fails: 1}
	carrying := *a.shops
	carrying.eraser = eraser
	require.ErrorContains(t, carrying.carryOutAll(t.Context()), "away")
	require.Len(t, open(), 3)
	require.NoError(t, carrying.carryOutAll(t.Context()))
	require.Equal(t, []string{"207119553"}, eraser.erased)
	require.ElementsMatch(t, []string{"data_request", "shop_redact"}, open())
	require.NoError(t, carrying.carryOutAll(t.Context()), "nothing is left to do")

	done := func() int {
		status, _ := a.do(t, http.MethodPost, "/api/v1/connections/requests/done", `{"id":"nl/customers/data_request/9999"}`,
			http.Header{"Authorization": {"Bearer admin-token"}, "Content-Type": {"application/json"}})
		return status
	}
	require.Equal(t, http.StatusOK, done())
	require.Equal(t, http.StatusNotFound, done())
	require.Equal(t, []string{"shop_redact"}, open())
}

// TestWhatHappenedBeforeTheConnectionStartsNothing has a shop tell an old order when it is asked for the first time.
func TestWhatHappenedBeforeTheConnectionStartsNothing(t *testing.T) {
	t.Parallel()
	a := open(t, withShopify(t))
	c := &connected{shopLife: &shopLife{t: t}, shops: a.shops}
	old := shopifytest.Webhook{Topic: "orders/create", Body: json.RawMessage(`{"id":5000,"email":"jan@example.com","created_at":"2026-03-01T08:59:59Z","updated_at":"2026-03-01T08:59:59Z","currency":"EUR","total_price":"1.00"}`)}
	require.Equal(t, http.StatusOK, c.send(old).Code)
	require.Equal(t, http.StatusOK, c.send(shopifytest.Webhook{Topic: "orders/create", Body: json.RawMessage(anOrder)}).Code)
	histories := map[string]bool{}
	require.NoError(t, a.record.Histories(t.Context(), func(h store.History) error {
		for _, e := range h.Events {
			if e.Name == "Order Completed" {
				histories[e.Properties["order_id"].(string)] = e.Imported
			}
		}
		return nil
	}))
	require.Equal(t, map[string]bool{"5000": true, "5001": false}, histories)
}

// TestARedactErases: whom a shop asks to have erased is gone, and telling their order again brings nothing back.
func TestARedactErases(t *testing.T) {
	t.Parallel()
	a := serve(t, withShopify(t))
	tell := func(topic, body string) {
		h := shopifytest.Webhook{Topic: topic, Body: json.RawMessage(body)}
		status, answer := a.do(t, http.MethodPost, "/webhooks/shops/nl", body, h.Header("hush"))
		require.Equal(t, http.StatusOK, status, answer)
	}
	known := func() bool {
		_, found, err := a.record.CustomerByUserID(t.Context(), "207119553")
		require.NoError(t, err)
		return found
	}
	order := strings.Replace(anOrder, `{"id":5001,`, `{"id":5001,"customer":{"id":207119553,"email":"jan@example.com"},`, 1)
	tell("orders/create", order)
	require.True(t, known())
	tell("customers/redact", `{"customer":{"id":207119553,"email":"jan@example.com"},"orders_to_redact":[5001]}`)
	require.NoError(t, a.shops.carryOutAll(t.Context()))
	require.False(t, known())
	tell("orders/updated", strings.Replace(order, `"updated_at":"2026-03-01T09:00:00Z"`, `"updated_at":"2026-03-01T10:00:00Z"`, 1))
	require.False(t, known())
}
