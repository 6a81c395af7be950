package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/activities"
	"klantreis/journey"
)

// listening is the interest of a map that waits for clicks.
var listening = Judging{
	JourneyAt: func(real time.Time) time.Time { return real.AddDate(1, 0, 0) },
	Interest: func(e journey.Event) journey.Interest {
		return journey.Interest{Wakes: e.Name == journey.MessageClicked}
	},
	Version: AnyVersion,
}

// ordered plans a message for an order and returns the customer. The message is sent, and nobody is awake.
func (r *record) ordered(t *testing.T, id string) (customerID string) {
	t.Helper()
	user := "user of " + id
	order := track("event of "+id, user, "", "Order Completed")
	order.Properties = map[string]any{"order_id": 1001.0, "total": 9.5}
	r.ingest(t, waking, order)
	customerID = r.customer(t, user)
	r.decide(t, customerID, startRun(id))
	r.claimed(t, id)
	require.NoError(t, r.Confirm(t.Context(), id, "first", "p", journey.ReasonSent, start))
	r.decide(t, customerID, nothing)
	require.NotContains(t, r.wakeRows(t), customerID)
	return customerID
}

// news returns the unconsumed events of a customer.
func (r *record) news(t *testing.T, customerID string) []journey.Event {
	t.Helper()
	var events []journey.Event
	r.decide(t, customerID, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
		events = in.Events
		return journey.Outcome{}, nil
	})
	return events
}

func TestReportsBecomeEvents(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		now := r.set(time.Hour)
		at := start.Add(10 * time.Minute)
		for kind, want := range map[activities.ReportKind][]string{
			activities.ReportProcessed:     nil,
			activities.ReportDeferred:      nil,
			activities.ReportDelivered:     {journey.MessageDelivered},
			activities.ReportDropped:       {journey.MessageBounced},
			activities.ReportBlocked:       {journey.MessageBounced},
			activities.ReportBounced:       {journey.MessageBounced},
			activities.ReportOpened:        {journey.MessageOpened},
			activities.ReportMachineOpened: nil,
			activities.ReportClicked:       {journey.MessageClicked},
			activities.ReportComplained:    {journey.MessageComplained, journey.ConsentWithdrawn},
			activities.ReportUnsubscribed:  {journey.MessageUnsubscribed, journey.ConsentWithdrawn},
			activities.ReportResubscribed:  nil,
		} {
			id := string(kind)
			customerID := r.ordered(t, id)
			report := activities.Report{ID: "e-" + id, MessageID: id, Kind: kind, At: at, URL: "https://shop.example/"}
			for range 3 {
				require.NoError(t, r.RecordReports(t.Context(), []activities.Report{report, report}, listening))
			}
			if kind == activities.ReportClicked {
				require.Equal(t, "count 1 urgent 0", r.wakeRows(t)[customerID], "once")
			} else {
				require.NotContains(t, r.wakeRows(t), customerID, kind)
			}
			var names []string
			for _, event := range r.news(t, customerID) {
				names = append(names, event.Name)
				require.Equal(t, "user of "+id, event.UserID)
				require.Equal(t, at.AddDate(1, 0, 0), event.Timestamp)
				require.Equal(t, now.AddDate(1, 0, 0), event.ReceivedAt)
				require.Equal(t, 50*time.Minute, event.Age)
				require.Equal(t, kind != activities.ReportClicked, event.Dormant)
				require.EqualValues(t, 1001, event.Properties["order_id"])
				require.Equal(t, "run-"+id, event.Properties["run_id"])
			}
			require.Equal(t, want, names, kind)
		}
	})
}

func TestWhatEventsSayOfMessages(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.set(time.Hour)
		customerID := r.ordered(t, "msg")
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{
			{ID: "1", MessageID: "msg", Kind: activities.ReportClicked, At: start, URL: "https://shop.example/p"},
			{ID: "2", MessageID: "msg", Kind: activities.ReportBlocked, At: start.Add(time.Second)},
			{ID: "3", MessageID: "msg", Kind: activities.ReportUnsubscribed, At: start.Add(time.Minute)},
		}, listening))
		about := func(more map[string]any) map[string]any {
			all := map[string]any{"message_id": "msg", "touchpoint": "confirmation", "template": "order", "run_id": "run-msg", "order_id": 1001.0}
			maps.Copy(all, more)
			return all
		}
		events := r.news(t, customerID)
		require.Len(t, events, 4)
		require.Equal(t, about(map[string]any{"class": "transactional", "url": "https://shop.example/p"}), events[0].Properties)
		require.Equal(t, about(map[string]any{"class": "transactional", "type": "blocked"}), events[1].Properties)
		require.Equal(t, about(map[string]any{"class": "transactional"}), events[2].Properties)
		require.Equal(t, about(map[string]any{"classes": []any{"service", "marketing"}, "source": "unsubscribed"}), events[3].Properties)
		require.Equal(t, []string{"report/1", "report/2", "report/3", "report/3/consent"},
			[]string{events[0].MessageID, events[1].MessageID, events[2].MessageID, events[3].MessageID})
	})
}

func TestAReportIsNotJudgedByAnOlderMap(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		customerID := r.ordered(t, "msg")
		version, _, err := r.PublishMap(t.Context(), []byte("map"), "hash", start)
		require.NoError(t, err)
		older, newer := listening, listening
		older.Version, newer.Version = version-1, version
		report := []activities.Report{{ID: "1", MessageID: "msg", Kind: activities.ReportClicked, At: start}}
		require.ErrorIs(t, r.RecordReports(t.Context(), report, older), ErrNewerMap)
		require.Zero(t, r.message(t, customerID).Clicks, "nothing is stored")
		require.NoError(t, r.RecordReports(t.Context(), report, newer))
		require.EqualValues(t, 1, r.message(t, customerID).Clicks)
		require.Len(t, r.news(t, customerID), 1)
	})
}

// TestReportsAndDecisionsAtOnce has every report told once, whoever is deciding meanwhile.
func TestReportsAndDecisionsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.set(time.Hour)
		var ids, customers []string
		var reports []activities.Report
		for i := range 5 {
			id := fmt.Sprintf("m-%d", i)
			ids, customers = append(ids, id), append(customers, r.ordered(t, id))
			reports = append(reports, activities.Report{ID: "e-" + id, MessageID: id, Kind: activities.ReportClicked, At: start})
		}
		var group errgroup.Group
		for w := range 4 {
			mine := slices.Concat(reports[w:], reports[:w])
			group.Go(func() error { return r.RecordReports(t.Context(), mine, listening) })
			group.Go(func() error {
				for _, customerID := range customers {
					if _, err := r.Decide(t.Context(), customerID, 0, nothing); err != nil {
						return err
					}
				}
				return nil
			})
		}
		require.NoError(t, group.Wait())
		require.EqualValues(t, len(ids), scalar[int64](t, r, "SELECT COUNT(*) FROM events WHERE name = 'Message Clicked'"))
		for _, customerID := range customers {
			r.decide(t, customerID, nothing)
		}
		require.Zero(t, scalar[int64](t, r, "SELECT COUNT(*) FROM events WHERE consumed_step IS NULL"))
		require.Empty(t, r.wakeRows(t))
	})
}
