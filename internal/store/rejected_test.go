package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRejectedEvents(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		note := func(key string, after time.Duration, items ...string) {
			events := make([]RejectedEvent, len(items))
			for i, item := range items {
				events[i] = RejectedEvent{ReceivedAt: start.Add(after), Code: "missing", Field: "userId", Message: "no \x00 one", Item: item}
			}
			require.NoError(t, r.RecordRejected(t.Context(), key, events))
		}
		items := func(before int64, key string, limit int) (found []string, last int64) {
			events, err := r.RejectedEvents(t.Context(), before, key, limit)
			require.NoError(t, err)
			for _, e := range events {
				found, last = append(found, e.Key+" "+e.Item), e.Seq
			}
			return found, last
		}
		note("shop", 0, "1", "2\xff")
		note("app", time.Hour, "3")
		note("shop", 2*time.Hour, "4")

		first, last := items(0, "", 2)
		require.Equal(t, []string{"shop 4", "app 3"}, first)
		rest, _ := items(last, "", 2)
		require.Equal(t, []string{"shop 2\uFFFD", "shop 1"}, rest)
		app, _ := items(0, "app", 10)
		require.Equal(t, []string{"app 3"}, app)
		events, err := r.RejectedEvents(t.Context(), 0, "", 1)
		require.NoError(t, err)
		require.Equal(t, RejectedEvent{
			Seq: events[0].Seq, ReceivedAt: start.Add(2 * time.Hour), Key: "shop",
			Code: "missing", Field: "userId", Message: "no \uFFFD one", Item: "4",
		}, events[0])

		pruned, err := r.PruneRejected(t.Context(), start.Add(time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, 2, pruned)
		left, _ := items(0, "", 10)
		require.Equal(t, []string{"shop 4", "app 3"}, left)
	})
}

func TestOfEachKeyTheNewestRejectedEventsAreKept(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		require.NoError(t, r.RecordRejected(t.Context(), "app", []RejectedEvent{{ReceivedAt: start, Item: "of another key"}}))
		many := make([]RejectedEvent, rejectedKept+5)
		for i := range many {
			many[i] = RejectedEvent{ReceivedAt: start, Item: fmt.Sprint(i)}
		}
		require.NoError(t, r.RecordRejected(t.Context(), "shop", many))
		events, err := r.RejectedEvents(t.Context(), 0, "", 2*rejectedKept)
		require.NoError(t, err)
		require.Len(t, events, rejectedKept+1)
		require.Equal(t, "1004", events[0].Item)
		require.Equal(t, "5", events[rejectedKept-1].Item)
		require.Equal(t, "of another key", events[rejectedKept].Item)
	})
}
