package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
)

// TestFatesInAnyOrder reports the same things in every order, each alone and twice, and finds the same in the end.
func TestFatesInAnyOrder(t *testing.T) {
	at := func(minute int) time.Time { return start.Add(time.Duration(minute) * time.Minute) }
	reports := []activities.Report{
		{Kind: activities.ReportMachineOpened, At: at(1)},
		{Kind: activities.ReportOpened, At: at(2)},
		{Kind: activities.ReportOpened, At: at(5)},
		{Kind: activities.ReportClicked, At: at(6), URL: "https://shop.example/"},
		{Kind: activities.ReportUnsubscribed, At: at(7)},
	}
	each(t, func(t *testing.T, r *record) {
		r.set(time.Hour)
		for n, order := range permutations(len(reports)) {
			id := fmt.Sprintf("m-%d", n)
			customerID := r.plan(t, id)
			r.claimed(t, id)
			for _, i := range order {
				report := reports[i]
				report.ID, report.MessageID = fmt.Sprintf("%s-%d", id, i), id
				require.NoError(t, r.RecordReports(t.Context(), []activities.Report{report}, unheard))
				require.NoError(t, r.RecordReports(t.Context(), []activities.Report{report}, unheard))
			}
			got := r.message(t, customerID)
			require.EqualValues(t, 2, got.Opens)
			require.EqualValues(t, 1, got.MachineOpens)
			require.Equal(t, at(2), got.FirstOpenedAt)
			require.EqualValues(t, 1, got.Clicks)
			require.Equal(t, at(6), got.FirstClickedAt)
			require.Equal(t, activities.ReportUnsubscribed, got.Subscription)
			require.Equal(t, at(7), got.SubscriptionAt)
			require.Empty(t, got.Delivery)
		}
	})
}

func TestTheLastWordOnASubscriptionStands(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.set(time.Hour)
		on, off := activities.ReportResubscribed, activities.ReportUnsubscribed
		for n, test := range []struct {
			kinds []activities.ReportKind
			at    []int
			want  activities.ReportKind
		}{
			{[]activities.ReportKind{off, on}, []int{1, 2}, on},
			{[]activities.ReportKind{on, off}, []int{2, 1}, on},
			{[]activities.ReportKind{off, on}, []int{1, 1}, off},
			{[]activities.ReportKind{on, off}, []int{1, 1}, off},
		} {
			id := fmt.Sprintf("m-%d", n)
			customerID := r.plan(t, id)
			r.claimed(t, id)
			for i, kind := range test.kinds {
				report := activities.Report{ID: fmt.Sprint(id, i), MessageID: id, Kind: kind, At: start.Add(time.Duration(test.at[i]) * time.Minute)}
				require.NoError(t, r.RecordReports(t.Context(), []activities.Report{report}, unheard))
			}
			require.Equal(t, test.want, r.message(t, customerID).Subscription, n)
		}
	})
}

// TestReportsWithImpossibleInstants are taken as happening between the claim and now.
func TestReportsWithImpossibleInstants(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		now := r.set(time.Hour)
		for name, test := range map[string]struct{ at, want time.Time }{
			"none":             {time.Time{}, now},
			"in the future":    {now.Add(time.Hour), now},
			"before the claim": {longAgo.Add(-time.Hour), longAgo},
			"in nanoseconds":   {start.Add(1500), start.Add(1000)},
		} {
			customerID := r.plan(t, name)
			r.claimed(t, name)
			report := activities.Report{ID: name, MessageID: name, Kind: activities.ReportDelivered, At: test.at}
			require.NoError(t, r.RecordReports(t.Context(), []activities.Report{report}, unheard))
			require.Equal(t, test.want, r.message(t, customerID).DeliveryAt, name)
			require.Equal(t, test.want, r.message(t, customerID).SettledAt, name)
		}
	})
}
