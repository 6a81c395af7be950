package store

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/access"
	"klantreis/internal/shop"
	"klantreis/journey"
)

// told is a version of an order, which becomes an event when it is newer than what is known.
func told(id string, version int) shop.Change {
	return shop.Change{Kind: "order", ID: id, Compare: func(known []byte) (shop.Told, error) {
		last := 0
		if known != nil {
			if err := json.Unmarshal(known, &last); err != nil {
				return shop.Told{}, err
			}
		}
		same := shop.Told{State: known, UserID: "u" + id}
		if version <= last {
			return same, nil
		}
		event := track(fmt.Sprintf("%s/%d", id, version), "u"+id, "", "Order Completed")
		return shop.Told{State: fmt.Append(nil, version), UserID: "u" + id, Events: []journey.Event{event}}, nil
	}}
}

func asTheyAre(events []journey.Event) []journey.Event { return events }

func TestWhatAShopTellsIsComparedAndStoredInOneTransaction(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		observe := func(version int64, changes ...shop.Change) (int, error) {
			return r.ObserveShop(t.Context(), "nl", changes, asTheyAre, version, waking)
		}
		foreseen, err := r.ForeseeShop(t.Context(), "nl", []shop.Change{told("1", 1), told("1", 1)})
		require.NoError(t, err)
		require.Len(t, foreseen, 1)

		stored, err := observe(AnyVersion, told("1", 1), told("2", 1), told("1", 1))
		require.NoError(t, err)
		require.Equal(t, 2, stored)
		for _, again := range [][]shop.Change{{told("1", 1)}, {told("1", 0), told("2", 1)}, nil} {
			stored, err = observe(AnyVersion, again...)
			require.NoError(t, err)
			require.Zero(t, stored)
		}
		stored, err = r.ObserveShop(t.Context(), "de", []shop.Change{told("3", 1)}, asTheyAre, AnyVersion, waking)
		require.NoError(t, err)
		require.Equal(t, 1, stored, "another shop")

		// Nothing is known when the events are not stored.
		_, _, err = r.PublishMap(t.Context(), []byte("m"), "h", start)
		require.NoError(t, err)
		_, err = observe(0, told("1", 2))
		require.ErrorIs(t, err, ErrNewerMap)
		broken := told("1", 5)
		broken.Compare = func([]byte) (shop.Told, error) { return shop.Told{}, fmt.Errorf("broken") }
		_, err = observe(AnyVersion, told("1", 2), broken)
		require.Error(t, err)
		stored, err = observe(AnyVersion, told("1", 2))
		require.NoError(t, err)
		require.Equal(t, 1, stored)
		// The messageId is forgotten in time, what is known of the order is not.
		_, err = r.PruneMessageIDs(t.Context(), start.Add(time.Hour), 100)
		require.NoError(t, err)
		stored, err = observe(AnyVersion, told("1", 2))
		require.NoError(t, err)
		require.Zero(t, stored)
	})
}

func TestManyProcessesAreToldTheSame(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		var group sync.WaitGroup
		for worker := range 4 {
			random := rand.New(rand.NewPCG(1, uint64(worker)))
			group.Go(func() {
				for range 30 {
					var changes []shop.Change
					for range 3 {
						changes = append(changes, told(fmt.Sprint(random.IntN(5)), 1))
					}
					if _, err := r.ObserveShop(t.Context(), "nl", changes, asTheyAre, AnyVersion, waking); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
		var n int
		require.NoError(t, r.readOne(t.Context(), sqlText(`SELECT COUNT(*) FROM events`), nil, &n))
		require.Equal(t, 5, n)
	})
}

func TestErasedObjectsOfAShopSayNothing(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		observe := func(changes ...shop.Change) int {
			stored, err := r.ObserveShop(t.Context(), "nl", changes, asTheyAre, AnyVersion, waking)
			require.NoError(t, err)
			return stored
		}
		require.Equal(t, 2, observe(told("1", 1), told("2", 1)))
		erased, err := r.EraseShopObjects(t.Context(), []string{"u1", "nobody"})
		require.NoError(t, err)
		require.Equal(t, 1, erased)
		require.Equal(t, 1, observe(told("1", 2), told("2", 2)))
		var n int
		require.NoError(t, r.readOne(t.Context(), sqlText(`SELECT COUNT(*) FROM shop_objects WHERE user_id = 'u1' OR (erased = 1 AND state <> '')`), nil, &n))
		require.Zero(t, n)
	})
}

