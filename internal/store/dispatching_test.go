package store

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/journey"
)

// claim claims wake rows and returns the userIds in order.
func (r *record) claim(t *testing.T, now time.Time, limit int) []string {
	t.Helper()
	wakes, err := r.ClaimWakes(t.Context(), now, limit, time.Minute)
	require.NoError(t, err)
	var users []string
	for _, wake := range wakes {
		users = append(users, scalar[string](t, r, "SELECT user_id FROM customers WHERE id = '"+wake.CustomerID+"'"))
	}
	return users
}

func TestClaimWakes(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		for i, name := range []string{"wake", "urgent", "wake", "view", "urgent"} {
			r.set(time.Duration(i) * time.Second)
			r.ingest(t, byName, track(fmt.Sprint(i), fmt.Sprintf("u%d", i), "", name))
		}
		require.Equal(t, []string{"u1", "u4", "u0"}, r.claim(t, r.set(10*time.Second), 3), "urgent first, then the oldest")
		require.Equal(t, []string{"u2"}, r.claim(t, r.set(11*time.Second), 3))
		require.Empty(t, r.claim(t, r.set(12*time.Second), 3))

		r.ingest(t, byName, track("again", "u2", "", "urgent"))
		require.Empty(t, r.claim(t, r.set(13*time.Second), 3), "a new event leaves the mark")
		require.Equal(t, "count 2 urgent 1", r.wakeRows(t)[r.customer(t, "u2")])

		require.NoError(t, r.ReleaseWakes(t.Context(), start.Add(10*time.Second), r.customer(t, "u0"), r.customer(t, "u2"), "c_nobody"))
		require.NoError(t, r.ReleaseWakes(t.Context(), start.Add(11*time.Second), r.customer(t, "u2")))
		require.NoError(t, r.ReleaseWakes(t.Context(), start))
		require.Equal(t, []string{"u2", "u0"}, r.claim(t, r.set(30*time.Second), 3))

		r.ingest(t, byName, track("new", "u5", "", "wake"))
		require.Equal(t, []string{"u1", "u4"}, r.claim(t, r.set(71*time.Second), 2), "stale and urgent goes before new")
		require.Equal(t, []string{"u5"}, r.claim(t, r.set(71*time.Second), 2))
		require.Equal(t, []string{"u2", "u0"}, r.claim(t, r.set(91*time.Second), 9))
	})
}

// TestARowIsGivenBackOnlyByWhoClaimedIt: the answer to a signal is lost, so the dispatcher gives the row back; but the customer
// has decided, and the row is a new one.
func TestARowIsGivenBackOnlyByWhoClaimedIt(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("1", "u", "", "wake"))
		id := r.customer(t, "u")
		require.Equal(t, []string{"u"}, r.claim(t, start, 9))
		r.decide(t, id, nothing)
		r.ingest(t, waking, track("2", "u", "", "Order Completed"))
		require.NoError(t, r.ReleaseWakes(t.Context(), start, id))

		// A dispatcher claims the new row and is killed before it signals.
		require.Equal(t, []string{"u"}, r.claim(t, start.Add(time.Second), 9))
		require.NoError(t, r.ReleaseWakes(t.Context(), start, id))
		require.Empty(t, r.claim(t, start.Add(2*time.Second), 9), "it is not given back by somebody else")
		require.Equal(t, []string{"u"}, r.claim(t, start.Add(2*time.Minute), 9), "signalled again after a minute")
	})
}

func TestWakeSaysSinceWhen(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, byName, track("1", "u", "", "wake"))
		r.set(time.Second)
		r.ingest(t, byName, track("2", "u", "", "urgent"))
		wakes, err := r.ClaimWakes(t.Context(), start.Add(time.Minute), 10, time.Minute)
		require.NoError(t, err)
		require.Equal(t, []Wake{{CustomerID: r.customer(t, "u"), Urgent: true, Lane: "urgent", First: true, Since: start}}, wakes)
		wakes, err = r.ClaimWakes(t.Context(), start.Add(time.Hour), 10, time.Minute)
		require.NoError(t, err)
		require.False(t, wakes[0].First)
	})
}

func TestClaimAtOnceGivesEachRowOnce(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		var events []journey.Event
		for i := range 200 {
			events = append(events, track(fmt.Sprint(i), fmt.Sprintf("u%d", i), "", "wake"))
		}
		r.ingest(t, waking, events...)
		var mutex sync.Mutex
		claimed := map[string]int{}
		var group errgroup.Group
		for range 6 {
			group.Go(func() error {
				for {
					wakes, err := r.ClaimWakes(t.Context(), start, 7, time.Minute)
					if err != nil || len(wakes) == 0 {
						return err
					}
					mutex.Lock()
					for _, wake := range wakes {
						claimed[wake.CustomerID]++
					}
					mutex.Unlock()
				}
			})
		}
		require.NoError(t, group.Wait())
		for len(r.claim(t, start, 100)) > 0 { // Rows that another claim had locked were skipped, not given.
			continue
		}
		for customer, times := range claimed {
			require.Equal(t, 1, times, customer)
		}
	})
}

