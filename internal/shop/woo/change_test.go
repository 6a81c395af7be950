package woo

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/shop"
	"klantreis/internal/shop/woo/wootest"
	"klantreis/journey"
)

// told is what a shop that delivers bodies under topics tells, one after another.
func told(t *testing.T, deliveries ...[2]string) (list []string, events []journey.Event) {
	t.Helper()
	a, b := connected(wootest.New(t)), newBook(t)
	for _, d := range deliveries {
		fresh := b.post(a, wootest.Delivery{Topic: d[0], Body: []byte(d[1])})
		list = append(list, names(fresh))
	}
	return list, b.events
}

// orderOf writes an order that was placed at nine, with a few more fields.
func orderOf(minutes int, status, more string) string {
	return fmt.Sprintf(`{"id":1001,"status":%q,"currency":"EUR","total":"10.00","date_created_gmt":%q,"date_modified_gmt":%q,%s}`,
		status, stamp(0), stamp(minutes), more)
}

func TestCheckoutCanBePaid(t *testing.T) {
	t.Parallel()
	const url = "https://shop.example/order-pay/1001/?key=k"
	_, events := told(t,
		[2]string{"order.created", orderOf(0, "pending", `"customer_id":17,"payment_url":"`+url+`"`)},
		[2]string{"order.updated", orderOf(1, "processing", `"customer_id":17,"payment_url":"`+url+`"`)})
	require.Equal(t, url, events[0].Properties["url"])
	require.NotContains(t, events[1].Properties, "url", "it is paid")
}

