package backtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/backtest"
	"klantreis/journey"
)

var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func at(days int) time.Time { return begin.Add(time.Duration(days) * 24 * time.Hour) }

const today = `
phases: [{id: purchase, enter: [{on: Order Completed}]}, {id: care, enter: [{on: Order Delivered}]}]
touchpoints:
  - {id: confirmation, phase: purchase, class: transactional, on: Order Completed, key: event.order_id, do: [send: {template: confirmation}]}
  - {id: review, phase: care, class: service, on: Order Delivered, key: event.order_id, cancel: [Order Returned], do: [wait: 7d, send: {template: review}]}
  - {id: old, phase: care, class: service, on: Order Returned, do: [send: {template: sorry}]}
`

const tomorrow = `
phases: [{id: purchase, enter: [{on: Order Completed}]}, {id: care, enter: [{on: Order Delivered}]}]
touchpoints:
  - {id: confirmation, phase: purchase, class: transactional, on: Order Completed, key: event.order_id, do: [send: {template: confirmation}]}
  - {id: review, phase: care, class: service, on: Order Delivered, if: event.total >= 50.0, key: event.order_id, cancel: [Order Returned], do: [wait: 7d, send: {template: review}]}
  - {id: new, phase: care, class: service, on: Order Delivered, holdout: 50%, do: [send: {template: thanks}]}
`

func parse(t testing.TB, text string) *journey.Map {
	t.Helper()
	const head = "journey: test\nshop: {name: Shop, email: shop@example.com}\n"
	m, problems := journey.Parse([]journey.Source{{Name: "head.yaml", Data: []byte(head)}, {Name: "map.yaml", Data: []byte(text)}})
	require.Empty(t, problems.Errors())
	return m
}

// shop is n customers: each orders on a day of their own, every third returns the order.
func shop(n int) iter.Seq2[backtest.Customer, error] {
	return func(yield func(backtest.Customer, error) bool) {
		for i := range n {
			user := fmt.Sprint("user-", i)
			c := backtest.Customer{ID: user, UserID: user, Events: func() ([]journey.Event, error) { return story(i), nil }}
			if !yield(c, nil) {
				return
			}
		}
	}
}

func story(i int) []journey.Event {
	day := i % 10
	properties := map[string]any{"order_id": fmt.Sprint("A", i), "total": float64(i % 100)}
	event := func(name string, day int) journey.Event {
		return journey.Event{Type: journey.TypeTrack, Name: name, UserID: "u", Timestamp: at(day), Properties: properties}
	}
	known := journey.Event{
		Type: journey.TypeIdentify, Name: journey.TypeIdentify, UserID: "u", Timestamp: at(day),
		Traits: map[string]any{"email": "jo@example.com", "service_consent": true},
	}
	events := []journey.Event{known, event("Order Completed", day), event("Order Delivered", day+2)}
	if i%3 == 0 {
		events = append(events, event("Order Returned", day+5))
	}
	return events
}

func TestReport(t *testing.T) {
	t.Parallel()
	played := 0
	r, err := backtest.Run(t.Context(), backtest.Options{
		Map: parse(t, today), Customers: shop(30), Until: at(60), Progress: func(events int) { played += events },
	})
	require.NoError(t, err)
	require.Equal(t, 100, played)
	kinds := func(id string, counts map[journey.DecisionKind]map[journey.Reason]int, sent int, busiest backtest.Hour) backtest.Touchpoint {
		started := counts[journey.DecidedStart][journey.ReasonTriggered]
		return backtest.Touchpoint{ID: id, Started: started, Sent: sent, People: sent, Busiest: busiest, Decisions: counts}
	}
	require.Equal(t, backtest.Report{
		Until: at(60), Customers: 30, Events: 100,
		Map: backtest.Result{
			Journey: "test", Started: 70, Sent: 60, People: 30, Busiest: backtest.Hour{From: at(9), Sent: 6},
			Touchpoints: []backtest.Touchpoint{
				kinds("confirmation", counts{
					"start": {"triggered": 30}, "send": {"due": 30}, "sent": {"sent": 30}, "end": {"completed": 30},
				}, 30, backtest.Hour{From: at(0), Sent: 3}),
				kinds("review", counts{
					"start": {"triggered": 30}, "send": {"due": 20}, "sent": {"sent": 20}, "end": {"completed": 20, "cancelled-by": 10},
				}, 20, backtest.Hour{From: at(9), Sent: 2}),
				kinds("old", counts{
					"start": {"triggered": 10}, "send": {"due": 10}, "sent": {"sent": 10}, "end": {"completed": 10},
				}, 10, backtest.Hour{From: at(5), Sent: 1}),
			},
		},
	}, r)
}

type counts = map[journey.DecisionKind]map[journey.Reason]int

