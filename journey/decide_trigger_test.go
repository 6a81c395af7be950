package journey

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCooldownSeesRunsOfTheSameDecision has an old run in the record, and two triggers that come together.
func TestCooldownSeesRunsOfTheSameDecision(t *testing.T) {
	t.Parallel()
	m := parseMap(t, `
phases: [{id: p, enter: [{on: Product Viewed}]}]
touchpoints:
  - {id: look, phase: p, on: Product Viewed, key: event.product_id, cooldown: 2d, do: [wait: 1h]}
`)
	e := newEngine(t, m, "c-1")
	viewed := func(product string) Event {
		return Event{Type: TypeTrack, Name: "Product Viewed", Timestamp: e.now, Properties: map[string]any{"product_id": product}}
	}
	e.store(viewed("1"))
	e.decide()
	e.reach(engineStart.Add(5 * day))
	e.store(viewed("2"), viewed("3"))
	e.decide()
	require.Len(t, e.state.Runs, 2, "the third is too soon after the second")
}
