package replay

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var noon = time.Date(2017, time.November, 1, 12, 0, 0, 0, time.UTC)

// order returns one that was handed over and delivered so long after noon; zero is never.
func order(id string, handedOver, deliveredAfter time.Duration) Order {
	o := Order{ID: id, Purchased: noon}
	if handedOver != 0 {
		o.HandedOver = noon.Add(handedOver)
	}
	if deliveredAfter != 0 {
		o.Delivered = noon.Add(deliveredAfter)
	}
	return o
}

func TestRepair(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		order  Order
		want   []Order
		faults Faults
	}{
		"as it should be":               {order("a", day, 3*day), []Order{order("a", day, 3*day)}, Faults{}},
		"never delivered":               {order("a", day, 0), []Order{order("a", day, 0)}, Faults{}},
		"delivered before the purchase": {order("a", 0, -day), []Order{}, Faults{LeftOut: 1}},
		"delivered at once":             {order("a", 0, 2*time.Hour), []Order{}, Faults{LeftOut: 1}},
		"handed over before":            {order("a", -time.Minute, 3*day), []Order{order("a", 0, 3*day)}, Faults{HandOvers: 1}},
		"handed over after delivery":    {order("a", 4*day, 3*day), []Order{order("a", 0, 3*day)}, Faults{HandOvers: 1}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good, faults := repair([]Order{tt.order})
			require.Equal(t, tt.want, good)
			require.Equal(t, tt.faults, faults)
		})
	}
}

func TestBusy(t *testing.T) {
	t.Parallel()
	at := func(id string, hours int, took time.Duration) Order {
		purchased := noon.Add(time.Duration(hours) * time.Hour)
		return Order{ID: id, Purchased: purchased, Delivered: purchased.Add(took)}
	}
	orders := []Order{
		at("late", 200, day), at("a", 0, day), at("c", 101, day), at("b", 100, day), at("slow", 101, 60*day), at("d", 108, day),
	}
	tests := map[string]struct {
		n    int
		want []string
	}{
		"all, slow ones too":   {0, []string{"a", "b", "c", "slow", "d", "late"}},
		"as many as there are": {6, []string{"a", "b", "c", "slow", "d", "late"}},
		"more than there are":  {9, []string{"a", "b", "c", "slow", "d", "late"}},
		"all that are fast":    {5, []string{"a", "b", "c", "d", "late"}},
		"ten a day":            {3, []string{"b", "c", "d"}},
		"not too many a day":   {2, []string{"c", "d"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ids []string
			for _, o := range Busy(orders, tt.n) {
				ids = append(ids, o.ID)
			}
			require.Equal(t, tt.want, ids)
		})
	}
	require.Equal(t, "late", orders[0].ID, "the given orders stay as they are")
}

func TestSyntheticOrdersLookReal(t *testing.T) {
	t.Parallel()
	orders := Synthetic(300, 7)
	require.Equal(t, orders, Synthetic(300, 7))
	require.NotEqual(t, orders, Synthetic(300, 8))
	good, faults := repair(orders)
	require.Len(t, good, 300)
	require.Zero(t, faults)
	ids, never := map[string]bool{}, 0
	for _, o := range orders {
		ids[o.ID] = true
		if o.Delivered.IsZero() {
			never++
		}
	}
	require.Len(t, ids, 300)
	require.Positive(t, never)
	require.Less(t, orders[299].Purchased.Sub(orders[0].Purchased), 35*day)
}
