package store

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

func TestHistories(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		none, err := r.VisitorEvents(t.Context())
		require.NoError(t, err)
		require.Zero(t, none)
		require.NoError(t, r.Histories(t.Context(), func(History) error { return errors.New("there is nobody") }))

		visit, order := track("visit", "", "device", "view"), track("order", "u-0", "device", "wake")
		order.Properties = map[string]any{"order_id": "A1"}
		r.ingest(t, waking, track("nobody's", "", "other", "view"), visit)
		r.ingest(t, byName, order)
		// More customers than are read at once, with events of some of them between each other's.
		var events []journey.Event
		for i := range 2*historyPage + 50 {
			events = append(events, track(fmt.Sprint("first ", i), fmt.Sprint("u-", i), "", "wake"))
		}
		for i := range historyPage {
			events = append(events, track(fmt.Sprint("second ", i), fmt.Sprint("u-", i), "", "view"))
		}
		r.ingest(t, byName, events...)
		id := r.customer(t, "u-0")
		r.decide(t, id, echo)
		r.ingest(t, byName, track("last", "u-0", "", "view")) // not consumed yet

		names := map[string][]string{}
		last := ""
		require.NoError(t, r.Histories(t.Context(), func(h History) error {
			require.Less(t, last, h.CustomerID)
			last = h.CustomerID
			for _, e := range h.Events {
				names[h.UserID] = append(names[h.UserID], e.MessageID)
			}
			if h.CustomerID == id {
				require.Equal(t, order.Properties, h.Events[1].Properties)
				require.Equal(t, start, h.Events[1].ReceivedAt)
				require.Equal(t, "device", h.Events[0].AnonymousID)
			}
			return nil
		}))
		require.Len(t, names, 2*historyPage+50)
		require.Equal(t, []string{"visit", "order", "first 0", "second 0", "last"}, names["u-0"])
		require.Equal(t, []string{"first 7", "second 7"}, names["u-7"])
		require.Equal(t, []string{"first 249"}, names["u-249"])

		visitors, err := r.VisitorEvents(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 1, visitors)
	})
}

func TestHistoriesEndWithTheFirstError(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("1", "u", "", "wake"), track("2", "v", "", "wake"))
		enough := errors.New("enough")
		calls := 0
		err := r.Histories(t.Context(), func(History) error { calls++; return enough })
		require.ErrorIs(t, err, enough)
		require.Equal(t, 1, calls)
	})
}

func TestJourneyClockIsOnlyRead(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		clock, err := r.JourneyClock(t.Context())
		require.NoError(t, err)
		require.Equal(t, journey.Clock{}, clock)
		wanted := journey.Clock{J0: start.AddDate(-1, 0, 0), R0: start, Speed: 3600, Started: true}
		_, err = r.Clock(t.Context(), wanted)
		require.NoError(t, err)
		clock, err = r.JourneyClock(t.Context())
		require.NoError(t, err)
		require.Equal(t, wanted, clock)
	})
}
