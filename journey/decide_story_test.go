package journey

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// propertyMaps are the maps on which the properties are checked, by name. All listen to the same few events.
var propertyMaps = map[string]string{
	"reference": `
phases:
  - {id: browse, enter: [{on: Product Viewed}]}
  - {id: buy, enter: [{on: Order Completed, from: any}]}
  - {id: repeat, enter: [{on: Order Completed, if: customer.orders > 1}]}
touchpoints:
  - {id: confirm, phase: buy, class: transactional, on: Order Completed, key: event.order_id, do: [send: {template: a}]}
  - id: review
    phase: buy
    class: service
    on: Order Completed
    key: event.order_id
    cancel: [Order Returned]
    do: [{wait: 2d}, {send: {template: b}}, {waitFor: {on: Product Reviewed, for: 2d}, else: [send: {template: c}]}]
`,
	"unkeyed": `
touchpoints:
  - id: basket
    phase: p
    class: marketing
    on: Product Viewed
    if: event.total > 10
    cancel: [Order Completed, Order Returned]
    do: [{wait: 5h}, {send: {template: a}}, {wait: 1d}, {send: {template: b}}]
  - id: again
    phase: p
    class: marketing
    on: [Product Viewed, Order Completed]
    again: restart
    cancel: [Order Returned]
    do: [{wait: 1d}, {send: {template: a}}]
phases: [{id: p, enter: [{on: Product Viewed}]}]
`,
	"keyed again": `
touchpoints:
  - {id: restart, phase: p, class: service, on: Product Viewed, key: event.order_id, again: restart, cancel: [Order Returned], do: [{wait: 8h}, {send: {template: a}}, {wait: 8h}]}
  - {id: after, phase: p, class: service, on: Product Viewed, key: event.order_id, again: afterExit, cancel: [Order Returned], do: [{wait: 8h}, {send: {template: a}}]}
  - {id: never, phase: p, class: service, on: Product Viewed, again: never, do: [send: {template: a}]}
phases: [{id: p, enter: [{on: Product Viewed}]}]
`,
	"conditions": `
touchpoints:
  - id: branching
    phase: p
    class: service
    on: [Order Completed, Product Viewed]
    cancelIf: customer.orders > 2
    do:
      - until: customer.last_order_at + duration("30h")
      - branch:
          - {if: event.total > 20, do: [{send: {template: a}}]}
          - {if: customer.orders == 1, do: [{waitFor: {on: [Product Reviewed, Order Completed], if: event.total < 50, for: 1d}, do: [send: {template: b}]}]}
        else: [exit: enough]
      - waitFor: {on: Product Reviewed, for: 1d}
        else: [send: {template: c}]
phases:
  - {id: p, enter: [{on: Product Viewed, from: [q]}]}
  - {id: q, enter: [{on: Product Reviewed, if: event.total > 5}]}
`,
	"holdout": `
touchpoints:
  - id: review
    phase: p
    class: service
    on: Order Completed
    key: event.order_id
    holdout: 100%
    cancel: [Order Returned]
    do:
      - wait: 30h
      - send: {template: a}
      - waitFor: {on: Product Reviewed, by: event.order_id, for: 2d}
        do: [branch: [{if: customer.orders > 1, do: [wait: 1d]}]]
        else: [until: customer.last_order_at + duration("200h")]
      - send: {template: b}
phases: [{id: p, enter: [{on: Product Viewed}]}]
`,
}

// arrival is one event of a random story.
type arrival struct {
	gap, late time.Duration
	name      string
	order     any
	total     any
}

func hours(from, to int) *rapid.Generator[time.Duration] {
	return rapid.Map(rapid.IntRange(from, to), func(n int) time.Duration { return time.Duration(n) * time.Hour })
}

// arrivals draws a story. Half of the events come in a batch with the one before, and many come late. Mostly the
// customer's address is known from the beginning.
func arrivals(t *rapid.T) []arrival {
	names := []string{"Order Completed", "Order Returned", "Product Reviewed", "Product Viewed", "Page Liked", TypeIdentify}
	story := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) arrival {
		return arrival{
			gap:   rapid.OneOf(rapid.Just(time.Duration(0)), hours(0, 60)).Draw(t, "gap"),
			late:  rapid.OneOf(rapid.Just(time.Duration(0)), hours(0, 40)).Draw(t, "late"),
			name:  rapid.SampledFrom(names).Draw(t, "name"),
			order: rapid.SampledFrom([]any{"1", 1.0, "2", nil}).Draw(t, "order"),
			total: rapid.SampledFrom([]any{5.0, 30.0, 100.0, "30", nil}).Draw(t, "total"),
		}
	}), 0, 14).Draw(t, "story")
	if rapid.IntRange(0, 3).Draw(t, "address") > 0 {
		story = slices.Insert(story, 0, arrival{name: TypeIdentify})
	}
	return story
}

func (a arrival) event(now time.Time) Event {
	e := Event{Type: TypeTrack, Name: a.name, Timestamp: now.Add(-a.late), Age: a.late, Properties: map[string]any{}}
	if a.name == TypeIdentify {
		e.Type, e.Traits = TypeIdentify, map[string]any{"email": "jo@example.com"}
	}
	if a.order != nil {
		e.Properties["order_id"] = a.order
	}
	if a.total != nil {
		e.Properties["total"] = a.total
	}
	return e
}

// tell plays a story to its end: a year later nothing waits any more.
func tell(e *engine, story []arrival) {
	at := e.now
	for i := 0; i < len(story); {
		at = at.Add(story[i].gap)
		e.reach(at)
		e.store(story[i].event(at))
		for i++; i < len(story) && story[i].gap == 0; i++ {
			e.store(story[i].event(at))
		}
		e.decide()
	}
	e.until(at.Add(365 * day))
	e.decide()
	e.until(at.Add(365 * day))
}

// witness remembers what became visible of a story.
type witness struct {
	decisions []Decision
	planned   []Message
	handed    []handed
}

type handed struct {
	message Message
	at      time.Time
}

func (w *witness) watch(e *engine) {
	e.seen = func(out Outcome) {
		w.decisions = append(w.decisions, out.Decisions...)
		w.planned = append(w.planned, out.Messages...)
	}
	e.settling = func(msg Message, s Settlement) {
		if s.Sent {
			w.handed = append(w.handed, handed{msg, s.At})
		}
	}
}

// checkEachMap runs a property on every map. Handovers take a drawn time.
func checkEachMap(t *testing.T, property func(t *rapid.T, start func() (*engine, *witness))) {
	t.Helper()
	for name, text := range propertyMaps {
		m := parseMap(t, text)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				after := rapid.SampledFrom([]time.Duration{0, time.Hour, 30 * time.Hour}).Draw(t, "handover after")
				property(t, func() (*engine, *witness) {
					e, w := newEngine(t, m, "c-1"), &witness{}
					e.provider = func(Message) (time.Duration, Reason) { return after, "" }
					w.watch(e)
					return e, w
				})
			})
		})
	}
}
