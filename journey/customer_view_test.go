package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestReplenishmentExpectsTheNextOrder has products of the last order that are bought again after a time.
func TestReplenishmentExpectsTheNextOrder(t *testing.T) {
	t.Parallel()
	m := parseMap(t, `
phases: [{id: p, enter: [{on: Order Completed}]}]
products:
  replenish:
    - {match: 'product.category == "tea"', every: 50d}
    - {match: 'product.category == "coffee"', every: 20d}
touchpoints:
  - {id: again, phase: p, class: service, on: Order Completed, do: [until: customer.next_order_expected, send: {template: a}]}
`)
	for category, after := range map[string]time.Duration{"tea": 50 * day, "coffee": 20 * day, "other": 60 * day} {
		e := newEngine(t, m, "c-1")
		e.store(
			Event{Type: TypeIdentify, Name: TypeIdentify, Timestamp: e.now, Traits: map[string]any{"email": "jo@example.com"}},
			Event{Type: TypeTrack, Name: OrderCompleted, Timestamp: e.now, Properties: map[string]any{
				"order_id": "1", "products": []any{map[string]any{"product_id": "p", "category": category}},
			}},
		)
		e.decide()
		require.Equal(t, engineStart.Add(after), e.next, category)
	}
}
