package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// TestMapping shows which event comes of which JSON.
func TestMapping(t *testing.T) {
	t.Parallel()
	type object = map[string]any
	cases := []struct {
		name, url, body string
		want            journey.Event
	}{
		{
			"identify", "/v1/identify", `{"messageId":"m","userId":"u","traits":{"email":"a@b.nl","age":41,"vip":true,"none":null},"properties":{"x":1}}`,
			journey.Event{Type: "identify", Name: "identify", UserID: "u", Traits: object{"email": "a@b.nl", "age": 41.0, "vip": true, "none": nil}},
		},
		{
			"track", "/v1/track", `{"messageId":"m","userId":"u","anonymousId":"a","event":"Order Completed","properties":{"total":9.95,"products":[{"sku":"s"}]},"traits":{"x":1}}`,
			journey.Event{Type: "track", Name: "Order Completed", UserID: "u", AnonymousID: "a", Properties: object{"total": 9.95, "products": []any{object{"sku": "s"}}}},
		},
		{
			"page", "/v1/page", `{"messageId":"m","anonymousId":"a","name":"Home","category":"Shop","properties":{"url":"https://x"}}`,
			journey.Event{Type: "page", Name: "page", AnonymousID: "a", Properties: object{"url": "https://x", "name": "Home", "category": "Shop"}},
		},
		{
			"page whose properties have a name", "/v1/page", `{"messageId":"m","anonymousId":"a","name":"Home","properties":{"name":"Start"}}`,
			journey.Event{Type: "page", Name: "page", AnonymousID: "a", Properties: object{"name": "Start"}},
		},
		{
			"screen without properties", "/v1/screen", `{"messageId":"m","userId":"u","name":"Cart","category":null}`,
			journey.Event{Type: "screen", Name: "screen", UserID: "u", Properties: object{"name": "Cart"}},
		},
		{
			"page without anything", "/v1/page", `{"messageId":"m","userId":"u"}`,
			journey.Event{Type: "page", Name: "page", UserID: "u"},
		},
		{
			"group", "/v1/group", `{"messageId":"m","userId":"u","groupId":"g","traits":{"name":"Acme"}}`,
			journey.Event{Type: "group", Name: "group", UserID: "u", GroupID: "g", Traits: object{"name": "Acme"}},
		},
		{
			"alias", "/v1/alias", `{"messageId":"m","previousId":"p","userId":"u"}`,
			journey.Event{Type: "alias", Name: "alias", UserID: "u", PreviousID: "p"},
		},
		{
			"numbers as ids", "/v1/group", `{"messageId":"m","userId":12,"anonymousId":7,"groupId":9007199254740991}`,
			journey.Event{Type: "group", Name: "group", UserID: "12", AnonymousID: "7", GroupID: "9007199254740991"},
		},
		{
			"numbers in other forms", "/v1/alias", `{"messageId":"m","userId":1e3,"previousId":-1.5}`,
			journey.Event{Type: "alias", Name: "alias", UserID: "1000", PreviousID: "-1.5"},
		},
		{
			"batch context under the event's own", "/v1/batch",
			`{"context":{"locale":"nl","campaign":{"source":"s","name":"n"}},"batch":[{"type":"identify","messageId":"m","userId":"u","context":{"campaign":{"source":"x"},"ip":"1.2.3.4"}}]}`,
			journey.Event{Type: "identify", Name: "identify", UserID: "u", Context: object{"locale": "nl", "campaign": object{"source": "x"}, "ip": "1.2.3.4"}},
		},
		{
			"batch context behind the batch", "/v1/batch", `{"batch":[{"type":"identify","messageId":"m","userId":"u"}],"context":{"locale":"nl"}}`,
			journey.Event{Type: "identify", Name: "identify", UserID: "u", Context: object{"locale": "nl"}},
		},
		{
			"own context only", "/v1/batch", `{"batch":[{"type":"identify","messageId":"m","userId":"u","context":{"locale":"nl"}}],"context":{}}`,
			journey.Event{Type: "identify", Name: "identify", UserID: "u", Context: object{"locale": "nl"}},
		},
		{
			"escapes", "/v1/track", `{"messageId":"m","userId":"\u0041\/\"\\","event":"\ud83d\ude00 \ud83d \u20ac\t\b\f\n\r"}`,
			journey.Event{Type: "track", Name: "😀 \ufffd €\t\b\f\n\r", UserID: `A/"\`},
		},
		{
			"the last of two fields", "/v1/track", `{"messageId":"m","userId":"v","userId":"u","event":"X"}`,
			journey.Event{Type: "track", Name: "X", UserID: "u"},
		},
		{
			"fields in other capitals are other fields", "/v1/track", `{"messageId":"m","userId":"u","USERID":"v","Event":"Y","event":"X"}`,
			journey.Event{Type: "track", Name: "X", UserID: "u"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			scenario{url: c.url, body: c.body, status: 200, stored: []string{"m"}}.run(t, b)
			c.want.MessageID, c.want.Timestamp, c.want.ReceivedAt = "m", receivedAt, receivedAt
			require.Equal(t, c.want, b.ingestor.stored()[0])
		})
	}
}
