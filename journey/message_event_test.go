package journey

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAClickIsAboutTheRunThatSentTheMessage has two touchpoints with the same key; the customer clicks in the mail of one.
func TestAClickIsAboutTheRunThatSentTheMessage(t *testing.T) {
	t.Parallel()
	e := newEngine(t, parseMap(t, `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: a, phase: p, class: service, on: Order Completed, key: event.order_id, do: [send: {template: a}, {waitFor: {on: Message Clicked, for: 7d}, do: [send: {template: clicked-a}]}]}
  - {id: b, phase: p, class: service, on: Order Completed, key: event.order_id, do: [send: {template: b}, {waitFor: {on: Message Clicked, for: 7d}, do: [send: {template: clicked-b}]}]}
  - {id: any, phase: p, class: service, on: Order Completed, key: event.order_id, do: [{waitFor: {on: Message Clicked, for: 7d, by: event.order_id}, do: [send: {template: clicked-any}]}]}
`), "c-1")
	e.store(Event{Type: TypeIdentify, Name: TypeIdentify, Timestamp: engineStart, Traits: map[string]any{"email": "jo@example.com"}})
	e.store(Event{Type: TypeTrack, Name: "Order Completed", Timestamp: engineStart, Properties: map[string]any{"order_id": "A1"}})
	e.decide()
	e.until(engineStart.Add(time.Hour))
	e.store(Event{Type: TypeTrack, Name: MessageClicked, Timestamp: e.now, Properties: map[string]any{
		"run_id": RunID("c-1", "b", "A1", 1), "order_id": "A1", "url": "https://shop.example/",
	}})
	e.decide()
	e.until(engineStart.Add(30 * 24 * time.Hour))
	var sent []string
	for _, msg := range e.planned {
		if strings.HasPrefix(msg.Template, "clicked") {
			sent = append(sent, msg.Template)
		}
	}
	require.ElementsMatch(t, []string{"clicked-b", "clicked-any"}, sent)
}

func TestAMachineIsNotTheCustomer(t *testing.T) {
	t.Parallel()
	seen := func(name string) bool {
		before := Facts{FirstSeen: engineStart, LastSeen: engineStart}
		return before.learn(Event{Type: TypeTrack, Name: name, Timestamp: engineStart.Add(time.Hour)}).LastSeen.After(engineStart)
	}
	for _, name := range messageEvents {
		require.Equal(t, name != MessageDelivered && name != MessageBounced, seen(name), name)
	}
}
