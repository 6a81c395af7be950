package sendgrid

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseEvents(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		body string
		want []Event
	}{
		{"empty list", `[]`, []Event{}},
		{
			"bounce",
			`[{"email":"jan@example.com","timestamp":1513299569,"event":"bounce","sg_event_id":"e1","sg_message_id":"m.1",
			  "message_id":"ours","send_key":"key","customer_id":"c_1","category":["first","second"],"reason":"500 unknown","status":"5.0.0","type":"bounce"}]`,
			[]Event{{
				ID: "e1", Kind: KindBounce, At: time.Date(2017, 12, 15, 0, 59, 29, 0, time.UTC), MessageID: "ours", ProviderID: "m.1",
				SendKey: "key", CustomerID: "c_1", Category: "first",
				Address: "jan@example.com",
				Reason:  "500 unknown", Status: "5.0.0", Type: "bounce",
			}},
		},
		{
			"machine open and click",
			`[{"event":"open","sg_machine_open":true},{"event":"click","url":"https://example.com/","sg_machine_open":false}]`,
			[]Event{{Kind: KindOpen, MachineOpen: true}, {Kind: KindClick, URL: "https://example.com/"}},
		},
		{"forms of a category", `[{"category":"one"},{"category":[]},{"category":null},{"category":{"a":1}}]`, []Event{{Category: "one"}, {}, {}, {}}},
		{"unknown kind", `[{"event":"teleported","sg_event_id":"e1"}]`, []Event{{ID: "e1", Kind: "teleported"}}},
		{
			"odd forms cost only themselves",
			`[{"event":"open","timestamp":"1513299569","message_id":7,"reason":{"a":1},"status":null,"url":[1]},{}]`,
			[]Event{{Kind: KindOpen, At: time.Date(2017, 12, 15, 0, 59, 29, 0, time.UTC), MessageID: "7"}, {}},
		},
		{"impossible instants", `[{"timestamp":-1},{"timestamp":1e300},{"timestamp":"NaN"}]`, []Event{{}, {}, {}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseEvents([]byte(test.body))
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

func TestParseEventsNamesThePosition(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"nothing", ``, "parse events: byte 0: unexpected end of JSON input"},
		{"cut", `[{"event":"open"},{"ev`, "parse events: byte 22: unexpected end of JSON input"},
		{"garbage", `[{"event":open}]`, "parse events: byte 11: invalid character 'o' looking for beginning of value"},
		{"trailing", `[] x`, "parse events: byte 4: invalid character 'x' after top-level value"},
		{"object", `{"event":"open"}`, "parse events: byte 1: want a list, not object"},
		{"null", `null`, "parse events: want a list at byte 1"},
		{"item", `[{}, 7]`, "parse events: events[1]: want an object"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseEvents([]byte(test.body))
			require.EqualError(t, err, test.want)
		})
	}
}

func FuzzParseEvents(f *testing.F) {
	for _, seed := range []string{
		`[]`, `null`, `[null]`, `[{"event":"open","timestamp":1513299569,"sg_machine_open":true}]`,
		`[{"timestamp":1e999,"event":{"a":[]}}]`, `[{"message_id":"\ud800"}]`, `{`, "[{}]\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := ParseEvents(body)
		if err != nil {
			require.Nil(t, events)
			return
		}
		require.True(t, json.Valid(body))
		// Whatever came in can be stored.
		_, err = json.Marshal(events)
		require.NoError(t, err)
	})
}
