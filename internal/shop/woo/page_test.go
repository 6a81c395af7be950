package woo

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/shop"
	"klantreis/internal/shop/woo/wootest"
)

// made is an order of the shop as JSON would decode it, that was changed so many seconds after nine.
func made(id, seconds int) map[string]any {
	at := day.Add(time.Duration(seconds) * time.Second).Format("2006-01-02T15:04:05")
	return map[string]any{
		"id": id, "status": "processing", "currency": "EUR", "total": "10.00", "customer_id": 17, "date_created_gmt": at,
		"date_modified_gmt": at,
	}
}

// hooked adds all webhooks that a shop should have.
func hooked(s *wootest.Shop) {
	for _, topic := range topics {
		s.AddHook(string(topic), "https://reis.example"+hookPath)
	}
}

func TestWalk(t *testing.T) {
	t.Parallel()
	s := wootest.New(t)
	hooked(s)
	for id := 1; id <= 175; id++ {
		s.Put("orders", made(id, id*10))
	}
	for id := 201; id <= 330; id++ {
		s.Put("orders", made(id, 5000)) // An import that changed them all in one second.
	}
	s.Put("orders", made(400, -10)) // Before the walk.
	s.Now(day.Add(9 * time.Hour))
	b := newBook(t)
	cursor, warning := b.walk(connected(s), "", day.Add(-time.Second))
	require.Empty(t, warning)
	require.Len(t, b.events, 305)
	s.Asked()

	s.Put("orders", made(500, 9*3600-500))
	b.walk(connected(s), cursor, day)
	require.Len(t, b.events, 306)
	asked := s.Asked()
	require.Len(t, asked, 5, "each collection and the webhooks")
	query, err := url.ParseQuery(strings.SplitN(asked[0], "?", 2)[1])
	require.NoError(t, err)
	require.Equal(t, url.Values{
		"status": {"any"}, "orderby": {"modified"}, "order": {"asc"}, "dates_are_gmt": {"true"}, "per_page": {"50"}, "page": {"1"},
		"modified_after": query["modified_after"],
	}, query)
}

func TestWalkWhileTheShopChanges(t *testing.T) {
	t.Parallel()
	s := wootest.New(t)
	for id := 1; id <= 240; id++ {
		s.Put("orders", made(id, id*10))
		s.Put("customers", map[string]any{"id": 1000 + id, "email": fmt.Sprintf("c%d@example.com", id), "date_created_gmt": made(id, id*10)["date_created_gmt"]})
	}
	next, newest := 1, 241
	s.Between(func() {
		// What was seen already changes again, and pushes the others forward; and somebody registers.
		for range 7 {
			s.Change("orders", made(next, 3000+next))
			s.Change("customers", map[string]any{"id": 1000 + newest, "email": fmt.Sprintf("c%d@example.com", newest), "date_created_gmt": made(1, newest*10)["date_created_gmt"]})
			next, newest = next+1, newest+1
		}
	})
	b := newBook(t)
	b.walk(connected(s), "", day)
	orders, customers := 0, map[string]bool{}
	for _, e := range b.events {
		if e.Name == "Order Completed" {
			orders++
		} else {
			customers[e.UserID] = true
		}
	}
	require.Equal(t, 240, orders)
	for id := 1; id <= 240; id++ {
		require.True(t, customers[fmt.Sprint(1000+id)], "customer %d", id)
	}
}

func TestWalkGoesOn(t *testing.T) {
	t.Parallel()
	s := wootest.New(t)
	for id := 1; id <= 130; id++ {
		s.Put("orders", made(id, id*10))
	}
	b, cursor, pages := newBook(t), "", 0
	for done := false; !done; pages++ {
		require.Less(t, pages, 50)
		// Every page is asked for by another process; every other answer is lost.
		lost, err := connected(s).Page(t.Context(), cursor, day)
		require.NoError(t, err)
		page, err := connected(s).Page(t.Context(), cursor, day)
		require.NoError(t, err)
		require.Len(t, page.Changes, len(lost.Changes))
		b.observe(page.Changes...)
		cursor, done = page.Cursor, page.Done
	}
	require.Len(t, b.events, 130)
}

func TestWalkPastWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	s := wootest.New(t)
	hooked(s)
	broken := made(1, 10)
	broken["total"] = "veel"
	s.Put("orders", broken)
	s.Put("orders", made(2, 20))
	b := newBook(t)
	_, warning := b.walk(connected(s), "", day)
	require.Len(t, b.events, 1)
	require.Equal(t, "objects of the shop that cannot be read: 1, the first because of order.updated: cannot be read: total: must be an amount such as 12.50", warning)
}

// TestWalkOldShop asks a shop that does not know how to show what changed.
func TestWalkOldShop(t *testing.T) {
	t.Parallel()
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `[{"id":1,"date_modified_gmt":"2019-01-01T00:00:00"}]`)
	}))
	t.Cleanup(old.Close)
	a := connected(wootest.New(t))
	a.client.url = old.URL
	_, err := a.Page(t.Context(), "", day)
	require.EqualError(t, err, "the shop shows orders that did not change since it was asked last: WooCommerce 5.8 or later is needed")
}

func TestWalkAnotherCursor(t *testing.T) {
	t.Parallel()
	s := wootest.New(t)
	s.Put("orders", made(1, 10))
	b := newBook(t)
	b.walk(connected(s), "a cursor of another release", day)
	require.Len(t, b.events, 1)
}

