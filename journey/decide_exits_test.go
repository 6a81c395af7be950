package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestCancelIfSeesThePhaseAtOnce moves a customer into the phase in which nobody is to be called.
func TestCancelIfSeesThePhaseAtOnce(t *testing.T) {
	t.Parallel()
	x := newEdited(t, `
phases: [{id: p, enter: [{on: Quote Requested}]}, {id: q, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: tp, phase: p, channel: phone, on: Quote Requested, cancelIf: customer.phase == "q", do: [{wait: 7d}, {task: {title: Call}}]}`)
	x.ev("Quote Requested", nil)
	x.at(24 * time.Hour)
	x.ev("Order Completed", nil)
	require.Equal(t, RunEnded, x.state.Runs[0].Status)
	x.at(30 * 24 * time.Hour)
}

func TestAClickIsNoGoalOfAnotherMail(t *testing.T) {
	t.Parallel()
	x := newEdited(t, `
phases: [{id: p, enter: [{on: A}]}]
touchpoints:
  - {id: one, phase: p, class: service, on: A, goal: {on: Message Clicked, within: 7d}, do: [{send: {template: a}}, {wait: 5d}, {send: {template: c}}]}
  - {id: two, phase: p, class: service, on: A, do: [{send: {template: b}}]}`)
	x.ev("A", nil)
	x.at(time.Hour)
	var two string
	for _, r := range x.state.Runs {
		if r.Touchpoint == "two" {
			two = r.ID
		}
	}
	x.ev("Message Clicked", map[string]any{"run_id": two, "touchpoint": "two", "message_id": "m"})
	x.at(10 * 24 * time.Hour)
	require.Len(t, x.mails, 3)
}

// TestByAnyCountsEveryEvent waits for an order of any number, and aims at one.
func TestByAnyCountsEveryEvent(t *testing.T) {
	t.Parallel()
	x := newEdited(t, `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: quote, phase: p, class: service, on: Quote Requested, key: event.quote_id, do: [{waitFor: {on: Order Completed, by: any, for: 7d}, do: [{send: {template: thanks}}], else: [{send: {template: remind}}]}]}
  - {id: aim, phase: p, class: service, on: Quote Requested, key: event.quote_id, goal: {on: Order Completed, by: any, within: 7d}, do: [{wait: 3d}, {send: {template: late}}]}
`)
	x.ev("Quote Requested", map[string]any{"quote_id": "Q1"})
	x.at(24 * time.Hour)
	x.ev("Order Completed", map[string]any{"order_id": "A1"})
	x.at(30 * 24 * time.Hour)
	require.Equal(t, []string{"24h0m0s thanks"}, x.mails)
}

// TestAnAnswerIsAboutTheRunThatAsked keys the run by something that the answer does not tell.
func TestAnAnswerIsAboutTheRunThatAsked(t *testing.T) {
	t.Parallel()
	x := newEdited(t, `
phases: [{id: p, enter: [{on: Quote Requested}]}]
touchpoints:
  - {id: tp, phase: p, class: service, on: Quote Requested, key: event.quote_id, do: [{waitFor: {on: Survey Answered, for: 7d}, do: [{send: {template: thanks}}]}]}
`)
	x.ev("Quote Requested", map[string]any{"quote_id": "Q1"})
	x.ev("Quote Requested", map[string]any{"quote_id": "Q2"})
	x.at(24 * time.Hour)
	x.ev("Survey Answered", map[string]any{"run_id": x.state.Runs[1].ID, "score": 9.0})
	require.Equal(t, []RunStatus{RunActive, RunEnded}, []RunStatus{x.state.Runs[0].Status, x.state.Runs[1].Status})
	require.Equal(t, []string{"24h0m0s thanks"}, x.mails)
}

// TestAnEndThatArrivesBeforeItsTrigger lets what ends a run reach us before its trigger, stamped before, at or after it.
func TestAnEndThatArrivesBeforeItsTrigger(t *testing.T) {
	t.Parallel()
	const (
		keyed  = ", key: event.order_id"
		cancel = ", cancel: [Order Returned]"
		goal   = ", goal: {on: Order Returned, within: 14d}"
	)
	tests := map[string]struct {
		words  string
		lead   time.Duration // by which it is older than the trigger
		reason Reason        // empty when the run begins
	}{
		"keyed, older":           {keyed + cancel, 5 * time.Hour, ReasonCancelled},
		"keyed, younger":         {keyed + cancel, -time.Hour, ReasonCancelled},
		"unkeyed, older":         {cancel, time.Microsecond, ""},
		"unkeyed, same":          {cancel, 0, ReasonCancelled},
		"unkeyed, younger":       {cancel, -time.Hour, ReasonCancelled},
		"goal, keyed, younger":   {keyed + goal, -time.Hour, ReasonGoalReached},
		"goal, keyed, older":     {keyed + goal, time.Hour, ""},
		"goal, unkeyed, younger": {goal, -time.Hour, ReasonGoalReached},
		"goal, of another order": {keyed + ", goal: {on: Order Returned, by: event.other, within: 14d}", -time.Hour, ""},
		"goal, if it is another": {keyed + ", goal: {on: Order Returned, if: event.total > 1, within: 14d}", -time.Hour, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newEdited(t, "phases: [{id: p, enter: [{on: A}]}]\n"+
				"touchpoints: [{id: tp, phase: p, class: service, on: Order Completed"+tt.words+", do: [{wait: 1d}, {send: {template: a}}]}]\n")
			x.at(10 * time.Hour)
			order, trigger := map[string]any{"order_id": "1"}, x.now.Add(-2*time.Hour)
			x.store(Event{Type: TypeTrack, Name: "Order Returned", Timestamp: trigger.Add(-tt.lead), Age: 2*time.Hour + tt.lead, Properties: order})
			x.decide()
			x.store(Event{Type: TypeTrack, Name: OrderCompleted, Timestamp: trigger, Age: 2 * time.Hour, Properties: order})
			x.decide()
			x.at(20 * day)
			if tt.reason == "" {
				require.Len(t, x.mails, 1)
				return
			}
			require.Empty(t, x.mails)
			require.Equal(t, 1, x.reasons(DecidedNoStart, tt.reason))
		})
	}
}