func TestOneProcessAtATimeWalksThroughAShop(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		ctx := t.Context()
		require.NoError(t, r.ConnectShop(ctx, "nl", "shopify"))
		r.set(time.Minute)
		require.NoError(t, r.ConnectShop(ctx, "nl", "shopify"))
		lease := func(holder string) bool {
			c, ok, err := r.LeaseShop(ctx, "nl", holder, time.Minute)
			require.NoError(t, err)
			require.Equal(t, ok, c.Since.Equal(start))
			return ok
		}
		require.True(t, lease("a"))
		require.True(t, lease("a"), "again")
		require.False(t, lease("b"))
		held, err := r.ShopCame(ctx, "nl", "a", shop.Page{Cursor: "p1", Warning: "not yet"}, time.Hour)
		require.NoError(t, err)
		require.True(t, held)
		r.set(30 * time.Minute)
		require.False(t, lease("b"))
		r.set(2 * time.Hour)
		require.True(t, lease("b"), "the lease ran out")
		held, err = r.ShopCame(ctx, "nl", "a", shop.Page{Cursor: "lost"}, time.Hour)
		require.NoError(t, err)
		require.False(t, held)
		held, err = r.ShopCame(ctx, "nl", "b", shop.Page{Cursor: "p2", Done: true, Warning: "careful"}, time.Hour)
		require.NoError(t, err)
		require.True(t, held)
		require.NoError(t, r.FreeShop(ctx, "nl", "b"))
		require.True(t, lease("c"))

		require.NoError(t, r.ShopDelivered(ctx, "nl"))
		r.set(2*time.Hour + 10*time.Second)
		require.NoError(t, r.ShopDelivered(ctx, "nl"))
		require.NoError(t, r.ShopFailed(ctx, "nl", "no \x00 way"))
		list, err := r.ShopConnections(ctx)
		require.NoError(t, err)
		require.Equal(t, []ShopConnection{{
			Name: "nl", Kind: "shopify", Since: start, Place: "p2", DeliveredAt: start.Add(2 * time.Hour), ReconciledAt: start.Add(2 * time.Hour),
			Warning: "careful", Error: "no \uFFFD way", ErrorAt: start.Add(2*time.Hour + 10*time.Second),
		}}, list)
	})
}

func TestPrivacyRequestsAreKeptUntilTheyAreDone(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		ctx := t.Context()
		request := shop.PrivacyRequest{ID: "1", Kind: shop.RedactCustomer, UserIDs: []string{"u1", "guest-x"}}
		require.NoError(t, r.QueuePrivacyRequest(ctx, "nl", request))
		require.NoError(t, r.QueuePrivacyRequest(ctx, "nl", request))
		open, err := r.PrivacyRequests(ctx, 10)
		require.NoError(t, err)
		require.Len(t, open, 1)
		require.Equal(t, request.UserIDs, open[0].UserIDs)
		require.Equal(t, "nl", open[0].Connection)
		require.NoError(t, r.PrivacyRequestDone(ctx, access.Actor{}, open[0].ID))
		require.ErrorIs(t, r.PrivacyRequestDone(ctx, access.Actor{}, open[0].ID), ErrNotFound)
		require.NoError(t, r.QueuePrivacyRequest(ctx, "nl", request), "it comes again")
		open, err = r.PrivacyRequests(ctx, 10)
		require.NoError(t, err)
		require.Empty(t, open)
	})
}

// TestAShopIsHeardAfterTheFirstErasure: WooCommerce does not tell again what was not taken.
func TestAShopIsHeardAfterTheFirstErasure(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, journey.Event{
			MessageID: "i1", Type: journey.TypeIdentify, UserID: "jo", Traits: map[string]any{"email": "jo@example.com"}, Timestamp: start, ReceivedAt: start,
		})
		r.erase(t, "jo")
		stored, err := r.ObserveShop(t.Context(), "nl", []shop.Change{told("1", 1)}, asTheyAre, AnyVersion, waking)
		require.NoError(t, err)
		require.Equal(t, 1, stored)
	})
}
