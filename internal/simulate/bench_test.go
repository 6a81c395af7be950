package simulate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/simulate"
	"klantreis/journey"
)

// BenchmarkCustomer plays customers through a map of twenty touchpoints: visits, carts, orders and what follows them.
func BenchmarkCustomer(b *testing.B) {
	m := parse(b, grownMap())
	events := aYear()
	b.ReportAllocs()
	for b.Loop() {
		sent := 0
		c := simulate.New(simulate.Options{Map: m, CustomerID: "c-1", Seen: func(e simulate.Entry) {
			if e.Kind == simulate.Sent {
				sent++
			}
		}})
		require.NoError(b, c.Feed(events...))
		require.NoError(b, c.RunUntil(at(400)))
		require.Positive(b, sent)
	}
	b.ReportMetric(float64(len(events)*b.N)/b.Elapsed().Seconds(), "events/s")
}

// grownMap has five phases and twenty touchpoints, as a grown shop has them.
func grownMap() string {
	var text strings.Builder
	text.WriteString(`
phases:
  - {id: awareness, enter: [{on: Product Viewed}]}
  - {id: consideration, enter: [{on: Product Added}]}
  - {id: purchase, enter: [{on: Order Completed, from: any}]}
  - {id: care, enter: [{on: Order Delivered}]}
  - {id: loyalty, enter: [{on: Order Completed, if: customer.orders >= 2}]}
touchpoints:
`)
	triggers := []string{"Order Completed", "Order Delivered", "Product Viewed", "Checkout Started", "Product Added"}
	for i := range 20 {
		fmt.Fprintf(&text, "  - {id: t-%d, phase: care, class: service, on: %s, if: customer.total_spent >= %d.0, cancel: [Order Refunded, Order Returned],",
			i, triggers[i%len(triggers)], 20*i)
		if i%len(triggers) < 2 {
			text.WriteString(" key: event.order_id,")
		}
		text.WriteString(" do: [wait: 7d, send: {template: ask}, waitFor: {on: Product Reviewed, for: 7d}, send: {template: remind}]}\n")
	}
	return text.String()
}

// aYear is the year of a customer who orders every two months: a visit of some pages a week, and each order's events.
func aYear() []journey.Event {
	events := []journey.Event{identify(0)}
	add := func(name string, days float64, order string) {
		e := track(name, days, order)
		if order != "" {
			e.Properties["total"] = 49.95
		}
		events = append(events, e)
	}
	for week := range 52 {
		day := float64(7 * week)
		for page := range 6 {
			add("Page Viewed", day+0.01*float64(page), "")
		}
		add("Product Viewed", day+0.1, "")
		add("Product Viewed", day+0.11, "")
		if week%2 == 0 {
			add("Product Added", day+0.2, "")
		}
		if week%8 == 0 {
			order := fmt.Sprint("A", week)
			add("Checkout Started", day+0.3, "")
			add("Order Completed", day+0.4, order)
			add("Order Delivered", day+2, order)
			if week%16 == 0 {
				add("Product Reviewed", day+4, order)
			}
		}
	}
	for i := range events {
		events[i].ReceivedAt = events[i].Timestamp.Add(time.Second)
		events[i].Age = time.Second
	}
	return events
}
