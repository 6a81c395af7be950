package journey

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// told is an event of so many days after the start.
func told(days float64, name string, properties map[string]any) Event {
	at := engineStart.Add(time.Duration(days * float64(day)))
	return Event{Type: TypeTrack, Name: name, Timestamp: at, Properties: properties}
}

func refund(days float64, order string, total any) Event {
	properties := map[string]any{"order_id": order}
	if total != nil {
		properties["total"] = total
	}
	return told(days, OrderRefunded, properties)
}

func bought(days float64, order string, total float64, categories ...string) Event {
	products := make([]any, len(categories))
	for i, category := range categories {
		products[i] = map[string]any{"category": category}
	}
	return told(days, OrderCompleted, map[string]any{"order_id": order, "total": total, "products": products})
}

func TestLearnWhatBecomesOfOrders(t *testing.T) {
	t.Parallel()
	a, b := bought(1, "A", 30, "tea"), bought(5, "B", 20, "tea", "mug")
	tests := map[string]struct {
		events      []Event
		orders      int64
		spent       float64
		first, last float64 // days, or 0
		status      string  // of A
		favourite   string
		gaps        int64
	}{
		"two":                             {[]Event{a, b}, 2, 50, 1, 5, "completed", "tea", 1},
		"one cancelled":                   {[]Event{a, b, told(6, OrderCancelled, map[string]any{"order_id": "A"})}, 1, 20, 5, 5, "cancelled", "mug", 0},
		"the last cancelled":              {[]Event{a, b, told(6, OrderCancelled, map[string]any{"order_id": "B"})}, 1, 30, 1, 1, "completed", "tea", 0},
		"both cancelled":                  {[]Event{a, b, told(6, OrderCancelled, map[string]any{"order_id": "A"}), told(6, OrderCancelled, map[string]any{"order_id": "B"})}, 0, 0, 0, 0, "cancelled", "", 0},
		"refunded":                        {[]Event{a, b, refund(6, "A", nil)}, 1, 20, 5, 5, "refunded", "mug", 0},
		"refunded by amount":              {[]Event{a, b, refund(6, "A", 30.0)}, 1, 20, 5, 5, "refunded", "mug", 0},
		"refunded by more":                {[]Event{a, b, refund(6, "A", 31.0)}, 1, 20, 5, 5, "refunded", "mug", 0},
		"cancelled and refunded":          {[]Event{a, b, told(6, OrderCancelled, map[string]any{"order_id": "A"}), refund(6, "A", nil)}, 1, 20, 5, 5, "cancelled", "mug", 0},
		"partly refunded":                 {[]Event{a, b, refund(6, "A", 10.0)}, 2, 40, 1, 5, "completed", "tea", 1},
		"told as a negative amount":       {[]Event{a, b, refund(6, "A", -10.0)}, 2, 40, 1, 5, "completed", "tea", 1},
		"refunded by nothing":             {[]Event{a, b, refund(6, "A", 0.0)}, 2, 50, 1, 5, "completed", "tea", 1},
		"two parts":                       {[]Event{a, b, refund(6, "A", 10.0), refund(7, "A", 10.0)}, 2, 30, 1, 5, "completed", "tea", 1},
		"one part told twice":             {[]Event{a, b, refund(6, "A", 10.0), refund(6, "A", "10.00")}, 2, 40, 1, 5, "completed", "tea", 1},
		"parts make the whole":            {[]Event{a, b, refund(6, "A", 19.99), refund(7, "A", 10.01)}, 1, 20, 5, 5, "refunded", "mug", 0},
		"partly refunded, then cancelled": {[]Event{a, b, refund(6, "A", 10.0), told(7, OrderCancelled, map[string]any{"order_id": "A"})}, 1, 20, 5, 5, "cancelled", "mug", 0},
		"products refunded": {[]Event{a, b, told(6, OrderRefunded, map[string]any{"order_id": "A", "products": []any{
			map[string]any{"product_id": "p", "price": 2.5, "quantity": 2.0},
		}})}, 2, 45, 1, 5, "completed", "tea", 1},
		"returned":             {[]Event{a, b, told(6, OrderReturned, map[string]any{"order_id": "A"})}, 2, 50, 1, 5, "returned", "tea", 1},
		"delivered, partly":    {[]Event{a, b, refund(6, "A", 10.0), told(2, OrderDelivered, map[string]any{"order_id": "A"})}, 2, 40, 1, 5, "delivered", "tea", 1},
		"delivered, not known": {[]Event{a, b, told(2, OrderDelivered, map[string]any{"order_id": "C"}), told(2, OrderDelivered, nil)}, 2, 50, 1, 5, "completed", "tea", 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := learnAll(tt.events...)
			require.Equal(t, tt.orders, f.Orders)
			require.Equal(t, tt.spent, f.TotalSpent) //nolint:testifylint // it must be exact: conditions compare it with 0
			first, last := instantOf(tt.first), instantOf(tt.last)
			require.Equal(t, first, f.FirstOrderAt)
			require.Equal(t, last, f.LastOrderAt)
			require.Equal(t, tt.status, f.RecentOrders[0].Status)
			require.Equal(t, tt.favourite, f.FavouriteCategory)
			require.Equal(t, tt.gaps, f.Gaps().Count)

			draw := rand.New(rand.NewPCG(1, 2))
			for range 20 {
				events := append(slices.Clone(tt.events), tt.events[draw.IntN(len(tt.events))])
				draw.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
				requireSameOrders(t, f, learnAll(events...))
			}
		})
	}
}

