package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/activities"
)

func TestReportsInAnyOrder(t *testing.T) {
	report := func(kind string, minute int) ProviderEvent {
		return ProviderEvent{ID: fmt.Sprintf("%s-%d", kind, minute), Kind: kind, At: start.Add(time.Duration(minute) * time.Minute)}
	}
	cases := map[string]struct {
		reports []ProviderEvent
		want    string
		minute  int
	}{
		"processed":               {[]ProviderEvent{report("processed", 1)}, "processed", 1},
		"delivered":               {[]ProviderEvent{report("processed", 1), report("delivered", 2)}, "delivered", 2},
		"deferred, delivered":     {[]ProviderEvent{report("processed", 1), report("deferred", 2), report("deferred", 3), report("delivered", 4)}, "delivered", 4},
		"still deferred":          {[]ProviderEvent{report("processed", 1), report("deferred", 2), report("deferred", 9)}, "deferred", 9},
		"bounced after delivered": {[]ProviderEvent{report("delivered", 2), report("bounce", 3)}, "bounce", 3},
		"dropped":                 {[]ProviderEvent{report("processed", 1), report("dropped", 1)}, "dropped", 1},
		"opened":                  {[]ProviderEvent{report("delivered", 2), report("open", 3), report("click", 4)}, "delivered", 2},
		"reported as spam":        {[]ProviderEvent{report("bounce", 2), report("spamreport", 3)}, "spamreport", 3},
	}
	each(t, func(t *testing.T, r *record) {
		n := 0
		for name, test := range cases {
			for _, order := range permutations(len(test.reports)) {
				n++
				id := fmt.Sprintf("m-%d", n)
				customerID := r.plan(t, id)
				r.claimed(t, id)
				for range 2 { // Everything is reported twice.
					for _, i := range order {
						event := test.reports[i]
						event.ID, event.MessageID = event.ID+id, id
						require.NoError(t, r.RecordProviderEvents(t.Context(), []ProviderEvent{event, event}, same))
					}
				}
				got := r.message(t, customerID)
				require.Equal(t, test.want, got.Delivery, "%s %v", name, order)
				require.Equal(t, start.Add(time.Duration(test.minute)*time.Minute), got.DeliveryAt, name)
				require.Equal(t, statusSent, got.Status)
				require.Equal(t, "count 1 urgent 0", r.wakeRows(t)[customerID], "woken once")
			}
		}
	})
}

// permutations returns all orders of n things.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var orders [][]int
	for _, shorter := range permutations(n - 1) {
		for at := range n {
			order := append(append(append([]int{}, shorter[:at]...), n-1), shorter[at:]...)
			orders = append(orders, order)
		}
	}
	return orders
}

func TestReportsInOneBatch(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		one, two, confirmed := r.plan(t, "one"), r.plan(t, "two"), r.plan(t, "confirmed")
		r.claimed(t, "one")
		r.claimed(t, "two")
		r.claimed(t, "confirmed")
		require.NoError(t, r.Confirm(t.Context(), "confirmed", "first", "p", "sent", start))
		day := func(real time.Time) time.Time { return real.AddDate(0, 0, 1) }
		at := func(minute int) time.Time { return start.Add(time.Duration(minute) * time.Minute) }
		require.NoError(t, r.RecordProviderEvents(t.Context(), []ProviderEvent{
			{ID: "1", MessageID: "one", Kind: "delivered", At: at(5)},
			{ID: "2", MessageID: "one", Kind: "processed", At: at(3)},
			{ID: "3", MessageID: "two", Kind: "dropped", At: at(4), Detail: "Bounced Address"},
			{ID: "4", MessageID: "confirmed", Kind: "processed", At: at(4)},
			{ID: "5", MessageID: "somebody else's", Kind: "delivered", At: at(9)},
			{ID: "6", MessageID: "", Kind: "delivered", At: at(9)},
			{ID: "7\x00", MessageID: "two", Kind: "open", At: at(6), Detail: "\xff"},
		}, day))
		require.Equal(t, day(at(3)), r.message(t, one).SettledAt, "the earliest report says when")
		require.Equal(t, day(at(4)), r.message(t, two).SettledAt)
		require.Equal(t, "dropped", r.message(t, two).Delivery)
		require.Equal(t, start, r.message(t, confirmed).SettledAt)
		require.Equal(t, "processed", r.message(t, confirmed).Delivery)
		require.Equal(t, map[string]string{one: "count 1 urgent 0", two: "count 1 urgent 0"}, r.wakeRows(t))
		require.EqualValues(t, 5, scalar[int64](t, r, "SELECT COUNT(*) FROM provider_events"))
		last, err := r.LastProviderEvent(t.Context())
		require.NoError(t, err)
		require.Equal(t, at(6), last)
	})
}

func TestNoReports(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		require.NoError(t, r.RecordProviderEvents(t.Context(), nil, same))
		last, err := r.LastProviderEvent(t.Context())
		require.NoError(t, err)
		require.Zero(t, last)
	})
}

func TestReportsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		var reports []ProviderEvent
		for i := range 6 {
			id := fmt.Sprintf("m-%d", i)
			r.plan(t, id)
			r.claimed(t, id)
			reports = append(reports, ProviderEvent{ID: "report of " + id, MessageID: id, Kind: "processed", At: start})
		}
		var group errgroup.Group
		for w := range 6 {
			group.Go(func() error {
				mixed := append(append([]ProviderEvent{}, reports[w:]...), reports[:w]...)
				if err := r.RecordProviderEvents(t.Context(), mixed, same); err != nil {
					return err
				}
				return r.Confirm(t.Context(), reports[w].MessageID, "first", "p", "sent", start)
			})
		}
		require.NoError(t, group.Wait())
		require.EqualValues(t, 6, scalar[int64](t, r, "SELECT COUNT(*) FROM provider_events"))
		require.EqualValues(t, 6, scalar[int64](t, r, "SELECT COUNT(*) FROM messages WHERE status = 'sent' AND provider_id = 'p'"))
		require.EqualValues(t, 6, scalar[int64](t, r, "SELECT COUNT(*) FROM wakes WHERE count = 1"))
	})
}

func TestAReportStampedBeforeTheClaimCountsFromTheClaim(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		customerID := r.plan(t, "m-1")
		r.claimed(t, "m-1")
		claimedAt := r.message(t, customerID).ClaimedAt
		early := ProviderEvent{ID: "e-1", MessageID: "m-1", Kind: "processed", At: claimedAt.Add(-900 * time.Millisecond)}
		require.NoError(t, r.RecordProviderEvents(t.Context(), []ProviderEvent{early}, same))
		require.Equal(t, claimedAt, r.message(t, customerID).SettledAt)
	})
}

func TestAReportDuringTheAttemptWakesNobody(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		customerID := r.plan(t, "m-1")
		claim, err := r.Claim(t.Context(), "m-1", "first", start, wanted)
		require.NoError(t, err)
		require.Equal(t, activities.Claimed, claim.Status)
		report := ProviderEvent{ID: "e-1", MessageID: "m-1", Kind: "processed", At: start}
		require.NoError(t, r.RecordProviderEvents(t.Context(), []ProviderEvent{report}, same))
		require.Equal(t, statusSent, r.message(t, customerID).Status)
		require.Empty(t, r.wakeRows(t), "the attempt decides when it is done")
	})
}
