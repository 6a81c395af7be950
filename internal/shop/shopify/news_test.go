package shopify

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/shop/shopify/shopifytest"
	"klantreis/journey"
)

// names lists what is told of a series of webhooks on one topic.
func names(t *testing.T, topic string, bodies ...string) []string {
	t.Helper()
	m := newMemory(t, adapter(Options{}))
	for _, body := range bodies {
		m.hear(shopifytest.Webhook{Topic: topic, TriggeredAt: "2026-03-01T12:00:00Z", Body: json.RawMessage(body)})
	}
	var list []string
	for _, e := range m.events {
		if e.Name != journey.TypeIdentify {
			list = append(list, e.Name+" "+e.Timestamp.Format("15:04"))
		}
	}
	return list
}

func TestConsents(t *testing.T) {
	t.Parallel()
	says := func(updated, state, level, at string) string {
		return fmt.Sprintf(`{"id":1,"email":"jan@example.com","updated_at":"2026-03-01T%s:00Z","email_marketing_consent":{"state":%q,"opt_in_level":%q,"consent_updated_at":%s}}`, updated, state, level, at)
	}
	const at9, at10 = `"2026-03-01T09:00:00Z"`, `"2026-03-01T10:00:00Z"`
	for name, c := range map[string]struct{ bodies, want []string }{
		"given": {[]string{says("09:00", "subscribed", "single_opt_in", at9)}, []string{"Consent Given 09:00"}},
		"given in capitals, twice": {
			[]string{says("09:00", "SUBSCRIBED", "SINGLE_OPT_IN", at9), says("09:30", "subscribed", "single_opt_in", at9)}, []string{"Consent Given 09:00"},
		},
		"confirmed later": {
			[]string{says("09:00", "subscribed", "single_opt_in", at9), says("10:00", "subscribed", "confirmed_opt_in", at10)},
			[]string{"Consent Given 09:00", "Consent Given 10:00"},
		},
		"never said":         {[]string{says("09:00", "not_subscribed", "single_opt_in", "null"), says("09:30", "pending", "", at9)}, nil},
		"before the version": {[]string{says("09:05", "not_subscribed", "", "null"), says("09:06", "subscribed", "", at9)}, []string{"Consent Given 09:00"}},
		"taken back":         {[]string{says("09:00", "subscribed", "", at9), says("10:00", "unsubscribed", "", at10)}, []string{"Consent Given 09:00", "Consent Withdrawn 10:00"}},
		"out of order":       {[]string{says("10:00", "unsubscribed", "", at10), says("09:00", "subscribed", "", at9)}, []string{"Consent Withdrawn 10:00"}},
		"at one instant":     {[]string{says("09:00", "unsubscribed", "", at9), says("09:00", "subscribed", "", at9)}, []string{"Consent Withdrawn 09:00"}},
		"redacted":           {[]string{says("09:00", "subscribed", "", at9), says("11:00", "redacted", "", "null")}, []string{"Consent Given 09:00", "Consent Withdrawn 11:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, names(t, "customers/update", c.bodies...))
		})
	}
}

func TestProducts(t *testing.T) {
	t.Parallel()
	is := func(at, price, more string) string {
		return fmt.Sprintf(`{"id":1,"title":"Pot","updated_at":"2026-03-01T%s:00Z"%s,"variants":[{"id":2,"price":%q,"inventory_management":"shopify","inventory_policy":"deny","inventory_quantity":%s}]}`, at, more, price, "%d")
	}
	has := func(at, price string, stock int, more string) string { return fmt.Sprintf(is(at, price, more), stock) }
	for name, c := range map[string]struct{ bodies, want []string }{
		"seen first":      {[]string{has("09:00", "10.00", 1, "")}, nil},
		"dearer":          {[]string{has("09:00", "10.00", 1, ""), has("10:00", "10.01", 1, "")}, nil},
		"cheaper":         {[]string{has("09:00", "10.00", 1, ""), has("10:00", "9.99", 1, "")}, []string{"Product Price Dropped 10:00"}},
		"sold out":        {[]string{has("09:00", "10.00", 1, ""), has("10:00", "10.00", 0, "")}, nil},
		"back":            {[]string{has("09:00", "10.00", -1, ""), has("10:00", "10.00", 1, "")}, []string{"Product Back In Stock 10:00"}},
		"both":            {[]string{has("09:00", "10.00", 0, ""), has("10:00", "9.00", 1, "")}, []string{"Product Price Dropped 10:00", "Product Back In Stock 10:00"}},
		"older":           {[]string{has("10:00", "10.00", 1, ""), has("09:00", "9.00", 1, "")}, nil},
		"a draft":         {[]string{has("09:00", "10.00", 1, ""), has("10:00", "9.00", 1, `,"status":"draft"`)}, nil},
		"another variant": {[]string{has("09:00", "10.00", 1, ""), `{"id":1,"updated_at":"2026-03-01T10:00:00Z","variants":[{"id":3,"price":"5.00"}]}`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, names(t, "products/update", c.bodies...))
		})
	}
}

func TestMergedCustomers(t *testing.T) {
	t.Parallel()
	const body = `{"admin_graphql_api_customer_kept_id":"gid://shopify/Customer/1","admin_graphql_api_customer_deleted_id":"gid://shopify/Customer/2"}`
	require.Equal(t, []string{"alias 12:00"}, names(t, "customers/merge", body, body))
}
