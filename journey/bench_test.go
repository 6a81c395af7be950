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
  - {id: lapsed, enter: [{after: 365d, without: Order Completed}]}
personas:
  - {id: collector, name: Collector, match: customer.orders >= 5 && customer.total_spent > 500.0}
  - {id: parent, name: Parent, match: customer.favourite_category == "toys"}
  - {id: student, name: Student, match: customer.traits.student == true}
policy:
  spread: 30m
  quietHours: {from: "21:00", to: "09:00"}
  caps: [{classes: [marketing], max: 2, per: 7d}, {classes: [marketing, service], max: 1, per: 24h}]
  pause: [{classes: [marketing], if: customer.open_tasks > 0}]
touchpoints:
  - {id: birthday, phase: care, class: marketing, date: {trait: birthday, at: "10:00"}, do: [send: {template: ask}]}
  - {id: miss-you, phase: care, class: marketing, absence: {after: 60d, without: [Order Completed, Product Viewed]}, do: [send: {template: ask}]}
  - {id: welcome, phase: care, class: service, entered: loyalty, do: [send: {template: ask}]}
  - {id: goodbye, phase: care, class: service, left: loyalty, do: [task: {title: Call}]}
`)
	triggers := []string{"Order Completed", "Order Delivered", "Product Viewed", "Checkout Started", "Order Fulfilled"}
	for i := range 16 {
		trigger := triggers[i%len(triggers)]
		fmt.Fprintf(&text, `
  - id: touchpoint-%d
    phase: care
    class: service
    on: %s
    if: event.total > %d.0
    goal: {on: [Product Reviewed, Order Completed], within: 14d, value: event.total}
    holdout: 5%%
    priority: 3
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
			known := arrival{name: TypeIdentify}.event(e.now)
			known.Traits["birthday"], known.Traits["timezone"] = "1990-05-12", "Europe/Amsterdam"
			e.store(known)
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
