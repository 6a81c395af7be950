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

// TestTriggersInTheOrderOfTheMap has an event that starts some touchpoints itself, and others because it moves the customer.
func TestTriggersInTheOrderOfTheMap(t *testing.T) {
	t.Parallel()
	e := newEngine(t, parseMap(t, `
phases: [{id: a, enter: [{on: Product Viewed}]}, {id: b, enter: [{on: Product Added}]}]
touchpoints:
  - {id: left, phase: a, left: a, do: [wait: 1h]}
  - {id: added, phase: a, on: Product Added, do: [wait: 1h]}
  - {id: entered, phase: a, entered: b, do: [wait: 1h]}
  - {id: added-too, phase: a, on: Product Added, do: [wait: 1h]}
`), "c-1")
	for _, name := range []string{"Product Viewed", "Product Added"} {
		e.store(Event{Type: TypeTrack, Name: name, Timestamp: e.now})
	}
	e.decide()
	var started []string
	for _, r := range e.state.Runs {
		started = append(started, r.Touchpoint)
	}
	require.Equal(t, []string{"left", "added", "entered", "added-too"}, started)
}
