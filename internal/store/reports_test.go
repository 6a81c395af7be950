package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/activities"
)

// unheard stores reports in real time under a map that listens to none of their events.
var unheard = Judging{JourneyAt: func(real time.Time) time.Time { return real }, Interest: idle, Version: AnyVersion}

func TestReportsInAnyOrder(t *testing.T) {
	report := func(kind activities.ReportKind, minute int) activities.Report {
		return activities.Report{ID: fmt.Sprintf("%s-%d", kind, minute), Kind: kind, At: start.Add(time.Duration(minute) * time.Minute)}
	}
	cases := map[string]struct {
		reports []activities.Report
		want    string
		minute  int
	}{
		"processed":               {[]activities.Report{report("processed", 1)}, "processed", 1},
		"delivered":               {[]activities.Report{report("processed", 1), report("delivered", 2)}, "delivered", 2},
		"deferred, delivered":     {[]activities.Report{report("processed", 1), report("deferred", 2), report("deferred", 3), report("delivered", 4)}, "delivered", 4},
		"still deferred":          {[]activities.Report{report("processed", 1), report("deferred", 2), report("deferred", 9)}, "deferred", 9},
		"bounced after delivered": {[]activities.Report{report("delivered", 2), report("bounced", 3)}, "bounced", 3},
		"dropped":                 {[]activities.Report{report("processed", 1), report("dropped", 1)}, "dropped", 1},
		"opened":                  {[]activities.Report{report("delivered", 2), report("opened", 3), report("clicked", 4)}, "delivered", 2},
		"reported as spam":        {[]activities.Report{report("bounced", 2), report("complained", 3)}, "complained", 3},
	}
	each(t, func(t *testing.T, r *record) {
		r.set(time.Hour)
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
						require.NoError(t, r.RecordReports(t.Context(), []activities.Report{event, event}, unheard))
					}
				}
				got := r.message(t, customerID)
				require.EqualValues(t, test.want, got.Delivery, "%s %v", name, order)
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
		r.set(time.Hour)
		day := func(real time.Time) time.Time { return real.AddDate(0, 0, 1) }
		at := func(minute int) time.Time { return start.Add(time.Duration(minute) * time.Minute) }
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{
			{ID: "1", MessageID: "one", Kind: "delivered", At: at(5)},
			{ID: "2", MessageID: "one", Kind: "processed", At: at(3)},
			{ID: "3", MessageID: "two", Kind: "dropped", At: at(4), Detail: "Bounced Address"},
			{ID: "4", MessageID: "confirmed", Kind: "processed", At: at(4)},
			{ID: "5", MessageID: "somebody else's", Kind: "delivered", At: at(9)},
			{ID: "6", MessageID: "", Kind: "delivered", At: at(9)},
			{ID: "7\x00", MessageID: "two", Kind: "opened", At: at(6), Detail: "\xff"},
		}, Judging{JourneyAt: day, Interest: idle, Version: AnyVersion}))
		require.Equal(t, day(at(3)), r.message(t, one).SettledAt, "the earliest report says when")
		require.Equal(t, day(at(4)), r.message(t, two).SettledAt)
		require.EqualValues(t, "dropped", r.message(t, two).Delivery)
		require.Equal(t, start, r.message(t, confirmed).SettledAt)
		require.EqualValues(t, "processed", r.message(t, confirmed).Delivery)
		require.Equal(t, map[string]string{one: "count 1 urgent 0", two: "count 1 urgent 0"}, r.wakeRows(t))
		require.EqualValues(t, 5, scalar[int64](t, r, "SELECT COUNT(*) FROM provider_events"))
	})
}

func TestReportsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		var reports []activities.Report
		for i := range 6 {
			id := fmt.Sprintf("m-%d", i)
			r.plan(t, id)
			r.claimed(t, id)
			reports = append(reports, activities.Report{ID: "report of " + id, MessageID: id, Kind: "processed", At: start})
		}
		var group errgroup.Group
		for w := range 6 {
			group.Go(func() error {
				mixed := append(append([]activities.Report{}, reports[w:]...), reports[:w]...)
				if err := r.RecordReports(t.Context(), mixed, unheard); err != nil {
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
		early := activities.Report{ID: "e-1", MessageID: "m-1", Kind: "processed", At: claimedAt.Add(-900 * time.Millisecond)}
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{early}, unheard))
		require.Equal(t, claimedAt, r.message(t, customerID).SettledAt)
	})
}

func TestAReportDuringTheAttemptWakesNobody(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		customerID := r.plan(t, "m-1")
		claim, err := r.Claim(t.Context(), "m-1", "first", start, wanted)
		require.NoError(t, err)
		require.Equal(t, activities.Claimed, claim.Status)
		report := activities.Report{ID: "e-1", MessageID: "m-1", Kind: "processed", At: start}
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{report}, unheard))
		require.Equal(t, statusSent, r.message(t, customerID).Status)
		require.Empty(t, r.wakeRows(t), "the attempt decides when it is done")
	})
}

// TestAReportOfOthersHarmsNoneOfOurs: another user of the same SendGrid account has a custom
// argument message_id with a NUL. Our reports in the same post must be kept.
func TestAReportOfOthersHarmsNoneOfOurs(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		id := r.plan(t, "msg")
		r.claimed(t, "msg")
		reports := []activities.Report{
			{ID: "1", MessageID: "foreign\x00", Kind: activities.ReportProcessed, At: start},
			{ID: "2", MessageID: "msg", Kind: activities.ReportProcessed, At: start},
		}
		_, err := r.FindUnrecorded(t.Context(), reports)
		require.NoError(t, err)
		require.NoError(t, r.RecordReports(t.Context(), reports, unheard))
		require.Equal(t, statusSent, r.message(t, id).Status)
	})
}
