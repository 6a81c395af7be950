package woo

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

func winkel() *mapper { return &mapper{shop: "winkel", arrived: []string{"delivered"}} }

// version is one version of order 1001, so many minutes after it was made; more is added to its JSON.
func version(t *testing.T, minutes int, status, more string) *order {
	t.Helper()
	body := fmt.Sprintf(`{"id":1001,"number":"W1001","status":%q,"currency":"EUR","customer_id":17,"date_created_gmt":%q,
		"date_modified_gmt":%q,"total":"29.35","total_tax":"1.35","shipping_total":"10.00","payment_method":"ideal",
		"billing":{"email":"jo@example.com","first_name":"Jo","country":"NL"},
		"line_items":[{"id":1,"name":"Mug &ndash; Blue","product_id":93,"variation_id":0,"quantity":2,"total":"18.00","total_tax":"1.35","sku":"M1","price":9}]`,
		status, stamp(0), stamp(minutes))
	if more != "" {
		body += "," + more
	}
	o, err := readOrder([]byte(body + "}"))
	require.NoError(t, err)
	return o
}

// stamp writes an instant as the shop does.
func stamp(minutes int) string {
	return day.Add(time.Duration(minutes) * time.Minute).Format("2006-01-02T15:04:05")
}

func paid(minutes int) string { return fmt.Sprintf(`"date_paid_gmt":%q`, stamp(minutes)) }

func completed(minutes int) string {
	return paid(1) + fmt.Sprintf(`,"date_completed_gmt":%q`, stamp(minutes))
}

// names returns the names of events, with what a refund gave back.
func names(events []journey.Event) string {
	list := make([]string, len(events))
	for i, e := range events {
		list[i] = e.Name
		if e.Name == journey.OrderRefunded {
			list[i] += fmt.Sprintf(" %v", e.Properties["total"])
		}
	}
	return strings.Join(list, ", ")
}

// watch shows versions of an order one after another, and returns what was told of each.
func watch(t *testing.T, versions ...*order) []string {
	t.Helper()
	var known knownOrder
	var told []string
	for _, v := range versions {
		var events []journey.Event
		known, events = winkel().compareOrder(v, known, look{at: v.ModifiedAt.Add(2 * time.Second)})
		told = append(told, names(events))
		for _, e := range events {
			require.LessOrEqual(t, len(e.MessageID), 100)
			require.Equal(t, "17", e.UserID)
		}
	}
	return told
}

