package replay

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const olistHeader = "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at," +
	"order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date\n"

func TestReadOlist(t *testing.T) {
	t.Parallel()
	utc := func(year int, month time.Month, date, hour, minute int) time.Time {
		return time.Date(year, month, date, hour, minute, 0, 0, time.UTC)
	}
	tests := map[string]struct {
		row  string
		want Order
	}{
		"delivered in winter, three hours behind": {
			"a,c,delivered,7/24/2018 20:41,7/26/2018 3:24,7/26/2018 14:31,8/7/2018 15:27,8/13/2018 0:00",
			Order{ID: "a", Purchased: utc(2018, 7, 24, 23, 41), HandedOver: utc(2018, 7, 26, 17, 31), Delivered: utc(2018, 8, 7, 18, 27)},
		},
		"across the beginning of summer time": {
			"b,c,delivered,10/14/2017 23:59,,10/15/2017 1:00,10/16/2017 0:00,",
			Order{ID: "b", Purchased: utc(2017, 10, 15, 2, 59), HandedOver: utc(2017, 10, 15, 3, 0), Delivered: utc(2017, 10, 16, 2, 0)},
		},
		"never handed over": {
			"c,c,canceled,1/2/2018 9:00,,,,", Order{ID: "c", Purchased: utc(2018, 1, 2, 11, 0), Cancelled: true},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			orders, err := ReadOlist(strings.NewReader(olistHeader + tt.row + "\n"))
			require.NoError(t, err)
			require.Equal(t, []Order{tt.want}, orders)
		})
	}
}

func TestReadOlistFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"empty":             {"", "read orders: EOF"},
		"without a column":  {"order_id,order_status\n", "no column order_purchase_timestamp"},
		"without a time":    {olistHeader + "a,c,delivered,,,,,\n", "line 2: order_purchase_timestamp"},
		"with another time": {olistHeader + "a,c,x,1/2/2018 9:00,,,,\nb,c,x,1/2/2018 9:00,,2018-01-03,,\n", "line 3: order_delivered_carrier_date"},
		"without an id":     {olistHeader + ",c,x,1/2/2018 9:00,,,,\n", "line 2: the order has no id"},
		"with a short row":  {olistHeader + "a,c\n", "wrong number of fields"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadOlist(strings.NewReader(tt.text))
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestFindOlist(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "one", "two")
	require.NoError(t, os.MkdirAll(deep, 0o700))
	t.Chdir(deep)
	path, err := FindOlist()
	require.NoError(t, err)
	require.Empty(t, path)

	want := filepath.Join(root, "shared", "data", olistFile)
	require.NoError(t, os.MkdirAll(filepath.Dir(want), 0o700))
	require.NoError(t, os.WriteFile(want, nil, 0o600))
	path, err = FindOlist()
	require.NoError(t, err)
	require.Equal(t, want, path)
}

// TestRealOrders says what the real file holds, when it is there.
func TestRealOrders(t *testing.T) {
	t.Parallel()
	path, err := FindOlist()
	require.NoError(t, err)
	if path == "" {
		t.Skip("there is no shared/data/" + olistFile + ", here or in a folder above; the test runs on the real orders when there is")
	}
	file, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { file.Close() })
	orders, err := ReadOlist(file)
	require.NoError(t, err)
	require.Len(t, orders, 4998)

	script := NewScript(orders, 1, day)
	require.Equal(t, Faults{HandOvers: 12}, script.Faults)
	requireApart(t, script)
	few := Busy(orders, 300)
	require.Len(t, few, 300)
	require.InDelta(t, 30*day, few[299].Purchased.Sub(few[0].Purchased), float64(2*day))
}
