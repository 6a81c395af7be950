package journey

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func identify(traits map[string]any) Event {
	return Event{Type: TypeIdentify, Name: TypeIdentify, Timestamp: engineStart, Traits: traits}
}

func ordered(properties map[string]any) Event {
	return Event{Type: TypeTrack, Name: OrderCompleted, Timestamp: engineStart, Properties: properties}
}

func about(name, orderID string) Event {
	return Event{Type: TypeTrack, Name: name, Timestamp: engineStart, Properties: map[string]any{"order_id": orderID}}
}

func learnAll(events ...Event) Facts {
	var f Facts
	for _, e := range events {
		f = f.learn(e)
	}
	return f
}

func TestLearnTraits(t *testing.T) {
	t.Parallel()
	page := func(context map[string]any) Event {
		return Event{Type: TypePage, Name: TypePage, Timestamp: engineStart, Context: context}
	}
	tests := map[string]struct {
		events []Event
		traits map[string]any
		locale string
	}{
		"none":                      {events: []Event{page(nil)}},
		"newest wins":               {events: []Event{identify(map[string]any{"a": 1.0, "b": 1.0}), identify(map[string]any{"b": 2.0})}, traits: map[string]any{"a": 1.0, "b": 2.0}},
		"null takes away":           {events: []Event{identify(map[string]any{"a": 1.0, "b": 1.0}), identify(map[string]any{"b": nil})}, traits: map[string]any{"a": 1.0}},
		"context of any event":      {events: []Event{page(map[string]any{"traits": map[string]any{"a": 1.0}})}, traits: map[string]any{"a": 1.0}},
		"group describes no person": {events: []Event{{Type: TypeGroup, Name: TypeGroup, Timestamp: engineStart, Traits: map[string]any{"a": 1.0}}}},
		"locale of the browser":     {events: []Event{page(map[string]any{"locale": "nl-NL"})}, locale: "nl-NL"},
		"newer browser":             {events: []Event{page(map[string]any{"locale": "nl-NL"}), page(map[string]any{"locale": "de"}), page(nil)}, locale: "de"},
		"own choice before browser": {events: []Event{identify(map[string]any{"locale": "fr"}), page(map[string]any{"locale": "de"})}, traits: map[string]any{"locale": "fr"}, locale: "fr"},
		"locale that is no text":    {events: []Event{identify(map[string]any{"locale": 5.0})}, traits: map[string]any{"locale": 5.0}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := learnAll(tt.events...)
			require.Equal(t, tt.traits, f.Traits)
			require.Equal(t, tt.locale, f.Locale)
		})
	}
}

func TestLearnOrders(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		events []Event
		orders int64
		spent  float64
		status []string
	}{
		"one":                    {[]Event{ordered(map[string]any{"order_id": "A1", "total": 49.95})}, 1, 49.95, []string{"completed"}},
		"repeated":               {[]Event{ordered(map[string]any{"order_id": "A1", "total": 5.0}), ordered(map[string]any{"order_id": "A1", "total": 5.0})}, 1, 5, []string{"completed"}},
		"repeated as a number":   {[]Event{ordered(map[string]any{"order_id": "12", "total": 5.0}), ordered(map[string]any{"order_id": 12.0, "total": 5.0})}, 1, 5, []string{"completed"}},
		"without ids":            {[]Event{ordered(map[string]any{"total": 5.0}), ordered(map[string]any{"total": 5.0})}, 2, 10, []string{"completed", "completed"}},
		"total as text":          {[]Event{ordered(map[string]any{"order_id": "A1", "total": "49.95"})}, 1, 49.95, []string{"completed"}},
		"revenue, then value":    {[]Event{ordered(map[string]any{"revenue": 5.0, "value": 7.0}), ordered(map[string]any{"value": 7.0})}, 2, 12, []string{"completed", "completed"}},
		"total that is no total": {[]Event{ordered(map[string]any{"order_id": "A1", "total": []any{1.0}, "revenue": "much"})}, 1, 0, []string{"completed"}},
		"not a number":           {[]Event{ordered(map[string]any{"total": "NaN"}), ordered(map[string]any{"total": "-Inf"})}, 2, 0, []string{"completed", "completed"}},
		"more than a number":     {[]Event{ordered(map[string]any{"total": 1e308}), ordered(map[string]any{"total": 1e308})}, 2, 1e308, []string{"completed", "completed"}},
		"returned":               {[]Event{ordered(map[string]any{"order_id": "A1", "total": 5.0}), ordered(map[string]any{"order_id": "A2"}), about(OrderReturned, "A1")}, 2, 5, []string{"returned", "completed"}},
		"delivered, refunded":    {[]Event{ordered(map[string]any{"order_id": "A1"}), about(OrderDelivered, "A1"), about(OrderRefunded, "A1")}, 0, 0, []string{"refunded"}},
		"of no known order":      {[]Event{ordered(map[string]any{"total": 1.0}), about(OrderReturned, "A7"), about(OrderReturned, "")}, 1, 1, []string{"completed"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := learnAll(tt.events...)
			require.Equal(t, tt.orders, f.Orders)
			require.InDelta(t, tt.spent, f.TotalSpent, 1e-9)
			var status []string
			for _, o := range f.RecentOrders {
				status = append(status, o.Status)
			}
			require.Equal(t, tt.status, status)
			_, err := json.Marshal(f)
			require.NoError(t, err, "facts that cannot be written would hold up the customer for ever")
		})
	}
}