func TestOrderStatuses(t *testing.T) {
	t.Parallel()
	on := func(minutes int, status string, more ...string) *order {
		return version(t, minutes, status, strings.Join(more, ","))
	}
	refunds := func(list string) string { return `"refunds":[` + list + `]` }
	part, rest := `{"id":9,"reason":"broken","total":"-9.35"}`, `{"id":10,"total":"-20.00"}`
	edited := `"total":"39.35","line_items":[{"id":1,"product_id":93,"quantity":3,"total":"28.00","total_tax":"1.35"}]`
	tests := map[string]struct {
		versions []*order
		want     []string
	}{
		"paid at once":              {[]*order{on(1, "processing", paid(1))}, []string{"Order Completed, Order Paid"}},
		"paid later":                {[]*order{on(0, "pending"), on(5, "processing", paid(5))}, []string{"Checkout Started", "Order Completed, Order Paid"}},
		"never paid":                {[]*order{on(0, "pending"), on(60, "cancelled")}, []string{"Checkout Started", ""}},
		"draft of a checkout":       {[]*order{on(0, "checkout-draft"), on(1, "pending")}, []string{"Checkout Started", ""}},
		"payment failed at first":   {[]*order{on(0, "failed"), on(3, "processing", paid(3))}, []string{"Checkout Started", "Order Completed, Order Paid"}},
		"by transfer":               {[]*order{on(0, "on-hold"), on(9, "processing", paid(9))}, []string{"Order Completed", "Order Paid"}},
		"transfer never came":       {[]*order{on(0, "on-hold"), on(9, "cancelled")}, []string{"Order Completed", "Order Cancelled"}},
		"debit bounced":             {[]*order{on(0, "on-hold"), on(9, "failed")}, []string{"Order Completed", "Order Cancelled"}},
		"fulfilled":                 {[]*order{on(1, "processing", paid(1)), on(9, "completed", completed(9))}, []string{"Order Completed, Order Paid", "Order Fulfilled"}},
		"seen when fulfilled":       {[]*order{on(9, "completed", completed(9))}, []string{"Order Completed, Order Paid, Order Fulfilled"}},
		"delivered":                 {[]*order{on(9, "completed", completed(9)), on(20, "delivered", completed(9))}, []string{"Order Completed, Order Paid, Order Fulfilled", "Order Delivered"}},
		"shipped without more":      {[]*order{on(9, "shipped", paid(1))}, []string{"Order Completed, Order Paid, Order Fulfilled"}},
		"returned":                  {[]*order{on(9, "delivered", completed(9)), on(20, "returned", completed(9))}, []string{"Order Completed, Order Paid, Order Fulfilled, Order Delivered", "Order Returned"}},
		"a status of the shop":      {[]*order{on(1, "processing", paid(1)), on(2, "packing", paid(1))}, []string{"Order Completed, Order Paid", "Order Updated"}},
		"only a status of the shop": {[]*order{on(1, "quote-asked"), on(2, "packing", paid(2))}, []string{"", "Order Completed, Order Paid"}},
		"part refunded":             {[]*order{on(1, "processing", paid(1)), on(2, "processing", paid(1), refunds(part))}, []string{"Order Completed, Order Paid", "Order Refunded 9.35"}},
		"refunded in two": {
			[]*order{on(1, "processing", paid(1)), on(2, "processing", paid(1), refunds(part)), on(3, "refunded", paid(1), refunds(rest+","+part))},
			[]string{"Order Completed, Order Paid", "Order Refunded 9.35", "Order Refunded 20"},
		},
		"refunds seen late":         {[]*order{on(3, "refunded", paid(1), refunds(rest+","+part))}, []string{"Order Completed, Order Paid, Order Refunded 9.35, Order Refunded 20"}},
		"refunded without a refund": {[]*order{on(3, "refunded", paid(1)), on(4, "refunded", paid(1), refunds(rest))}, []string{"Order Completed, Order Paid, Order Refunded 29.35", ""}},
		"rest without a refund":     {[]*order{on(3, "refunded", paid(1), refunds(part))}, []string{"Order Completed, Order Paid, Order Refunded 9.35, Order Refunded 20"}},
		"refund of nothing":         {[]*order{on(3, "processing", paid(1), refunds(`{"id":9,"total":"-0.00"}`))}, []string{"Order Completed, Order Paid"}},
		"edited":                    {[]*order{on(1, "processing", paid(1)), on(2, "processing", paid(1), edited)}, []string{"Order Completed, Order Paid", "Order Updated"}},
		"edited and sent":           {[]*order{on(1, "processing", paid(1)), on(2, "completed", completed(2), edited)}, []string{"Order Completed, Order Paid", "Order Fulfilled, Order Updated"}},
		"nothing changed":           {[]*order{on(1, "processing", paid(1)), on(2, "processing", paid(1))}, []string{"Order Completed, Order Paid", ""}},
		"cancelled by the customer": {[]*order{on(1, "processing", paid(1)), on(2, "cancelled", paid(1))}, []string{"Order Completed, Order Paid", "Order Cancelled"}},
		"seen when cancelled":       {[]*order{on(2, "cancelled", paid(1))}, []string{"Order Completed, Order Paid, Order Cancelled"}},
		"taken up again":            {[]*order{on(1, "on-hold"), on(2, "cancelled"), on(3, "processing", paid(3))}, []string{"Order Completed", "Order Cancelled", "Order Paid"}},
		"thrown away":               {[]*order{on(1, "processing", paid(1)), on(2, "trash", paid(1))}, []string{"Order Completed, Order Paid", "Order Cancelled"}},
		"tidied away":               {[]*order{on(9, "completed", completed(9)), on(20, "trash", completed(9))}, []string{"Order Completed, Order Paid, Order Fulfilled", ""}},
		"late version":              {[]*order{on(9, "completed", completed(9)), on(1, "processing", paid(1))}, []string{"Order Completed, Order Paid, Order Fulfilled", ""}},
		"same version again":        {[]*order{on(9, "completed", completed(9)), on(9, "completed", completed(9))}, []string{"Order Completed, Order Paid, Order Fulfilled", ""}},
		"two in one second":         {[]*order{on(0, "pending"), on(0, "processing", paid(0)), on(0, "pending")}, []string{"Checkout Started", "Order Completed, Order Paid", ""}},
		"two in one second, late":   {[]*order{on(0, "processing", paid(0)), on(0, "pending")}, []string{"Order Completed, Order Paid", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, watch(t, tt.versions...))
		})
	}
}