func TestWalkRefused(t *testing.T) {
	t.Parallel()
	s := wootest.New(t)
	tests := map[string]struct {
		status int
		want   shop.Refusal
	}{
		"key":       {http.StatusUnauthorized, shop.Refusal{Message: "the shop refuses to show its orders (401): check the REST API key, and that it may read"}},
		"forbidden": {http.StatusForbidden, shop.Refusal{Message: "the shop refuses to show its orders (403): check the REST API key, and that it may read"}},
		"no API":    {http.StatusNotFound, shop.Refusal{Message: "the shop has no REST API at this address (404): check the address, and that its permalinks are not plain"}},
		"teapot":    {http.StatusTeapot, shop.Refusal{Message: "the shop answered 418 when asked for its orders"}},
		"limit":     {http.StatusTooManyRequests, shop.Refusal{Message: "the shop is too busy to show its orders (429)", Temporary: true, RetryAfter: 7 * time.Second}},
		"down":      {http.StatusServiceUnavailable, shop.Refusal{Message: "the shop is too busy to show its orders (503)", Temporary: true, RetryAfter: 7 * time.Second}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // The answers are given in turn.
			s.Answer(tt.status)
			_, err := connected(s).Page(t.Context(), "", day)
			var refusal *shop.Refusal
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, tt.want, *refusal)
		})
	}
}

func TestWalkNoShop(t *testing.T) {
	t.Parallel()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>Maintenance</html>") }))
	t.Cleanup(page.Close)
	away := httptest.NewServer(nil)
	away.Close()
	for name, tt := range map[string]struct{ url, want string }{
		"page":       {page.URL, "the shop answered for its orders with something that is no list of them: is the address right, and do permalinks work?"},
		"away":       {away.URL, "ask the shop for its orders: dial tcp"},
		"no address": {"http://\x7f", "the address of the shop is none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := connected(wootest.New(t))
			a.client.url = tt.url
			_, err := a.Page(t.Context(), "", day)
			require.ErrorContains(t, err, tt.want)
			require.NotContains(t, err.Error(), "per_page", "what was asked for is not repeated")
		})
	}
}

func TestWalkWrongKey(t *testing.T) {
	t.Parallel()
	a := connected(wootest.New(t))
	a.client.secret = "cs_wrong"
	_, err := a.Page(t.Context(), "", day)
	require.EqualError(t, err, "the shop refuses to show its orders (401): check the REST API key, and that it may read")
}

func TestHooks(t *testing.T) {
	t.Parallel()
	const address = "https://reis.example" + hookPath
	warn := func(t *testing.T, change func(*wootest.Shop, []*wootest.Hook)) string {
		t.Helper()
		s := wootest.New(t)
		var list []*wootest.Hook
		for _, topic := range topics {
			list = append(list, s.AddHook(string(topic), address))
		}
		change(s, list)
		_, warning := newBook(t).walk(connected(s), "", day)
		return warning
	}
	tests := map[string]struct {
		change func(*wootest.Shop, []*wootest.Hook)
		want   string
	}{
		"all well": {func(*wootest.Shop, []*wootest.Hook) {}, ""},
		"switched off": {
			func(_ *wootest.Shop, l []*wootest.Hook) { l[1].Status = "disabled" },
			"the shop has its webhook 2 for order.updated disabled: switch it on again in WooCommerce > Settings > Advanced > Webhooks",
		},
		"paused": {
			func(_ *wootest.Shop, l []*wootest.Hook) { l[0].Status = "paused" },
			"the shop has its webhook 1 for order.created paused: switch it on again in WooCommerce > Settings > Advanced > Webhooks",
		},
		"made again": {func(s *wootest.Shop, l []*wootest.Hook) {
			l[1].Status = "disabled"
			s.AddHook("order.updated", address+"/")
		}, ""},
		"of another": {
			func(_ *wootest.Shop, l []*wootest.Hook) { l[6].Delivery = "https://other.example/hooks" },
			"the shop has no webhook here for product.updated",
		},
		"many of others": {func(s *wootest.Shop, l []*wootest.Hook) {
			l[0].Delivery, l[5].Delivery = "https://other.example/hooks", "%zz"
			for range 120 {
				s.AddHook("order.created", "https://other.example/hooks")
			}
			s.AddHook("order.created", address)
		}, "the shop has no webhook here for customer.deleted"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, warn(t, tt.change))
		})
	}
}

func TestHooksRefused(t *testing.T) {
	t.Parallel()
	s := wootest.New(t)
	a, cursor := connected(s), ""
	for range 3 {
		page, err := a.Page(t.Context(), cursor, day)
		require.NoError(t, err)
		cursor = page.Cursor
	}
	s.Answer(0, http.StatusServiceUnavailable)
	_, err := a.Page(t.Context(), cursor, day)
	require.EqualError(t, err, "the shop is too busy to show its webhooks (503)")
	s.Answer(0, http.StatusForbidden)
	page, err := a.Page(t.Context(), cursor, day)
	require.NoError(t, err)
	require.True(t, page.Done)
	require.Equal(t, "nobody knows whether the webhooks are on: the shop refuses to show its webhooks (403): check the REST API key, and that it may read", page.Warning)
}