func TestLearnRemembersTwentyOrders(t *testing.T) {
	t.Parallel()
	var f Facts
	for i := range 25 {
		f = f.learn(ordered(map[string]any{"order_id": fmt.Sprint(i), "total": 1.0}))
	}
	require.Equal(t, int64(25), f.Orders)
	require.Len(t, f.RecentOrders, 20)
	require.Equal(t, "5", f.RecentOrders[0].ID)
	require.Equal(t, "24", f.RecentOrders[19].ID)
}

func TestLearnInstants(t *testing.T) {
	t.Parallel()
	at := func(after time.Duration) Event {
		e := ordered(nil)
		e.Timestamp = engineStart.Add(after)
		return e
	}
	f := learnAll(at(time.Hour), at(3*time.Hour), at(2*time.Hour), at(0))
	require.Equal(t, engineStart, f.FirstSeen)
	require.Equal(t, engineStart, f.FirstOrderAt)
	require.Equal(t, engineStart.Add(3*time.Hour), f.LastSeen)
	require.Equal(t, engineStart.Add(3*time.Hour), f.LastOrderAt)
}

func TestLearnLeavesTheFormerFacts(t *testing.T) {
	t.Parallel()
	before := learnAll(identify(map[string]any{"a": 1.0}), ordered(map[string]any{"order_id": "A1"}))
	before.RecentOrders = slices.Grow(before.RecentOrders, 5)
	traits, orders := maps.Clone(before.Traits), append([]Order{}, before.RecentOrders...)
	before.learn(identify(map[string]any{"a": 2.0, "b": 1.0}))
	before.learn(about(OrderReturned, "A1"))
	before.learn(ordered(map[string]any{"order_id": "A2"}))
	require.Equal(t, traits, before.Traits)
	require.Equal(t, orders, before.RecentOrders)
	require.Equal(t, Order{}, before.RecentOrders[:2][1], "nor is what lies behind it written to")
}

func TestEmail(t *testing.T) {
	t.Parallel()
	require.Equal(t, "jo@example.com", learnAll(identify(map[string]any{"email": "jo@example.com"})).Email())
	require.Empty(t, learnAll(identify(map[string]any{"email": 5.0})).Email())
	require.Empty(t, Facts{}.Email())
}

func TestChangesFacts(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		OrderCompleted, OrderFulfilled, OrderDelivered, OrderReturned, OrderRefunded, OrderCancelled, SurveyAnswered,
		ConsentGiven, ConsentWithdrawn, TaskCreated, TaskCompleted,
	} {
		require.True(t, changesFacts(told(1, name, nil)), name)
	}
	require.False(t, changesFacts(told(1, "Product Viewed", nil)))
	require.False(t, changesFacts(visit(1, map[string]any{"locale": "nl", "page": map[string]any{"url": "https://shop.example/?a=1"}})))
	require.True(t, changesFacts(visit(1, map[string]any{"traits": map[string]any{}})))
	require.True(t, changesFacts(identified(1, nil)))
}