func instantOf(days float64) time.Time {
	if days == 0 {
		return time.Time{}
	}
	return told(days, "", nil).Timestamp
}

// requireSameOrders compares facts but for the order in which refunds and early changes were told, and for when a
// category that is still bought was bought last: an order that was cancelled later may have been it.
func requireSameOrders(t *testing.T, want, got Facts) {
	t.Helper()
	tidy := func(f Facts) Facts {
		f.RecentOrders = slices.Clone(f.RecentOrders)
		for i := range f.RecentOrders {
			refunds := slices.Clone(f.RecentOrders[i].Refunds)
			slices.SortFunc(refunds, func(a, b Refund) int { return a.At.Compare(b.At) })
			f.RecentOrders[i].Refunds = refunds
		}
		categories := map[string]Bought{}
		for name, b := range f.Categories {
			categories[name] = Bought{Quantity: b.Quantity}
		}
		f.Categories, f.EarlyChanges = categories, nil
		return f
	}
	require.Equal(t, tidy(want), tidy(got))
}

func TestLearnLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 80)
	tests := map[string]struct {
		products any
		want     []Line
	}{
		"none":             {nil, nil},
		"no list":          {"p1", nil},
		"no products":      {[]any{1.0, "p1", nil, []any{}}, []Line{}},
		"all":              {[]any{map[string]any{"product_id": "p", "sku": "s", "name": "n", "category": "c", "quantity": 2.0, "price": 1.5}}, []Line{{ProductID: "p", SKU: "s", Name: "n", Category: "c", Quantity: 2, Price: 1.5}}},
		"numbers as texts": {[]any{map[string]any{"product_id": 7.0, "quantity": "2", "price": " 1.5 "}}, []Line{{ProductID: "7", Quantity: 2, Price: 1.5}}},
		"no numbers":       {[]any{map[string]any{"quantity": "many", "price": []any{}}}, []Line{{Quantity: 1}}},
		"not finite":       {[]any{map[string]any{"quantity": "Inf", "price": "NaN"}}, []Line{{Quantity: 1}}},
		"less than one":    {[]any{map[string]any{"quantity": -2.0}, map[string]any{"quantity": 0.5}}, []Line{{Quantity: 1}, {Quantity: 0.5}}},
		"long text":        {[]any{map[string]any{"name": long, "category": "x" + long}}, []Line{{Name: strings.Repeat("é", 50), Category: "x" + strings.Repeat("é", 49), Quantity: 1}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := learnAll(ordered(map[string]any{"order_id": "A1", "products": tt.products}))
			require.Equal(t, tt.want, f.RecentOrders[0].Lines)
		})
	}
}

func TestLearnForgetsOldLines(t *testing.T) {
	t.Parallel()
	products := make([]any, 70)
	for i := range products {
		products[i] = map[string]any{"product_id": fmt.Sprint(i), "category": fmt.Sprintf("%02d", i)}
	}
	var f Facts
	for i := range 7 {
		f = f.learn(told(float64(i), OrderCompleted, map[string]any{"order_id": fmt.Sprint(i), "products": products}))
	}
	for i, o := range f.RecentOrders {
		require.Len(t, o.Lines, map[bool]int{true: maxLines}[i >= 2])
	}
	require.Len(t, f.Categories, maxCategories)
	require.Equal(t, Bought{Quantity: 7, At: instantOf(6)}, f.Categories["00"])
	require.Equal(t, "00", f.FavouriteCategory, "of several with as many and as late the first by name")

	f = f.learn(bought(8, "8", 1, "new"))
	require.Len(t, f.Categories, maxCategories)
	require.NotContains(t, f.Categories, "00", "of several the first by name gives way")
	require.Contains(t, f.Categories, "new")
	f = f.learn(told(9, OrderCancelled, map[string]any{"order_id": "0"}))
	require.InDelta(t, 7, f.Categories["01"].Quantity, 0, "nobody knows any more what was in it")
}