func TestWhoseOrder(t *testing.T) {
	t.Parallel()
	guest := shop.GuestUserID("jo@example.com")
	mail := `"billing":{"email":" Jo@Example.com"}`
	tests := map[string]struct {
		versions []string
		want     []string // type or name, and userId
	}{
		"account":                 {[]string{orderOf(0, "processing", `"customer_id":17,`+mail)}, []string{"Order Completed 17"}},
		"guest":                   {[]string{orderOf(0, "processing", `"customer_id":0,`+mail)}, []string{"Order Completed " + guest}},
		"nobody":                  {[]string{orderOf(0, "processing", `"customer_id":0,"billing":{"email":"guest"}`)}, nil},
		"nobody at first":         {[]string{orderOf(0, "pending", `"customer_id":0`), orderOf(1, "processing", mail)}, []string{"Order Completed " + guest}},
		"a guest who registers":   {[]string{orderOf(0, "processing", mail), orderOf(9, "completed", `"customer_id":17,`+mail)}, []string{"Order Completed " + guest, "alias 17", "Order Fulfilled 17"}},
		"an account that is gone": {[]string{orderOf(0, "processing", `"customer_id":17,`+mail), orderOf(9, "completed", `"customer_id":0,`+mail)}, []string{"Order Completed 17", "Order Fulfilled 17"}},
		"given to another":        {[]string{orderOf(0, "processing", `"customer_id":17,`+mail), orderOf(9, "completed", `"customer_id":18,`+mail)}, []string{"Order Completed 17", "Order Fulfilled 17"}},
		"made anonymous":          {[]string{orderOf(0, "processing", mail), orderOf(9, "processing", `"billing":{"email":"deleted@site.invalid","first_name":"[deleted]"}`)}, []string{"Order Completed " + guest}},
		"anonymous at first":      {[]string{orderOf(0, "processing", `"billing":{"email":"deleted@site.invalid"}`)}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var deliveries [][2]string
			for _, v := range tt.versions {
				deliveries = append(deliveries, [2]string{"order.updated", v})
			}
			_, events := told(t, deliveries...)
			var got []string
			for _, e := range events {
				got = append(got, e.Name+" "+e.UserID)
				if e.Type == journey.TypeAlias {
					require.Equal(t, guest, e.PreviousID)
				}
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestDeletedOrder(t *testing.T) {
	t.Parallel()
	processing := [2]string{"order.updated", orderOf(1, "processing", `"customer_id":17`)}
	completed := [2]string{"order.updated", orderOf(2, "completed", `"customer_id":17`)}
	deleted := [2]string{"order.deleted", `{"id":1001}`}
	restored := [2]string{"order.restored", orderOf(1, "processing", `"customer_id":17`)}
	tests := map[string]struct {
		deliveries [][2]string
		want       []string
	}{
		"before it was sent":     {[][2]string{processing, deleted}, []string{"Order Completed", "Order Cancelled"}},
		"twice":                  {[][2]string{processing, deleted, deleted}, []string{"Order Completed", "Order Cancelled", ""}},
		"after it was sent":      {[][2]string{completed, deleted}, []string{"Order Completed, Order Fulfilled", ""}},
		"of which nobody knew":   {[][2]string{deleted}, []string{""}},
		"told too early":         {[][2]string{deleted, processing}, []string{"", "Order Completed, Order Cancelled"}},
		"told between":           {[][2]string{processing, deleted, completed}, []string{"Order Completed", "Order Cancelled", "Order Fulfilled"}},
		"taken out of the trash": {[][2]string{processing, deleted, restored}, []string{"Order Completed", "Order Cancelled", "Order Updated"}},
		"in the trash as asked":  {[][2]string{processing, deleted, {"order.updated", orderOf(3, "trash", `"customer_id":17`)}}, []string{"Order Completed", "Order Cancelled", ""}},
		"an unpaid one":          {[][2]string{{"order.created", orderOf(0, "pending", `"customer_id":17`)}, deleted}, []string{"Checkout Started", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := told(t, tt.deliveries...)
			require.Equal(t, tt.want, got)
		})
	}
}

// accountOf writes an account that was changed so many minutes after nine.
func accountOf(minutes int, email, more string) string {
	return fmt.Sprintf(`{"id":17,"email":%q,"date_created_gmt":%q,"date_modified_gmt":%q%s}`, email, stamp(0), stamp(minutes), more)
}

func TestCustomers(t *testing.T) {
	t.Parallel()
	at := func(minutes int, email, more string) [2]string {
		return [2]string{"customer.updated", accountOf(minutes, email, more)}
	}
	deleted := [2]string{"customer.deleted", `{"id":17}`}
	tests := map[string]struct {
		deliveries [][2]string
		want       []string
	}{
		"made":               {[][2]string{at(0, "jo@example.com", "")}, []string{"identify"}},
		"logged in":          {[][2]string{at(0, "jo@example.com", ""), at(5, "jo@example.com", `,"is_paying_customer":true`)}, []string{"identify", ""}},
		"another address":    {[][2]string{at(0, "jo@example.com", ""), at(5, "jo@example.org", "")}, []string{"identify", "identify"}},
		"late":               {[][2]string{at(5, "jo@example.org", ""), at(0, "jo@example.com", "")}, []string{"identify", ""}},
		"never changed":      {[][2]string{{"customer.created", `{"id":17,"email":"jo@example.com","date_created_gmt":"2026-03-02T09:00:00","date_modified_gmt":null}`}}, []string{"identify"}},
		"staff":              {[][2]string{at(0, "jo@example.com", `,"role":"administrator"`)}, []string{""}},
		"without an address": {[][2]string{at(0, "", "")}, []string{""}},
		"deleted":            {[][2]string{at(0, "jo@example.com", ""), deleted, deleted, at(9, "jo@example.org", "")}, []string{"identify", "Customer Deleted, Consent Withdrawn", "", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, events := told(t, tt.deliveries...)
			require.Equal(t, tt.want, got)
			for _, e := range events {
				require.Equal(t, "17", e.UserID)
				require.False(t, e.Timestamp.IsZero())
			}
		})
	}
}

func TestCustomerTraits(t *testing.T) {
	t.Parallel()
	_, events := told(t, [2]string{"customer.created", accountOf(0, "jo@example.com", `,"first_name":"Jo","last_name":"",
		"billing":{"first_name":"J.","last_name":"O&#8217;Neill","company":"Jo &amp; Zn","email":"invoices@example.com","phone":"+31 6","address_1":"Dorp 1","address_2":"bus 2","city":"Gent","country":"BE"}`)})
	require.Equal(t, map[string]any{
		"email": "jo@example.com", "firstName": "Jo", "lastName": "O’Neill", "company": "Jo & Zn", "phone": "+31 6",
		"address": map[string]any{"street": "Dorp 1, bus 2", "city": "Gent", "country": "BE"},
	}, events[0].Traits)
}

func TestProducts(t *testing.T) {
	t.Parallel()
	at := func(minutes int, price, stock, more string) [2]string {
		return [2]string{"product.updated", fmt.Sprintf(`{"id":93,"name":"Mug","price":%q,"stock_status":%q,"status":"publish","date_modified_gmt":%q%s}`, price, stock, stamp(minutes), more)}
	}
	tests := map[string]struct {
		deliveries [][2]string
		want       []string
	}{
		"seen first":       {[][2]string{at(0, "9.99", "instock", "")}, []string{""}},
		"cheaper":          {[][2]string{at(0, "10.00", "instock", ""), at(1, "9.99", "instock", "")}, []string{"", "Product Price Dropped"}},
		"written another":  {[][2]string{at(0, "10.00", "instock", ""), at(1, "10", "instock", "")}, []string{"", ""}},
		"dearer":           {[][2]string{at(0, "9.99", "instock", ""), at(1, "10.00", "instock", "")}, []string{"", ""}},
		"free":             {[][2]string{at(0, "9.99", "instock", ""), at(1, "0", "instock", "")}, []string{"", "Product Price Dropped"}},
		"no price":         {[][2]string{at(0, "9.99", "instock", ""), at(1, "", "instock", ""), at(2, "8", "instock", "")}, []string{"", "", "Product Price Dropped"}},
		"back":             {[][2]string{at(0, "9", "outofstock", ""), at(1, "9", "instock", "")}, []string{"", "Product Back In Stock"}},
		"back and cheaper": {[][2]string{at(0, "9", "onbackorder", ""), at(1, "8", "instock", "")}, []string{"", "Product Price Dropped, Product Back In Stock"}},
		"sold out":         {[][2]string{at(0, "9", "instock", ""), at(1, "9", "outofstock", "")}, []string{"", ""}},
		"late":             {[][2]string{at(1, "8", "instock", ""), at(0, "9", "outofstock", "")}, []string{"", ""}},
		"unpublished":      {[][2]string{at(0, "9", "instock", ""), at(1, "5", "instock", `,"status":"draft"`)}, []string{"", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := told(t, tt.deliveries...)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestVariation(t *testing.T) {
	t.Parallel()
	body := func(minutes int, price string) [2]string {
		return [2]string{"product.updated", fmt.Sprintf(`{"id":95,"parent_id":22,"type":"variation","name":"Sokken &amp; zo - 42","permalink":"https://shop.example/s/?maat=42",
			"sku":"S42","price":%q,"stock_status":"instock","status":"publish","date_modified_gmt":%q,"categories":[{"name":"Kleding"}],"images":[{"src":"https://shop.example/s.jpg"}]}`, price, stamp(minutes))}
	}
	_, events := told(t, body(0, "12.50"), body(1, "9.99"))
	require.Equal(t, map[string]any{
		"product_id": "22", "variant_id": "95", "name": "Sokken & zo - 42", "sku": "S42", "url": "https://shop.example/s/?maat=42",
		"price": 9.99, "former_price": 12.5, "category": "Kleding", "image_url": "https://shop.example/s.jpg",
	}, events[0].Properties)
	require.Equal(t, day.Add(time.Minute), events[0].Timestamp)
}
