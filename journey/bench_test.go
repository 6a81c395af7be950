package journey

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// benchMap has five phases and twenty touchpoints, as a grown shop has them.
func benchMap(b *testing.B) *Map {
	b.Helper()
	var text strings.Builder
	text.WriteString(`
phases:
  - {id: awareness, enter: [{on: Product Viewed}]}
  - {id: consideration, enter: [{on: Product Added}, {on: Quote Requested}]}
  - {id: purchase, enter: [{on: Order Completed, from: any}]}
  - {id: care, enter: [{on: Order Delivered}]}
  - {id: loyalty, enter: [{on: Order Completed, if: customer.orders >= 2}]}
touchpoints:
`)
	triggers := []string{"Order Completed", "Order Delivered", "Product Viewed", "Checkout Started", "Order Fulfilled"}
	for i := range 20 {
		trigger := triggers[i%len(triggers)]
		fmt.Fprintf(&text, `
  - id: touchpoint-%d
    phase: care
    class: service
    on: %s
    if: event.total > %d.0
`, i, trigger, 20*i)
		if i%2 == 0 {
			text.WriteString("    key: event.order_id\n    cancel: [Order Refunded, Order Returned]\n")
		} else {
			text.WriteString("    cancel: [Order Refunded]\n")
		}
		text.WriteString(`    do:
      - wait: 7d
      - send: {template: ask}
      - waitFor: {on: Product Reviewed, for: 7d}
        else: [send: {template: remind}]
`)
	}
	return parseMap(b, text.String())
}

// BenchmarkDecide decides about one event of a customer with three runs under way.
func BenchmarkDecide(b *testing.B) {
	m := benchMap(b)
	benches := []struct {
		name       string
		properties map[string]any
	}{
		{"Page Liked", nil},
		{"Product Viewed", map[string]any{"total": 1.0}},
		{"Order Completed", map[string]any{"order_id": "A2", "total": 49.95}},
		{"Order Returned", map[string]any{"order_id": "A1"}},
		{"Product Reviewed", map[string]any{"order_id": "A1"}},
		{"wait over", nil},
	}
	for _, bench := range benches {
		b.Run(bench.name, func(b *testing.B) {
			e := newEngine(b, m, "c-1")
			e.store(arrival{name: TypeIdentify}.event(e.now))
			for trigger, total := range map[string]float64{"Order Completed": 19.5, "Order Delivered": 25, "Order Fulfilled": 85} {
				e.store(arrival{name: trigger, order: "A1", total: total}.event(e.now))
			}
			e.decide()
			require.Len(b, e.state.Runs, 3)

			now := e.now.Add(time.Hour)
			in := Input{State: e.state, Now: now, MapVersion: 1, Past: e}
			if bench.name == "wait over" {
				in.Now = e.next
			} else {
				in.Events = []Event{{Seq: 100, Type: TypeTrack, Name: bench.name, Timestamp: now, ReceivedAt: now, Properties: bench.properties}}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Decide(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkInterest(b *testing.B) {
	m := benchMap(b)
	for _, name := range []string{"Order Completed", "Page Liked"} {
		e := Event{Type: TypeTrack, Name: name}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Interest(e)
			}
		})
	}
}

func BenchmarkCondition(b *testing.B) {
	for _, text := range []string{
		"event.total > 49.0",
		"customer.orders >= 2",
		`customer.orders >= 2 && event.total > 49.0 && customer.phase == "care"`,
		`now - customer.last_order_at > duration("720h")`,
		"event.missing > 1",
	} {
		m := withExpression(b, text, yieldsBool)
		v := conditionVars()
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.holds(text, v)
			}
		})
	}
}
