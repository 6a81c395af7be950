package sendgrid

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadEvents(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want string // the ids, or the error
		ok   bool
	}{
		"nothing":             {"", "", true},
		"one body":            {`[{"sg_event_id":"a"},{"sg_event_id":"b"}]`, "a b", true},
		"bodies":              {"[{\"sg_event_id\":\"a\"}]\r\n[]\n[{\"sg_event_id\":\"b\"}]\n", "a b", true},
		"reports on lines":    {"{\"sg_event_id\":\"a\"}\n{\"sg_event_id\":\"b\"}\n", "a b", true},
		"a cut end":           {`[{"sg_event_id":"a"}] [{"sg_ev`, "read reports: value 2: unexpected EOF", false},
		"something else":      {`[{"sg_event_id":"a"}] 7`, "read reports: value 2: parse events", false},
		"a list of something": {`["a"]`, "read reports: value 1: parse events: events[0]: want an object", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events, err := ReadEvents(strings.NewReader(test.text))
			if !test.ok {
				require.ErrorContains(t, err, test.want)
				return
			}
			require.NoError(t, err)
			var ids []string
			for _, e := range events {
				ids = append(ids, e.ID)
			}
			require.Equal(t, test.want, strings.Join(ids, " "))
		})
	}
}
