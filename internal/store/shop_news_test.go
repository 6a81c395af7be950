package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/shop"
	"klantreis/journey"
)

func TestNewsOfAProductReachesThoseWhomItConcerns(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		look := func(user, name string, product any, at time.Time) {
			e := track("look/"+user+name+fmt.Sprint(product), user, "", name)
			e.Timestamp, e.Properties = at, map[string]any{"product_id": product}
			r.ingest(t, idle, e)
		}
		for i := range 5 {
			look(fmt.Sprint("u", i), "Product Viewed", "632", start.Add(-time.Hour))
		}
		look("u0", "Product Added", "632", start.Add(-time.Hour))
		look("number", "Product Added", float64(632), start.Add(-time.Hour))
		look("other", "Product Viewed", "633", start.Add(-time.Hour))
		look("long ago", "Product Viewed", "632", start.Add(-40*24*time.Hour))
		look("else", "Product Removed", "632", start.Add(-time.Hour))

		for i, broken := range []string{"", "{", `{"product_id":`, `{"product_id":"632`} {
			e := track(fmt.Sprint("broken", i), "broken", "", "Product Viewed")
			r.ingest(t, idle, e)
			execute(t, r, fmt.Sprintf("UPDATE events SET properties = '%s' WHERE message_id = 'broken%d'", broken, i))
		}
		execute(t, r, `UPDATE events SET properties = '{"product_id":"other' WHERE message_id = 'broken3'`)

		tell := func(id, name string) {
			change := told(id, 1)
			compare := change.Compare
			change.Compare = func(known []byte) (shop.Told, error) {
				got, err := compare(known)
				for i := range got.Events {
					got.Events[i].UserID, got.Events[i].Name, got.Events[i].Properties = "", name, map[string]any{"product_id": "632", "price": 9.95}
				}
				return got, err
			}
			stored, err := r.ObserveShop(t.Context(), "nl", []shop.Change{change}, asTheyAre, AnyVersion, waking)
			require.NoError(t, err)
			require.Zero(t, stored)
		}
		tell("1", "Product Price Dropped")
		tell("2", "Product Ignored")
		interest := func(e journey.Event) journey.Interest { return journey.Interest{Wakes: e.Name != "Product Ignored"} }
		rounds := 0
		for more := true; more; rounds++ {
			var err error
			more, err = r.SpreadNews(t.Context(), start, start.Add(-30*24*time.Hour), 2, AnyVersion, interest)
			require.NoError(t, err)
			require.Less(t, rounds, 20)
		}
		require.Equal(t, 3+1+1+1, rounds, "three portions, the end of the first news, the second, and nothing")
		users := scalar[string](t, r, `SELECT COALESCE(string_agg(user_id, ' ' ORDER BY user_id), '') FROM events WHERE name IN ('Product Price Dropped', 'Product Ignored')`)
		require.Equal(t, "number u0 u1 u2 u3 u4", strings.TrimSpace(users))
		require.Zero(t, scalar[int64](t, r, `SELECT COUNT(*) FROM shop_news`))
	})
}

// TestEveryProductCanBeStored keeps what the search for those whom news concerns cannot use from being refused.
func TestEveryProductCanBeStored(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		var long strings.Builder
		for i := range 2000 {
			fmt.Fprintf(&long, "%x", i*7919*7919)
		}
		for name, properties := range map[string]map[string]any{
			"none": nil, "empty": {}, "null": {"product_id": nil}, "a list": {"product_id": []any{"632"}}, "long": {"product_id": long.String()},
			"NUL": {"product_id": "6\x0032"},
		} {
			e := track("view/"+name, "u", "", "Product Viewed")
			e.Properties = properties
			r.ingest(t, idle, e)
		}
		require.EqualValues(t, 6, scalar[int64](t, r, `SELECT COUNT(*) FROM events`))
	})
}