func TestLearnLateOrders(t *testing.T) {
	t.Parallel()
	f := learnAll(bought(30, "C", 1), bought(10, "A", 1), bought(20, "B", 1), bought(20.1, "B2", 1))
	ids := func(f Facts) (ids []string) {
		for _, o := range f.RecentOrders {
			ids = append(ids, o.ID)
		}
		return ids
	}
	require.Equal(t, []string{"A", "B", "B2", "C"}, ids(f))
	require.Equal(t, Gaps{Count: 2, Days: 20, Until: instantOf(30)}, f.Gaps())
	for i := range 20 {
		f = f.learn(bought(100+float64(i), fmt.Sprint(i), 1))
	}
	require.Len(t, f.RecentOrders, recentOrders)
	require.Equal(t, Gaps{Count: 2, Days: 20, Until: instantOf(30)}, f.OlderGaps)
	require.Equal(t, Gaps{Count: 22, Days: 109, Until: instantOf(119)}, f.Gaps())
	require.Equal(t, int64(24), f.Orders)

	f = f.learn(bought(15, "late", 1))
	require.Equal(t, int64(25), f.Orders)
	require.Equal(t, int64(22), f.Gaps().Count)
	for i := range 20 {
		f = f.learn(told(200, OrderCancelled, map[string]any{"order_id": fmt.Sprint(i)}))
	}
	require.Equal(t, int64(5), f.Orders)
	require.Equal(t, instantOf(10), f.FirstOrderAt)
	require.Equal(t, instantOf(30), f.LastOrderAt)
}

func TestLearnForgetsEarlyChanges(t *testing.T) {
	t.Parallel()
	var f Facts
	for i := range 12 {
		for range 2 {
			f = f.learn(told(1, OrderDelivered, map[string]any{"order_id": fmt.Sprint(i)}))
		}
	}
	require.Len(t, f.EarlyChanges, earlyChanges)
	f = f.learn(bought(0, "0", 1)).learn(bought(0, "11", 1))
	require.Equal(t, []string{"completed", "delivered"}, []string{f.RecentOrders[0].Status, f.RecentOrders[1].Status})
	require.Len(t, f.EarlyChanges, earlyChanges-1)
}

func TestLearnBoundsRefunds(t *testing.T) {
	t.Parallel()
	f := learnAll(bought(1, "A", 100))
	for i := range 30 {
		f = f.learn(refund(float64(2+i), "A", 1.0))
	}
	require.Len(t, f.RecentOrders[0].Refunds, maxRefunds)
	require.InDelta(t, 80, f.TotalSpent, 0)
	f = f.learn(refund(2, "A", 5.0))
	require.InDelta(t, 76, f.TotalSpent, 0, "what is known of can still be told better")
}

// TestLearnFavouriteOfLateOrders has two categories of which as much was bought, and an older order that is told last.
func TestLearnFavouriteOfLateOrders(t *testing.T) {
	t.Parallel()
	f := learnAll(bought(9, "A", 1, "tea"), bought(5, "B", 1, "mug"), bought(6, "C", 1, "mug"), bought(1, "D", 1, "tea"))
	require.Equal(t, "tea", f.FavouriteCategory, "it was bought last, whatever was told last")
}

// TestAFreeOrderStands although a refund of nothing is as much as it cost.
func TestAFreeOrderStands(t *testing.T) {
	t.Parallel()
	f := Facts{}.learn(Event{Type: TypeTrack, Name: OrderCompleted, Timestamp: engineStart, Properties: map[string]any{"order_id": "1", "total": 0.0}})
	f = f.learn(Event{Type: TypeTrack, Name: OrderRefunded, Timestamp: engineStart.Add(time.Hour), Properties: map[string]any{"order_id": "1", "total": 0.0}})
	require.EqualValues(t, 1, f.Orders)
}
