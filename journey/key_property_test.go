package journey

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKeyProperties(t *testing.T) {
	t.Parallel()
	trigger := map[string]any{
		"order_id": "A1", "quote id": "Q1", "n": 7.0, "total": 12.5,
		"subscription": map[string]any{"id": "S1", "plan": map[string]any{"code": "gold", "price": 9.0}, "card": "secret"},
	}
	tests := map[string]struct {
		key  string
		want map[string]any
	}{
		"a property":                    {"event.order_id", map[string]any{"order_id": "A1"}},
		"in brackets":                   {`event["quote id"]`, map[string]any{"quote id": "Q1"}},
		"perhaps":                       {`event.?order_id.orValue(event[?"n"].orValue("none"))`, map[string]any{"order_id": "A1", "n": 7.0}},
		"inside others":                 {"event.subscription.id", map[string]any{"subscription": map[string]any{"id": "S1"}}},
		"several":                       {`event.subscription.id + "/" + event.subscription["plan"].code`, map[string]any{"subscription": map[string]any{"id": "S1", "plan": map[string]any{"code": "gold"}}}},
		"computed":                      {`string(event.n) + "-" + (has(event.nothing) ? event.nothing : "x")`, map[string]any{"n": 7.0}},
		"of something that is no group": {"event.order_id.code", map[string]any{"order_id": "A1"}},
		"not of the event":              {"customer.persona", nil},
		"none":                          {"", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &Map{Touchpoints: []Touchpoint{{ID: "other", Key: "event.total"}, {ID: "asks", Was: []string{"former"}, Key: tt.key}}}
			require.Equal(t, tt.want, m.KeyProperties("asks", trigger))
			require.Equal(t, tt.want, m.KeyProperties("former", trigger))
			require.Nil(t, m.KeyProperties("gone", trigger))
			if tt.want != nil && tt.key != "event.order_id.code" {
				parsed, problems := Parse([]Source{{Name: "m.yaml", Data: []byte(fmt.Sprintf(`journey: x
shop: {name: S, email: s@example.com}
phases: [{id: care, enter: [{on: Paid}]}]
touchpoints: [{id: asks, phase: care, class: service, on: Paid, key: '%s', do: [{send: {template: a}}]}]
`, tt.key))}})
				require.Empty(t, problems.Errors())
				require.NotEmpty(t, parsed.key(tt.key, &vars{event: trigger}))
				require.Equal(t, parsed.key(tt.key, &vars{event: trigger}), parsed.key(tt.key, &vars{event: tt.want}), "the part has the same key")
			}
		})
	}
}
