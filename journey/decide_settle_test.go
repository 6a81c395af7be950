package journey

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// settleMap sends at once and then waits for an hour.
const settleMap = `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: tp, phase: p, class: service, on: Order Completed, key: event.order_id, do: [{send: {template: a}}, {wait: 1h}, {send: {template: b}}]}
`

// sending returns a state in which a message of each order is under way.
func sending(t *testing.T, m *Map, orders ...string) State {
	t.Helper()
	e := newEngine(t, m, "c-1")
	e.provider = func(Message) (time.Duration, Reason) { return 365 * day, "" }
	e.store(arrival{name: TypeIdentify}.event(e.now))
	for _, order := range orders {
		e.store(arrival{name: OrderCompleted, order: order}.event(e.now))
	}
	e.decide()
	require.Len(t, e.state.Runs, len(orders))
	return e.state
}

func TestDecideSettles(t *testing.T) {
	t.Parallel()
	m := parseMap(t, settleMap)
	state := sending(t, m, "A1", "A2")
	first, second := state.Runs[0].MessageID, state.Runs[1].MessageID
	after := func(d time.Duration) time.Time { return engineStart.Add(d) }
	tests := map[string]struct {
		settled []Settlement
		now     time.Time
		due     []time.Time
	}{
		"one": {
			settled: []Settlement{{MessageID: second, At: after(time.Minute), Sent: true}},
			now:     after(time.Minute),
			due:     []time.Time{{}, after(61 * time.Minute)},
		},
		"the later one first": {
			settled: []Settlement{{MessageID: second, At: after(2 * time.Minute), Sent: true}, {MessageID: first, At: after(time.Minute), Sent: true}},
			now:     after(3 * time.Minute),
			due:     []time.Time{after(61 * time.Minute), after(62 * time.Minute)},
		},
		"not sent goes on as well": {
			settled: []Settlement{{MessageID: first, At: after(time.Minute), Reason: ReasonRefused}},
			now:     after(time.Minute),
			due:     []time.Time{after(61 * time.Minute), {}},
		},
		"by a clock that is ahead": {
			settled: []Settlement{{MessageID: first, At: after(time.Minute), Sent: true}},
			now:     after(0),
			due:     []time.Time{after(61 * time.Minute), {}},
		},
		"by a clock that is behind": {
			settled: []Settlement{{MessageID: first, At: after(-time.Minute), Sent: true}},
			now:     after(time.Minute),
			due:     []time.Time{after(time.Hour), {}},
		},
		"of nobody": {
			settled: []Settlement{{MessageID: "m_other", At: after(time.Minute), Sent: true}},
			now:     after(time.Minute),
			due:     []time.Time{{}, {}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given := slices.Clone(tt.settled)
			out, err := m.Decide(Input{State: state, Settled: tt.settled, Now: tt.now, Past: newEngine(t, m, "c-1")})
			require.NoError(t, err)
			require.Equal(t, given, tt.settled, "what was given must stay as it was")
			require.Empty(t, out.Withdrawn)
			var due []time.Time
			for _, s := range out.Standing {
				due = append(due, s.Until)
			}
			require.Equal(t, tt.due, due)
			require.True(t, slices.IsSortedFunc(out.Decisions, func(a, b Decision) int { return a.At.Compare(b.At) }))
		})
	}
}

// TestDecideSettlesInOrder gives two refusals in the wrong order: they are decided about in the order of their instants.
func TestDecideSettlesInOrder(t *testing.T) {
	t.Parallel()
	m := parseMap(t, settleMap)
	state := sending(t, m, "A1", "A2")
	out, err := m.Decide(Input{
		State: state, Now: engineStart.Add(time.Hour), Past: newEngine(t, m, "c-1"),
		Settled: []Settlement{
			{MessageID: state.Runs[0].MessageID, At: engineStart.Add(2 * time.Minute), Reason: ReasonRefused},
			{MessageID: state.Runs[1].MessageID, At: engineStart.Add(time.Minute), Reason: ReasonSuppressed},
		},
	})
	require.NoError(t, err)
	require.Len(t, out.Decisions, 2)
	require.Equal(t, ReasonSuppressed, out.Decisions[0].Reason)
	require.Equal(t, ReasonRefused, out.Decisions[1].Reason)
}

// brokenPast is a record that cannot be read.
type brokenPast struct{ err error }

func (u brokenPast) Named([]string, time.Time) ([]Event, error) { return nil, u.err }

