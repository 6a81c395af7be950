package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestUnwanted asks, in the moment before the handover, whether the message of a run is still wanted. The runs began an
// hour after engineStart.
func TestUnwanted(t *testing.T) {
	t.Parallel()
	m := parseMap(t, `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: keyed, phase: p, class: service, on: Order Completed, key: event.order_id, cancel: [Order Returned], do: [send: {template: a}]}
  - {id: unkeyed, phase: p, class: service, on: Product Viewed, cancel: [Order Completed], do: [send: {template: a}]}
  - {id: restart, phase: p, class: service, on: Product Viewed, if: event.price > 10, again: restart, do: [send: {template: a}]}
  - {id: restart-keyed, phase: p, class: service, on: Product Added, key: event.product_id, again: restart, do: [send: {template: a}]}
  - {id: condition, phase: p, class: service, on: Product Viewed, cancelIf: customer.total_spent >= event.price, do: [send: {template: a}]}
  - {id: phase, phase: p, class: service, on: Product Viewed, cancelIf: customer.phase == "p", do: [send: {template: a}]}
  - {id: cooldown, phase: p, class: service, on: Product Viewed, again: restart, cooldown: 3h, do: [send: {template: a}]}
  - {id: cooldown-keyed, phase: p, class: service, on: Order Delivered, key: event.order_id, again: restart, cooldown: 3h, do: [send: {template: a}]}
  - {id: late, phase: p, class: service, on: Product Viewed, cancelIf: 'now >= timestamp("2026-03-02T11:00:00Z")', do: [send: {template: a}]}
  - {id: early, phase: p, class: service, on: Product Viewed, cancelIf: 'now > timestamp("2026-03-02T11:00:00Z")', do: [send: {template: a}]}
  - {id: goal, phase: p, class: service, on: Order Completed, key: event.order_id, goal: {on: Product Reviewed, within: 1d}, do: [send: {template: a}]}
`)
	started := engineStart.Add(time.Hour)
	event := func(name string, after time.Duration, properties map[string]any) Event {
		return Event{Type: TypeTrack, Name: name, Timestamp: started.Add(after), Properties: properties}
	}
	stale := event("Product Viewed", time.Hour, map[string]any{"price": 11.0})
	stale.Age = 25 * time.Hour
	spent := func(total float64) Event {
		return event("Order Completed", time.Hour, map[string]any{"order_id": "A9", "total": total})
	}
	tests := map[string]struct {
		touchpoint, key string
		ended           Reason
		spentBefore     float64
		unseen          []Event
		want            Reason
	}{
		"nothing came":                      {touchpoint: "keyed", key: "A1"},
		"the run has ended":                 {touchpoint: "keyed", key: "A1", ended: ReasonCancelled, want: ReasonCancelled},
		"the touchpoint is gone":            {touchpoint: "removed", want: ReasonGone},
		"cancel with the key":               {touchpoint: "keyed", key: "A1", unseen: []Event{event("Order Returned", time.Hour, map[string]any{"order_id": "A1"})}, want: ReasonCancelled},
		"cancel with the key, stamped old":  {touchpoint: "keyed", key: "A1", unseen: []Event{event("Order Returned", -time.Hour, map[string]any{"order_id": "A1"})}, want: ReasonCancelled},
		"cancel with the key as a number":   {touchpoint: "keyed", key: "7", unseen: []Event{event("Order Returned", time.Hour, map[string]any{"order_id": 7.0})}, want: ReasonCancelled},
		"cancel with another key":           {touchpoint: "keyed", key: "A1", unseen: []Event{event("Order Returned", time.Hour, map[string]any{"order_id": "A2"})}},
		"cancel without a key":              {touchpoint: "keyed", key: "A1", unseen: []Event{event("Order Returned", time.Hour, nil)}},
		"the second event cancels":          {touchpoint: "keyed", key: "A1", unseen: []Event{event("Page Liked", time.Hour, nil), event("Order Returned", time.Hour, map[string]any{"order_id": "A1"})}, want: ReasonCancelled},
		"another event with the key":        {touchpoint: "keyed", key: "A1", unseen: []Event{event("Order Delivered", time.Hour, map[string]any{"order_id": "A1"})}},
		"trigger again":                     {touchpoint: "keyed", key: "A1", unseen: []Event{event("Order Completed", time.Hour, map[string]any{"order_id": "A1"})}},
		"unkeyed cancel":                    {touchpoint: "unkeyed", unseen: []Event{event("Order Completed", time.Hour, nil)}, want: ReasonCancelled},
		"unkeyed cancel, same instant":      {touchpoint: "unkeyed", unseen: []Event{event("Order Completed", 0, nil)}, want: ReasonCancelled},
		"unkeyed cancel, stamped before":    {touchpoint: "unkeyed", unseen: []Event{event("Order Completed", -time.Second, nil)}},
		"newer trigger restarts":            {touchpoint: "restart", unseen: []Event{event("Product Viewed", time.Hour, map[string]any{"price": 11.0})}, want: ReasonRestarted},
		"older trigger does not":            {touchpoint: "restart", unseen: []Event{event("Product Viewed", -time.Hour, map[string]any{"price": 11.0})}},
		"one of the same instant does":      {touchpoint: "restart", unseen: []Event{event("Product Viewed", 0, map[string]any{"price": 11.0})}, want: ReasonRestarted},
		"nor one whose condition fails":     {touchpoint: "restart", unseen: []Event{event("Product Viewed", time.Hour, map[string]any{"price": 10.0})}},
		"nor one whose condition errs":      {touchpoint: "restart", unseen: []Event{event("Product Viewed", time.Hour, nil)}},
		"nor a stale one":                   {touchpoint: "restart", unseen: []Event{stale}},
		"keyed restart":                     {touchpoint: "restart-keyed", key: "P1", unseen: []Event{event("Product Added", time.Hour, map[string]any{"product_id": "P1"})}, want: ReasonRestarted},
		"keyed restart of another":          {touchpoint: "restart-keyed", key: "P1", unseen: []Event{event("Product Added", time.Hour, map[string]any{"product_id": "P2"})}},
		"cancelIf does not hold":            {touchpoint: "condition", unseen: []Event{spent(49)}},
		"cancelIf comes to hold":            {touchpoint: "condition", unseen: []Event{spent(50)}, want: ReasonCancelIf},
		"cancelIf by two events":            {touchpoint: "condition", spentBefore: 1, unseen: []Event{spent(49)}, want: ReasonCancelIf},
		"cancelIf after a change of phase":  {touchpoint: "phase", unseen: []Event{spent(1)}, want: ReasonCancelIf},
		"no restart within the cooldown":    {touchpoint: "cooldown", unseen: []Event{event("Product Viewed", 2*time.Hour, nil)}},
		"restart after the cooldown":        {touchpoint: "cooldown", unseen: []Event{event("Product Viewed", 3*time.Hour, nil)}, want: ReasonRestarted},
		"no keyed restart under a cooldown": {touchpoint: "cooldown-keyed", key: "A1", unseen: []Event{event("Order Delivered", 5*time.Hour, map[string]any{"order_id": "A1"})}},
		"goal reached":                      {touchpoint: "goal", key: "A1", unseen: []Event{event("Product Reviewed", time.Hour, map[string]any{"order_id": "A1"})}, want: ReasonGoalReached},
		"goal of another":                   {touchpoint: "goal", key: "A1", unseen: []Event{event("Product Reviewed", time.Hour, map[string]any{"order_id": "A2"})}},
		"cancelIf holds by now":             {touchpoint: "late", want: ReasonCancelIf},
		"cancelIf does not hold yet":        {touchpoint: "early"},
		"cancelIf holds already":            {touchpoint: "condition", spentBefore: 50, want: ReasonCancelIf},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := Run{
				ID: "r_1", Touchpoint: tt.touchpoint, Key: tt.key, Nth: 1, Status: RunActive, Step: "send-1",
				Trigger:   event("Product Viewed", 0, map[string]any{"price": 50.0}),
				StartedAt: started, EnteredAt: started, MessageID: "m_1",
			}
			if tt.ended != "" {
				run.Status, run.Reason = RunEnded, tt.ended
			}
			state := State{CustomerID: "c-1", Facts: agreeable()}
			state.Facts.TotalSpent = tt.spentBefore
			got, err := m.Unwanted(LastLook{State: state, Run: run, Class: Marketing, Unseen: tt.unseen, Now: started.Add(time.Hour)})
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

// TestUnwantedKnowsTheRhythm asks about a mail that a decision planned because of when the next order is expected: the last
// look must expect the same.
func TestUnwantedKnowsTheRhythm(t *testing.T) {
	t.Parallel()
	m := parseMap(t, `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: again, phase: p, class: service, on: Product Viewed, cancelIf: 'now < customer.next_order_expected - duration("72h")', do: [send: {template: a}]}
`)
	now := engineStart.Add(39 * day)
	look := LastLook{
		State: State{Facts: Facts{LastOrderAt: engineStart, Orders: 1, Consents: map[Class]Consent{Service: {Given: true}}}},
		Run:   Run{ID: "r", Touchpoint: "again", Status: RunActive, StartedAt: now, EnteredAt: now},
		Class: Service, Now: now,
	}
	for meanGap, want := range map[time.Duration]Reason{40 * day: "", 90 * day: ReasonCancelIf} {
		look.Rhythm = Rhythm{MeanGap: meanGap, Strength: 2}
		got, err := m.Unwanted(look)
		require.NoError(t, err)
		require.Equal(t, want, got, meanGap)
	}
}