func TestOnlyTheTimeAskedForCounts(t *testing.T) {
	t.Parallel()
	r, err := backtest.Run(t.Context(), backtest.Options{Map: parse(t, today), Customers: shop(30), Since: at(5), Until: at(10)})
	require.NoError(t, err)
	require.Equal(t, 15, r.Map.Touchpoints[0].Sent, "those of the days 5 to 9")
	require.Equal(t, 2*2, r.Map.Touchpoints[1].Sent, "those delivered on the days 2 and 3, sent a week later, of which each third returned")
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	r, err := backtest.Run(t.Context(), backtest.Options{
		Map: parse(t, tomorrow), Against: parse(t, today), Customers: shop(200), Until: at(60),
	})
	require.NoError(t, err)
	require.Len(t, r.Differences, 3, "confirmation is the same")
	review, added, removed := r.Differences[0], r.Differences[1], r.Differences[2]
	require.Equal(t, backtest.Difference{
		Touchpoint: "review", Started: -100, Sent: -67,
		Lost: backtest.People{Count: 67, Examples: []string{"user-1", "user-2", "user-4", "user-5", "user-7"}},
	}, review)
	require.Equal(t, "new", added.Touchpoint)
	require.Equal(t, "map", added.OnlyIn)
	require.Equal(t, 200, added.Started)
	require.Equal(t, added.Sent, added.Gained.Count)
	require.Len(t, added.Gained.Examples, 5)
	require.Equal(t, backtest.Difference{
		Touchpoint: "old", OnlyIn: "against", Started: -67, Sent: -67,
		Lost: backtest.People{Count: 67, Examples: []string{"user-0", "user-3", "user-6", "user-9", "user-12"}},
	}, removed)
	require.Equal(t, 200, r.Map.Touchpoints[2].Decisions["noSend"]["holdout"]+added.Sent)
	require.Equal(t, r.Map.Sent-r.Against.Sent, r.More.Messages-r.Fewer.Messages)
	require.Equal(t, r.More.Messages, r.More.People, "whoever gets the new mail and loses none")
	require.Positive(t, r.More.People)
	require.Positive(t, r.Fewer.People)
}

// TestATouchpointWithAnotherNameIsTheSame renames one, and compares either way.
func TestATouchpointWithAnotherNameIsTheSame(t *testing.T) {
	t.Parallel()
	renamed := strings.Replace(today, "{id: review, phase: care", "{id: opinion, was: [review], phase: care", 1)
	run := func(m, against string) backtest.Report {
		r, err := backtest.Run(t.Context(), backtest.Options{Map: parse(t, m), Against: parse(t, against), Customers: shop(30), Until: at(60)})
		require.NoError(t, err)
		return r
	}
	require.Empty(t, run(renamed, today).Differences)
	require.Empty(t, run(today, renamed).Differences)
	slower := strings.Replace(renamed, "on: Order Delivered, key", "on: Order Delivered, if: event.total >= 10.0, key", 1)
	require.Equal(t, []backtest.Difference{{
		Touchpoint: "opinion", Was: "review", Started: -10, Sent: -6,
		Lost: backtest.People{Count: 6, Examples: []string{"user-1", "user-2", "user-4", "user-5", "user-7"}},
	}}, run(slower, today).Differences)
}

// TestTheReportDoesNotDependOnTheWorkers compares the reports byte for byte.
func TestTheReportDoesNotDependOnTheWorkers(t *testing.T) {
	t.Parallel()
	var first string
	for _, workers := range []int{1, 2, 8} {
		for range 3 {
			r, err := backtest.Run(t.Context(), backtest.Options{
				Map: parse(t, tomorrow), Against: parse(t, today), Customers: shop(500), Until: at(60), Workers: workers,
			})
			require.NoError(t, err)
			text, err := json.Marshal(r)
			require.NoError(t, err)
			if first == "" {
				first = string(text)
			}
			require.Equal(t, first, string(text), "%d workers", workers)
		}
	}
}

func TestTheFirstErrorEndsIt(t *testing.T) {
	t.Parallel()
	lost := errors.New("lost")
	tests := map[string]iter.Seq2[backtest.Customer, error]{
		"no more customers": func(yield func(backtest.Customer, error) bool) { yield(backtest.Customer{}, lost) },
		"no events": func(yield func(backtest.Customer, error) bool) {
			for yield(backtest.Customer{UserID: "u", Events: func() ([]journey.Event, error) { return nil, lost }}, nil) {
			}
		},
	}
	for name, customers := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := backtest.Run(t.Context(), backtest.Options{Map: parse(t, today), Customers: customers, Until: at(1)})
			require.ErrorIs(t, err, lost)
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := backtest.Run(ctx, backtest.Options{Map: parse(t, today), Customers: shop(1000), Until: at(1)})
	require.ErrorIs(t, err, context.Canceled)
}