func TestDecideFailsWithThePast(t *testing.T) {
	t.Parallel()
	m := parseMap(t, `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: cancelled, phase: p, class: service, on: Product Viewed, cancel: Order Returned, do: [wait: 1h]}
  - {id: waiting, phase: p, class: service, on: Product Added, do: [waitFor: {on: Order Completed, for: 1d}]}
  - {id: later, phase: p, class: service, on: Cart Viewed, do: [{wait: 1h}, {waitFor: {on: Order Completed, for: 1d}}]}
  - {id: between, phase: p, class: service, on: Quote Requested, do: [{waitFor: {on: Cart Shared, for: 2h}}, {waitFor: {on: Order Completed, for: 1d}}]}
`)
	broken := errors.New("broken")
	for _, names := range [][]string{{"Product Viewed"}, {"Product Added"}, {"Cart Viewed"}, {"Quote Requested", "Cart Shared"}} {
		var in Input
		for i, name := range names {
			e := arrival{name: name}.event(engineStart.Add(time.Duration(i) * time.Minute))
			e.Seq = int64(i + 1)
			in.Events = append(in.Events, e)
		}
		in.Now, in.Past = engineStart.Add(day), brokenPast{broken}
		_, err := m.Decide(in)
		require.ErrorIs(t, err, broken, "%v", names)
	}
}

func TestInterest(t *testing.T) {
	t.Parallel()
	plain := parseMap(t, `
phases: [{id: p, enter: [{on: Product Viewed}]}]
touchpoints:
  - {id: a, phase: p, class: transactional, on: [Order Completed, identify], cancel: Order Returned, do: [{waitFor: {on: Product Reviewed, for: 1d}, else: [waitFor: {on: Praise Given, for: 1d}]}]}
  - {id: b, phase: p, class: service, on: [Order Completed, Cart Viewed], do: [wait: 1d]}
`)
	condition := parseMap(t, `
phases: [{id: p, enter: [{on: Product Viewed}]}]
touchpoints: [{id: a, phase: p, class: service, on: Cart Viewed, cancelIf: customer.orders > 2, do: [wait: 1d]}]
`)
	hours := parseMap(t, `
phases: [{id: p, enter: [{on: Product Viewed}]}]
policy: {quietHours: {from: "21:00", to: "09:00"}}
`)
	absent := parseMap(t, "phases: [{id: p, enter: [{after: 5d, without: Order Completed, orNever: true}]}]")
	track := func(name string) Event { return Event{Type: TypeTrack, Name: name} }
	identify := func(traits map[string]any) Event {
		return Event{Type: TypeIdentify, Name: TypeIdentify, Traits: traits}
	}
	urgent, wakes := Interest{Wakes: true, Urgent: true}, Interest{Wakes: true}
	tests := map[string]struct {
		m    *Map
		e    Event
		want Interest
	}{
		"starts a transactional touchpoint":   {plain, track("Order Completed"), urgent},
		"by its type":                         {plain, Event{Type: TypeIdentify, Name: TypeIdentify}, urgent},
		"starts another":                      {plain, track("Cart Viewed"), wakes},
		"moves the phase":                     {plain, track("Product Viewed"), wakes},
		"cancels":                             {plain, track("Order Returned"), wakes},
		"is waited for":                       {plain, track("Product Reviewed"), wakes},
		"is waited for deep down":             {plain, track("Praise Given"), wakes},
		"nobody's":                            {plain, track("Page Liked"), Interest{}},
		"changes facts":                       {plain, track("Order Refunded"), Interest{}},
		"changes facts, with a cancelIf":      {condition, track("Order Refunded"), wakes},
		"tells of traits, with a cancelIf":    {condition, Event{Type: TypePage, Name: TypePage, Context: map[string]any{"traits": map[string]any{"vip": true}}}, wakes},
		"identifies, with a cancelIf":         {condition, Event{Type: TypeIdentify, Name: TypeIdentify}, wakes},
		"changes nothing, with a cancelIf":    {condition, Event{Type: TypePage, Name: TypePage, Context: map[string]any{"locale": "nl"}}, Interest{}},
		"moves house, with quiet hours":       {hours, identify(map[string]any{"timezone": "Asia/Tokyo"}), wakes},
		"tells of a country in passing":       {hours, Event{Type: TypePage, Name: TypePage, Context: map[string]any{"traits": map[string]any{"country": "JP"}}}, wakes},
		"says nothing of where they live":     {hours, identify(map[string]any{"vip": true}), Interest{}},
		"comes from another device":           {hours, Event{Type: TypePage, Name: TypePage, Context: map[string]any{"timezone": "Asia/Tokyo"}}, Interest{}},
		"moves house, without quiet hours":    {plain, Event{Type: TypePage, Name: TypePage, Context: map[string]any{"traits": map[string]any{"country": "JP"}}}, Interest{}},
		"may be the first of a customer":      {absent, track("Page Liked"), Interest{Newcomer: true}},
		"starts a touchpoint with a cancelIf": {condition, track("Cart Viewed"), wakes},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, tt.m.Interest(tt.e))
		})
	}
}

func (p brokenPast) LastRun(string, string) (Run, bool, error) { return Run{}, false, p.err }

func (p brokenPast) LastStart(string) (time.Time, bool, error) { return time.Time{}, false, p.err }

func (p brokenPast) Latest([]string) (map[string]time.Time, error) { return nil, p.err }
