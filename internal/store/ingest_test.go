package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

func TestIngestKeepsEveryField(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		event := journey.Event{
			MessageID: "m-1", Type: journey.TypeTrack, Name: "Order Completed", UserID: "u-1", AnonymousID: "a-1",
			PreviousID: "p-1", GroupID: "g-1", Timestamp: start.Add(-90 * time.Minute), ReceivedAt: start, Age: 90 * time.Minute,
			Properties: map[string]any{"total": 12.5, "products": []any{map[string]any{"sku": "ü\"\\"}}, "empty": nil},
			Traits:     map[string]any{"email": "a@example.com"},
			Context:    map[string]any{},
		}
		r.ingest(t, waking, event, journey.Event{MessageID: "m-2", Type: "page", Name: "page", UserID: "u-1", Timestamp: time.Unix(0, 0).UTC(), ReceivedAt: start})
		var got []journey.Event
		r.decide(t, r.customer(t, "u-1"), func(_ context.Context, in journey.Input) (journey.Outcome, error) {
			got = in.Events
			return journey.Outcome{}, nil
		})
		require.Len(t, got, 2)
		require.Less(t, got[0].Seq, got[1].Seq)
		require.Equal(t, time.Unix(0, 0).UTC(), got[1].Timestamp)
		event.Seq = got[0].Seq
		require.Equal(t, event, got[0])
	})
}

func TestIngestDropsDuplicates(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		batch := []journey.Event{track("m-1", "u", "", "wake"), track("m-2", "u", "", "wake"), track("m-1", "other", "", "wake")}
		stored, duplicates, err := r.Ingest(t.Context(), batch, AnyVersion, waking)
		require.NoError(t, err)
		require.Equal(t, []int{2, 1}, []int{stored, duplicates})
		stored, duplicates, err = r.Ingest(t.Context(), append(batch, track("m-3", "u", "", "wake")), AnyVersion, waking)
		require.NoError(t, err)
		require.Equal(t, []int{1, 3}, []int{stored, duplicates})
		require.Equal(t, map[string]string{r.customer(t, "u"): "count 3 urgent 0"}, r.wakeRows(t))
		require.EqualValues(t, 1, scalar[int64](t, r, "SELECT COUNT(*) FROM customers"), "a duplicate makes no customer")

		stored, duplicates, err = r.Ingest(t.Context(), nil, AnyVersion, waking)
		require.NoError(t, err)
		require.Equal(t, []int{0, 0}, []int{stored, duplicates})
	})
}

func TestWhatMakesACustomerWakesWhenATimeCountsFromThen(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		newcomer := func(journey.Event) journey.Interest { return journey.Interest{Newcomer: true} }
		r.ingest(t, idle, track("m-1", "old", "", "x"))
		r.ingest(t, newcomer, track("m-2", "old", "", "x"), track("m-3", "new", "a", "x"), track("m-4", "", "visitor", "x"))
		r.ingest(t, newcomer, track("m-5", "new", "", "x"), track("m-6", "", "a", "x"))
		require.Equal(t, map[string]string{r.customer(t, "new"): "count 1 urgent 0"}, r.wakeRows(t))
	})
}

func TestEventsWithoutMessageIDAreAllNew(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("", "u", "", "wake"), track("", "u", "", "wake"))
		r.ingest(t, waking, track("", "u", "", "wake"), track("m", "u", "", "wake"))
		require.EqualValues(t, 4, scalar[int64](t, r, "SELECT COUNT(*) FROM events"))
	})
}

func TestPruneMessageIDs(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, idle, track("old-1", "u", "", "x"), track("old-2", "u", "", "x"))
		now := r.set(time.Hour)
		r.ingest(t, idle, track("new", "u", "", "x"))
		for _, want := range []int{1, 1, 0} {
			pruned, err := r.PruneMessageIDs(t.Context(), now, 1)
			require.NoError(t, err)
			require.Equal(t, want, pruned)
		}
		stored, duplicates, err := r.Ingest(t.Context(), []journey.Event{track("old-1", "u", "", "x"), track("new", "u", "", "x")}, AnyVersion, idle)
		require.NoError(t, err)
		require.Equal(t, []int{1, 1}, []int{stored, duplicates})
	})
}

// One event with text that PostgreSQL refuses must harm no other event, and no decision that uses it.
func TestIngestMakesTextStorable(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		bad := track("m\x00", "u\xff", "a\x00", "wake\x00")
		bad.Properties = map[string]any{"order\x00id": "1\x00", "list": []any{"\x00"}, "kept": `\u0000`}
		r.ingest(t, waking, bad, track("m-2", "other", "", "wake"))
		customer, ok, err := r.CustomerByUserID(t.Context(), "u\xff")
		require.NoError(t, err)
		require.True(t, ok)
		r.decide(t, customer.State.CustomerID, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
			require.Equal(t, "wake\uFFFD", in.Events[0].Name)
			require.Equal(t, map[string]any{"order\uFFFDid": "1\uFFFD", "list": []any{"\uFFFD"}, "kept": `\u0000`}, in.Events[0].Properties)
			return journey.Outcome{}, nil
		})
	})
}

func TestIngestLargeBatch(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		var events []journey.Event
		for i := range 2500 {
			events = append(events, track(fmt.Sprintf("m-%d", i), fmt.Sprintf("u-%d", i%1250), fmt.Sprintf("a-%d", i), "wake"))
		}
		r.ingest(t, waking, events...)
		require.EqualValues(t, 2500, scalar[int64](t, r, "SELECT COUNT(*) FROM events WHERE customer_id IS NOT NULL"))
		require.EqualValues(t, 1250, scalar[int64](t, r, "SELECT COUNT(*) FROM wakes WHERE count = 2"))
		counts, err := r.Counts(t.Context())
		require.NoError(t, err)
		require.Equal(t, Counts{Customers: 1250, Events: 2500}, counts)
	})
}

// History is stored as such, and hurries nobody.
func TestImportedEvents(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		event := track("1", "u", "", "urgent")
		event.Imported = true
		r.ingest(t, byName, event)
		id := r.customer(t, "u")
		require.Equal(t, map[string]string{id: "count 1 urgent 0"}, r.wakeRows(t))
		r.decide(t, id, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			require.True(t, in.Events[0].Imported)
			return echo(ctx, in)
		})
	})
}