func TestBacklog(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		backlog := func(now time.Time) Backlog {
			b, err := r.Backlog(t.Context(), now, 500*time.Millisecond, time.Minute)
			require.NoError(t, err)
			return b
		}
		require.Equal(t, Backlog{}, backlog(start))
		for i, name := range []string{"wake", "urgent", "urgent", "wake"} {
			r.set(time.Duration(i) * time.Second)
			r.ingest(t, byName, track(fmt.Sprint(i), fmt.Sprintf("u%d", i), "", name))
		}
		at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
		require.Equal(t, Backlog{Waiting: 4}, backlog(at(10)))
		r.claim(t, at(10), 1)
		r.claim(t, at(11), 1)
		require.Equal(t, Backlog{Waiting: 2, InFlight: 2, Late: 2}, backlog(at(12)))
		r.claim(t, at(12), 1)
		require.Equal(t, Backlog{Waiting: 1, InFlight: 2, Late: 2}, backlog(at(71)), "a stale row is in neither part")
		r.claim(t, at(72), 9)
		require.Equal(t, Backlog{InFlight: 4, Late: 1}, backlog(at(72)), "two were claimed again just now")
	})
}

// TestStuckCustomersDoNotHoldUpTheOthers lets a hundred customers be signalled in vain, again and again.
func TestStuckCustomersDoNotHoldUpTheOthers(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		for i := range 100 {
			r.ingest(t, byName, track(fmt.Sprint(i), fmt.Sprintf("stuck%d", i), "", "urgent"))
		}
		total := 0
		for minute := range 60 {
			now := r.set(time.Duration(minute) * time.Minute)
			user := fmt.Sprintf("u%d", minute)
			r.ingest(t, byName, track(user, user, "", "wake"))
			claimed := r.claim(t, now.Add(time.Second), 120)
			total += len(claimed) - 1
			require.Contains(t, claimed, user)
			if minute >= 10 {
				b, err := r.Backlog(t.Context(), now.Add(2*time.Second), time.Second, 10*time.Second)
				require.NoError(t, err)
				require.LessOrEqual(t, b.InFlight, 1, "minute %d", minute)
			}
			r.decide(t, r.customer(t, user), nothing)
		}
		require.LessOrEqual(t, total, 8*100, "they are tried after 1, 2, 4, 8, 16 and 30 minutes")
		require.GreaterOrEqual(t, total, 5*100)
	})
}

// TestAStuckUrgentCustomerGetsWhatOthersLeave gives out one claim, for which one waits who was signalled often in vain.
func TestAStuckUrgentCustomerGetsWhatOthersLeave(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, byName, track("1", "stuck", "", "urgent"))
		require.Equal(t, []string{"stuck"}, r.claim(t, start, 1))
		require.Equal(t, []string{"stuck"}, r.claim(t, start.Add(2*time.Minute), 1))
		r.ingest(t, byName, track("2", "u", "", "wake"))
		require.Equal(t, []string{"u"}, r.claim(t, start.Add(10*time.Minute), 1))
		require.Equal(t, []string{"stuck"}, r.claim(t, start.Add(10*time.Minute), 1))
		r.decide(t, r.customer(t, "u"), nothing)
		require.Empty(t, r.claim(t, start.Add(13*time.Minute), 1), "the third time it is left alone for four minutes")
	})
}

// TestStepsOfADispatchersClock signals one customer while the clock is an hour ahead.
func TestStepsOfADispatchersClock(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, byName, track("1", "first", "", "wake"))
		require.Equal(t, []string{"first"}, r.claim(t, start.Add(time.Hour), 9))
		r.ingest(t, byName, track("2", "second", "", "wake"))
		require.Equal(t, []string{"second"}, r.claim(t, start, 9), "who was not signalled waits for no clock")
		require.Equal(t, []string{"second"}, r.claim(t, start.Add(2*time.Minute), 9))
		require.Contains(t, r.claim(t, start.Add(62*time.Minute), 9), "first", "later by the step")
		snapshot := r.decide(t, r.customer(t, "first"), nothing)
		require.False(t, snapshot.More)
		require.NotContains(t, r.claim(t, start.Add(3*time.Hour), 9), "first", "signalled twice, decided once")
	})
}

func TestLanes(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		lanes := func() []Lane {
			lanes, err := r.Lanes(t.Context())
			require.NoError(t, err)
			return lanes
		}
		require.Equal(t, []Lane{{Name: "urgent"}, {Name: "other"}, {Name: "rollout"}}, lanes())
		for i, name := range []string{"wake", "urgent", "urgent", "wake", "view"} {
			r.set(time.Duration(i) * time.Second)
			r.ingest(t, byName, track(fmt.Sprint(i), fmt.Sprintf("u%d", i), "", name))
		}
		execute(t, r, "INSERT INTO wakes (customer_id, count, urgent, since) VALUES ('c', 1, -1, 7000000)")
		r.claim(t, start.Add(10*time.Second), 3)
		at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
		require.Equal(t, []Lane{
			{Name: "urgent", InFlight: 2, Oldest: at(1)},
			{Name: "other", Waiting: 1, InFlight: 1, OldestWaiting: at(3), Oldest: at(0)},
			{Name: "rollout", Waiting: 1, OldestWaiting: time.Unix(7, 0).UTC(), Oldest: time.Unix(7, 0).UTC()},
		}, lanes())
	})
}
