package journey

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// FuzzLearn tells events with whatever JSON in them, and demands that the facts can be written, read and used.
func FuzzLearn(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"order_id":"A1","total":"12.50","products":[{"category":"tea","quantity":"2","price":-1}]}`,
		`{"order_id":1e300,"total":1e308,"products":[[],{"name":[]},{"quantity":1e308,"price":1e308}],"currency":{}}`,
		`{"survey":"nps","score":"9","class":["all"],"classes":{},"task_id":[1]}`,
		`{"campaign":{"source":{}},"page":{"url":"?utm_source=%00%ff","search":7},"traits":{"marketing_consent":true,"address":[]}}`,
		`{"campaign":7,"page":[],"traits":[],"timezone":{},"location":{"country":0}}`,
	} {
		f.Add(text, text, 0.5)
	}
	names := []string{
		OrderCompleted, OrderFulfilled, OrderRefunded, OrderReturned, OrderCancelled, SurveyAnswered, ConsentGiven,
		ConsentWithdrawn, TaskCreated, TaskCompleted, TypePage, TypeIdentify,
	}
	f.Fuzz(func(t *testing.T, one, two string, days float64) {
		var parts [2]map[string]any
		if json.Unmarshal([]byte(one), &parts[0]) != nil || json.Unmarshal([]byte(two), &parts[1]) != nil || !(days > -1e5 && days < 1e5) {
			return
		}
		s := &State{}
		for _, part := range parts {
			for i, name := range names {
				e := told(days, name, part)
				e.Context, e.Traits = parts[i%2], part
				if name == TypeIdentify {
					e.Type = name
				}
				s.Facts = s.Facts.learn(e)
			}
		}
		text, err := json.Marshal(s.Facts)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &Facts{}))
		require.GreaterOrEqual(t, s.Facts.Orders, int64(0))
		c := s.customerAt(engineStart, Rhythm{})
		require.Equal(t, c.LastOrderAt.IsZero(), c.NextOrderExpected.IsZero())
		require.Equal(t, c.Orders == 0, c.LastOrderAt.IsZero())
	})
}

// TestPropertyLearn tells the same events in two orders, and some of them twice. Traits are left out: of them the one that
// arrives last counts.
func TestPropertyLearn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, earlyChanges).Draw(t, "n")
		events := make([]Event, n)
		for i := range events {
			events[i] = anyEvent(t, i)
		}
		shuffled := rapid.Permutation(events).Draw(t, "shuffled")
		again := rapid.SliceOf(rapid.SampledFrom(events)).Draw(t, "again")
		once, twice := learnAll(events...), learnAll(shuffled...)
		require.JSONEq(t, orderless(t, once), orderless(t, twice))
		require.JSONEq(t, orderless(t, twice), orderless(t, learnAll(append(slices.Clone(shuffled), again...)...)))
	})
}

func anyEvent(t *rapid.T, i int) Event {
	name := rapid.SampledFrom([]string{
		OrderCompleted, OrderDelivered, OrderRefunded, OrderReturned, OrderCancelled, SurveyAnswered, ConsentGiven,
		ConsentWithdrawn, TaskCreated, TaskCompleted, TypePage,
	}).Draw(t, "name")
	id := rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "id")
	days := rapid.Float64Range(-100, 100).Draw(t, "days")
	if name == OrderCompleted {
		// An order has one completion: the same whenever it is told.
		days = float64(id[0])
		return bought(days, id, days, "of "+id)
	}
	e := told(days+float64(i)/1e6, name, map[string]any{
		"order_id": id, "task_id": id, "survey": id, "score": float64(i), "class": rapid.SampledFrom([]string{"service", "all"}).Draw(t, "class"),
	})
	if rapid.Bool().Draw(t, "part") {
		e.Properties["total"] = float64(rapid.IntRange(0, 8000).Draw(t, "cents")) / 100
	}
	if name == TypePage {
		e.Context = map[string]any{"campaign": map[string]any{"source": id}}
	}
	return e
}

// orderless returns what is written of facts, without the order in which refunds, tasks and early changes arrived.
func orderless(t *rapid.T, f Facts) string {
	f.RecentOrders = slices.Clone(f.RecentOrders)
	for i := range f.RecentOrders {
		f.RecentOrders[i].Refunds = slices.SortedFunc(slices.Values(f.RecentOrders[i].Refunds), func(a, b Refund) int { return a.At.Compare(b.At) })
	}
	f.EarlyChanges = slices.SortedFunc(slices.Values(f.EarlyChanges), func(a, b OrderChange) int {
		return slices.Compare([]string{a.ID, a.Status, a.Refund.At.String()}, []string{b.ID, b.Status, b.Refund.At.String()})
	})
	f.OpenTaskIDs = slices.Sorted(slices.Values(f.OpenTaskIDs))
	f.DoneTaskIDs = slices.Sorted(slices.Values(f.DoneTaskIDs))
	text, err := json.Marshal(f)
	require.NoError(t, err)
	return string(text)
}

func BenchmarkLearn(b *testing.B) {
	f := knownCustomer().Facts
	benches := map[string]Event{
		"page": visit(1, map[string]any{"locale": "nl", "timezone": "Europe/Amsterdam", "page": map[string]any{
			"url": "https://shop.example/tea?sort=price", "search": "?sort=price", "title": "Tea",
		}}),
		"campaign": visit(1, map[string]any{"page": map[string]any{"url": "https://shop.example/tea?utm_source=mail&utm_medium=email"}}),
		"order":    bought(1, "A9", 49.95, "tea", "mug", "tea"),
	}
	for name, e := range benches {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.learn(e)
			}
		})
	}
}
