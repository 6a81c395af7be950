package app

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/store"
	"klantreis/journey"
)

// tried publishes a map that sends two mails after an order, lets customers order, and tries one on them that sends three,
// to some.
func tried(t *testing.T, customers int, guard config.Guard, progress func(done, all int)) *api.MapBacktest {
	t.Helper()
	s := emptyShop(t)
	s.publish(editable(reviewHead + reviewSteps))
	var events []journey.Event
	for n := range customers {
		userID := fmt.Sprint("user-", n)
		at := start.Add(time.Duration(n%3) * time.Hour)
		events = append(events,
			journey.Event{MessageID: "who " + userID, Type: journey.TypeIdentify, UserID: userID, Timestamp: at, ReceivedAt: at, Traits: map[string]any{"email": userID + "@example.com"}},
			journey.Event{MessageID: userID, Type: journey.TypeTrack, Name: "Order Completed", UserID: userID, Timestamp: at, ReceivedAt: at, Properties: map[string]any{"order_id": userID}})
	}
	_, _, err := s.record.Ingest(t.Context(), events, store.AnyVersion, wakesAlways)
	require.NoError(t, err)
	s.now = start.AddDate(0, 1, 0).Add(20 * time.Minute)
	s.publisher.guard = guard
	more := "  - {id: more, phase: care, class: service, on: Order Completed, do: [{send: {template: first}}]}\n"
	review, err := s.publisher.Review(t.Context(), editable(reviewHead+reviewSteps+more))
	require.NoError(t, err)
	require.NoError(t, s.publisher.Try(t.Context(), review, progress))
	if found := review.Report.Backtest; found != nil {
		require.Equal(t, found.More, review.Report.Confirm)
		require.Equal(t, guard.Most, review.Report.Guard)
	}
	return review.Report.Backtest
}

const month = config.Days(31 * 24 * time.Hour)

func TestTryCountsWhatTheMapWouldHaveSent(t *testing.T) {
	t.Parallel()
	var told [][2]int
	got := tried(t, 30, config.Guard{Most: 7, Since: month, Events: 60}, func(done, all int) { told = append(told, [2]int{done, all}) })
	until := start.AddDate(0, 1, 0)
	require.Equal(t, &api.MapBacktest{
		Since: until.AddDate(0, 0, -31), Until: until, Customers: 30, AllCustomers: 30, Sent: 90, SentLive: 60, More: 30, People: 30,
		Words: "in the last 31d it would have sent 90 messages instead of 60; 30 more, to 30 people",
	}, got)
	require.Len(t, told, 30)
	require.Equal(t, [2]int{60, 60}, told[29])
}

func TestTryTakesSomeCustomersOfManyByChance(t *testing.T) {
	t.Parallel()
	got := tried(t, 120, config.Guard{Since: month, Events: 99}, nil)
	require.True(t, got.Sampled)
	require.Equal(t, []int{50, 120}, []int{got.Customers, got.AllCustomers})
	require.Equal(t, []int{360, 240, 120, 120}, []int{got.Sent, got.SentLive, got.More, got.People}, "scaled up to all")
	require.Equal(t, "in the last 31d it would have sent about 360 messages instead of 240; 120 more, to 120 people (estimated from 50 of 120 customers)", got.Words)
	require.Nil(t, tried(t, 1, config.Guard{Since: 0, Events: 99}, nil), "turned off")
	require.Nil(t, tried(t, 1, config.Guard{Since: month}, nil), "turned off")
}

func TestATrialEndsInTime(t *testing.T) {
	t.Parallel()
	s := emptyShop(t)
	s.publish(editable(reviewHead + reviewSteps))
	for n := range 5 {
		s.order(fmt.Sprint("user-", n), fmt.Sprint(n))
	}
	clock := start.Add(time.Hour)
	slow := trial{past: &Recorded{record: s.record}, deadline: clock.Add(2 * time.Second), most: 1000, now: func() time.Time {
		clock = clock.Add(time.Second)
		return clock
	}}
	taken := 0
	for _, err := range slow.customers(t.Context()) {
		require.NoError(t, err)
		taken++
	}
	require.Equal(t, 2, taken)
	require.True(t, slow.cut)
}

func TestTwoDigits(t *testing.T) {
	t.Parallel()
	for estimate, want := range map[float64]int{0: 0, 7.2: 8, 99: 99, 100: 100, 100.5: 110, 1234: 1300, 999_001: 1_000_000} {
		require.Equal(t, want, twoDigits(estimate), "%f", estimate)
	}
}
