package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const goalMap = `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: ask, phase: p, class: service, on: Order Completed, key: event.order_id, goal: {on: Product Reviewed, within: 5d}, do: [send: {template: a}]}
`

// A goal event that reached us in time counts however late it is handled, and one that reached us more than fresh after the
// end does not count, however few decisions there were meanwhile.
func TestGoalCountsByWhenItsEventCame(t *testing.T) {
	t.Parallel()
	m := parseMap(t, goalMap)
	exposed := engineStart
	until := exposed.Add(5 * day)
	for name, c := range map[string]struct {
		received time.Time
		counts   bool
	}{
		"in time":                   {until, true},
		"late":                      {until.Add(24 * time.Hour), true},
		"more than fresh after it":  {until.Add(24*time.Hour + 1), false},
		"long after it, old events": {until.Add(100 * day), false},
	} {
		in := Input{
			State:  State{CustomerID: "c", Exposures: []Exposure{{RunID: "r", Touchpoint: "ask", Key: "A1", At: exposed, Until: until}}},
			Events: []Event{{Seq: 1, Type: TypeTrack, Name: "Product Viewed", Timestamp: until, ReceivedAt: c.received}},
			Now:    until.Add(200 * day), Past: nothing{},
		}
		goal := Event{
			Seq: 2, Type: TypeTrack, Name: "Product Reviewed", Timestamp: until, ReceivedAt: c.received,
			Properties: map[string]any{"order_id": "A1"},
		}
		in.Horizon = until
		out, err := m.Decide(in)
		require.NoError(t, err)
		require.Empty(t, out.State.Exposures, "%s: closed before all events were handled", name)
		in.Events, in.Horizon = []Event{goal}, time.Time{}
		out, err = m.Decide(in)
		require.NoError(t, err)
		require.Len(t, out.State.Exposures, 1, name)
		require.True(t, out.State.Exposures[0].Closed, name)
		require.Equal(t, c.counts, !out.State.Exposures[0].ReachedAt.IsZero(), name)
	}
}
