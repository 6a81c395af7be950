package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestRenamedAbsencesRingOnce renames a phase and a touchpoint whose time is over, and puts another rule before it.
func TestRenamedAbsencesRingOnce(t *testing.T) {
	t.Parallel()
	former := parseMap(t, `
phases:
  - {id: active, enter: [{on: Product Viewed, from: any}]}
  - {id: lapsed, enter: [{after: 10d, without: [Order Completed, Order Delivered]}]}
touchpoints:
  - {id: miss, phase: lapsed, class: marketing, absence: {after: 10d, without: Order Completed}, do: [send: {template: a}]}
  - {id: day, phase: lapsed, class: marketing, date: {trait: birthday}, do: [send: {template: a}]}
`)
	newer := parseMap(t, `
phases:
  - {id: active, enter: [{on: Product Viewed, from: any}]}
  - id: gone
    was: lapsed
    enter: [{after: 400d, without: Product Viewed}, {after: 9d, without: [Order Delivered, Order Completed]}]
touchpoints:
  - {id: we-miss-you, was: miss, phase: gone, class: marketing, absence: {after: 9d, without: Order Completed}, do: [send: {template: b}]}
  - {id: birthday, was: [day], phase: gone, class: marketing, date: {trait: birthday, at: "18:00"}, do: [send: {template: b}]}
`)
	e := newEngine(t, former, "c-1")
	var phases []string
	templates := map[string]int{}
	e.seen = func(out Outcome) {
		for _, d := range out.Decisions {
			if d.Kind == DecidedPhase {
				phases = append(phases, d.Phase)
			}
		}
	}
	e.settling = func(msg Message, _ Settlement) { templates[msg.Template]++ }
	e.store(
		Event{
			Type: TypeIdentify, Name: TypeIdentify, Timestamp: e.now,
			Traits: map[string]any{"email": "jo@example.com", "birthday": "1990-03-12"}, // ten days later
		},
		Event{Type: TypeTrack, Name: OrderCompleted, Timestamp: e.now, Properties: map[string]any{"order_id": "1"}},
	)
	e.decide()
	e.until(engineStart.Add(10*day + time.Hour))
	require.Equal(t, []string{"lapsed"}, phases)
	require.Equal(t, map[string]int{"a": 2}, templates)
	e.store(Event{Type: TypeTrack, Name: "Product Viewed", Timestamp: e.now})
	e.decide()
	e.publish(newer)
	e.decide()
	e.until(engineStart.Add(100 * day))
	require.Equal(t, []string{"lapsed", "active"}, phases, "it brings them over once")
	require.Equal(t, map[string]int{"a": 2}, templates, "nobody is mailed twice")
}

// TestAbsenceCountsWhatCameWhileNothingWaitedForIt takes an absence out of the map and puts it back.
func TestAbsenceCountsWhatCameWhileNothingWaitedForIt(t *testing.T) {
	t.Parallel()
	const (
		head = "phases: [{id: p, enter: [{on: Product Viewed}]}]\ntouchpoints:\n" +
			"  - {id: view, phase: p, class: transactional, on: Product Viewed, do: [send: {template: a}]}\n"
		absence = "  - {id: gone, phase: p, class: transactional, absence: {after: 10d, without: Product Viewed}, do: [send: {template: gone}]}\n"
	)
	e := newEngine(t, parseMap(t, head+absence), "c-1")
	var gone []time.Duration
	e.settling = func(msg Message, s Settlement) {
		if msg.Template == "gone" {
			gone = append(gone, s.At.Sub(engineStart))
		}
	}
	view := func() {
		e.store(Event{Type: TypeTrack, Name: "Product Viewed", Timestamp: e.now})
		e.decide()
	}
	e.store(Event{Type: TypeIdentify, Name: TypeIdentify, Timestamp: e.now, Traits: map[string]any{"email": "jo@example.com"}})
	view()
	e.publish(parseMap(t, head))
	e.until(engineStart.Add(5 * day))
	view()
	require.Empty(t, e.state.Facts.Last, "nobody would keep it up to date")
	e.publish(parseMap(t, head+absence))
	e.decide()
	e.until(engineStart.Add(100 * day))
	require.Equal(t, []time.Duration{15 * day}, gone)
}
