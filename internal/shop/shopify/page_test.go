package shopify

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/shop"
	"klantreis/internal/shop/shopify/shopifytest"
)

// since is when walks of these tests begin.
var since = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// customers puts customers into a shop, several of whom changed in the same second.
func customers(s *shopifytest.Shop, n int) {
	for i := range n {
		at := since.Add(time.Duration(i/7) * time.Second).Format(time.RFC3339)
		s.Put("customers", json.RawMessage(fmt.Sprintf(`{"id":%d,"email":"c%d@example.com","updated_at":%q}`, i+1, i, at)))
	}
}

// walk goes through a shop, and returns who was seen, and how long the shop was left alone.
func walk(t *testing.T, a *Adapter, cursor string, each func(page int)) (seen map[string]int, last shop.Page, waited time.Duration) {
	t.Helper()
	seen = map[string]int{}
	for n := range 200 {
		page, err := a.Page(t.Context(), cursor, since)
		require.NoError(t, err)
		for _, c := range page.Changes {
			seen[c.ID]++
		}
		waited += page.Wait
		if cursor = page.Cursor; page.Done {
			return seen, page, waited
		}
		if each != nil {
			each(n)
		}
	}
	t.Fatal("it never ends")
	return nil, shop.Page{}, 0
}

func TestAWalkSeesEverything(t *testing.T) {
	t.Parallel()
	s := shopifytest.New(t)
	customers(s, 250)
	s.Put("products", json.RawMessage(`{"id":9001,"updated_at":"2026-03-01T10:00:00Z"}`))
	a := adapter(Options{URL: s.URL})
	seen, last, _ := walk(t, a, "", nil)
	require.Len(t, seen, 251)
	require.Equal(t, 5, s.Requests(), "three pages of customers, one of orders, one of products")

	seen, last, _ = walk(t, a, last.Cursor, nil)
	require.Empty(t, seen, "since then nothing changed")
	s.Put("customers", json.RawMessage(fmt.Sprintf(`{"id":7,"email":"new@example.com","updated_at":%q}`, now.Add(-5*time.Minute).Format(time.RFC3339))))
	seen, _, _ = walk(t, a, last.Cursor, nil)
	require.Equal(t, map[string]int{"7": 1}, seen, "what shows up late is within the overlap")
}

func TestWhatChangesDuringAWalkIsSeen(t *testing.T) {
	t.Parallel()
	s := shopifytest.New(t)
	customers(s, 250)
	seen, _, _ := walk(t, adapter(Options{URL: s.URL}), "", func(page int) {
		if page == 0 { // somebody on the second page moves to the end, and somebody on the first
			for _, id := range []int{3, 150} {
				s.Put("customers", json.RawMessage(fmt.Sprintf(`{"id":%d,"email":"x@example.com","updated_at":"2026-03-01T12:00:00Z"}`, id)))
			}
		}
	})
	require.Len(t, seen, 250)
	require.Equal(t, 2, seen["3"])
}

func TestAWordForAPageIsGoodForAWhile(t *testing.T) {
	t.Parallel()
	s := shopifytest.New(t)
	customers(s, 250)
	seen, _, _ := walk(t, adapter(Options{URL: s.URL}), "", func(page int) {
		if page == 0 {
			s.ExpirePages()
		}
	})
	require.Len(t, seen, 250)
}

func TestABusyShopIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := shopifytest.New(t)
	customers(s, 950)
	s.Bucket(20)
	seen, _, waited := walk(t, adapter(Options{URL: s.URL}), "", nil)
	require.Len(t, seen, 950)
	require.Equal(t, 1500*time.Millisecond, waited, "the last of 12 requests fill more than half of it")
	s.Bucket(0)
	_, err := adapter(Options{URL: s.URL}).Page(t.Context(), "", since)
	var refusal *shop.Refusal
	require.ErrorAs(t, err, &refusal)
	require.True(t, refusal.Temporary)
	require.Equal(t, 2*time.Second, refusal.RetryAfter)
}

func TestWhatAShopRefusesIsSaidInWords(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]struct {
		says      string
		temporary bool
	}{
		http.StatusForbidden: {"give the app the scope read_customers", false}, http.StatusNotFound: {"version of its API", false},
		http.StatusPaymentRequired: {"closed", false}, http.StatusBadRequest: {"answered 400", false},
		http.StatusTooManyRequests: {"too busy", true}, http.StatusBadGateway: {"too busy", true}, 430: {"too busy", true},
		http.StatusMovedPermanently: {"answered 301", false},
	} {
		s := shopifytest.New(t)
		s.Fail(status)
		_, err := adapter(Options{URL: s.URL}).Page(t.Context(), "", since)
		var refusal *shop.Refusal
		require.ErrorAs(t, err, &refusal, status)
		require.ErrorContains(t, err, want.says)
		require.Equal(t, want.temporary, refusal.Temporary, status)
		if want.temporary {
			require.Equal(t, 7*time.Second, refusal.RetryAfter)
		}
	}
	s := shopifytest.New(t)
	a := adapter(Options{URL: s.URL})
	a.Token = "wrong"
	_, err := a.Page(t.Context(), "", since)
	require.ErrorContains(t, err, "refuses the access token")
	require.NotContains(t, err.Error(), "wrong")
	_, err = adapter(Options{URL: "http://127.0.0.1:1"}).Page(t.Context(), "", since)
	require.ErrorContains(t, err, "ask the shop for its customers")
	require.NotContains(t, err.Error(), "updated_at_min")
}

func TestWhatCannotBeReadStopsNoWalk(t *testing.T) {
	t.Parallel()
	s := shopifytest.New(t)
	customers(s, 3)
	s.Put("products", json.RawMessage(`{"id":9,"updated_at":"2026-03-01T10:00:00Z","variants":[{"id":1,"price":"free"}]}`))
	seen, last, _ := walk(t, adapter(Options{URL: s.URL}), "nonsense", nil)
	require.Len(t, seen, 3)
	require.Equal(t, "1 objects that the shop listed cannot be read", last.Warning)
}
