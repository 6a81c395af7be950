package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/journey"
)

// alias makes an alias event.
func alias(messageID, userID, previousID string) journey.Event {
	event := track(messageID, userID, "", journey.TypeAlias)
	event.Type, event.PreviousID = journey.TypeAlias, previousID
	return event
}

// owners returns the userId of the customer of every event, "-" for a visitor's, by messageId.
func (r *record) owners(t *testing.T) map[string]string {
	t.Helper()
	rows, err := r.reader.QueryContext(t.Context(),
		"SELECT e.message_id, COALESCE(c.user_id, '-') FROM events e LEFT JOIN customers c ON c.id = e.customer_id")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	owners := map[string]string{}
	for rows.Next() {
		var event, owner string
		require.NoError(t, rows.Scan(&event, &owner))
		owners[event] = owner
	}
	require.NoError(t, rows.Err())
	return owners
}

func TestIdentity(t *testing.T) {
	// Events named "wake" or "urgent" are of interest. Wakes are by userId.
	cases := map[string]struct {
		batches [][]journey.Event
		owners  map[string]string
		wakes   map[string]string
	}{
		"a user": {
			batches: [][]journey.Event{{track("1", "u", "", "wake"), track("2", "u", "", "view")}},
			owners:  map[string]string{"1": "u", "2": "u"},
			wakes:   map[string]string{"u": "count 1 urgent 0"},
		},
		"a visitor wakes nobody": {
			batches: [][]journey.Event{{track("1", "", "a", "urgent")}},
			owners:  map[string]string{"1": "-"},
			wakes:   map[string]string{},
		},
		"an event without any id": {
			batches: [][]journey.Event{{track("1", "", "", "urgent")}, {track("2", "u", "", "view")}},
			owners:  map[string]string{"1": "-", "2": "u"},
			wakes:   map[string]string{},
		},
		"a visitor who becomes a customer brings the events along": {
			batches: [][]journey.Event{{track("1", "", "a", "wake"), track("2", "", "a", "urgent")}, {track("3", "", "b", "wake")}, {track("4", "u", "a", "view")}},
			owners:  map[string]string{"1": "u", "2": "u", "3": "-", "4": "u"},
			wakes:   map[string]string{"u": "count 2 urgent 1"},
		},
		"earlier events that are of no interest do not wake": {
			batches: [][]journey.Event{{track("1", "", "a", "view")}, {track("2", "u", "a", "view")}},
			owners:  map[string]string{"1": "u", "2": "u"},
			wakes:   map[string]string{},
		},
		"in one batch": {
			batches: [][]journey.Event{{track("1", "", "a", "wake"), track("2", "u", "a", "view"), track("3", "", "a", "wake")}},
			owners:  map[string]string{"1": "u", "2": "u", "3": "u"},
			wakes:   map[string]string{"u": "count 2 urgent 0"},
		},
		"a linked device needs no userId": {
			batches: [][]journey.Event{{track("1", "u", "a", "view")}, {track("2", "", "a", "wake")}},
			owners:  map[string]string{"1": "u", "2": "u"},
			wakes:   map[string]string{"u": "count 1 urgent 0"},
		},
		"a second user gets only events of their own": {
			batches: [][]journey.Event{{track("1", "", "a", "view")}, {track("2", "u", "a", "view")}, {track("3", "v", "a", "wake")}, {track("4", "", "a", "view")}},
			owners:  map[string]string{"1": "u", "2": "u", "3": "v", "4": "u"},
			wakes:   map[string]string{"v": "count 1 urgent 0"},
		},
		"the first user of a batch gets the device": {
			batches: [][]journey.Event{{track("1", "z", "a", "view"), track("2", "b", "a", "view"), track("3", "", "a", "view")}},
			owners:  map[string]string{"1": "z", "2": "b", "3": "z"},
			wakes:   map[string]string{},
		},
		"alias links a device": {
			batches: [][]journey.Event{{track("1", "", "a", "wake")}, {alias("2", "u", "a")}, {track("3", "", "a", "view")}},
			owners:  map[string]string{"1": "u", "2": "u", "3": "u"},
			wakes:   map[string]string{"u": "count 1 urgent 0"},
		},
		"alias before the device is seen": {
			batches: [][]journey.Event{{alias("1", "u", "a")}, {track("2", "", "a", "view")}},
			owners:  map[string]string{"1": "u", "2": "u"},
			wakes:   map[string]string{},
		},
		"alias of a linked device changes nothing": {
			batches: [][]journey.Event{{track("1", "u", "a", "view")}, {alias("2", "v", "a")}, {track("3", "", "a", "view")}},
			owners:  map[string]string{"1": "u", "2": "v", "3": "u"},
			wakes:   map[string]string{},
		},
		"alias of another customer leaves two": {
			batches: [][]journey.Event{{track("1", "u", "", "view")}, {alias("2", "v", "u")}, {track("3", "", "u", "view")}},
			owners:  map[string]string{"1": "u", "2": "v", "3": "-"},
			wakes:   map[string]string{},
		},
		"alias before the customer is seen": {
			batches: [][]journey.Event{{alias("1", "u", "v")}, {track("2", "v", "b", "wake")}, {track("3", "", "b", "view")}},
			owners:  map[string]string{"1": "u", "2": "u", "3": "u"},
			wakes:   map[string]string{"u": "count 1 urgent 0"},
		},
		"of two aliases before the customer is seen the first counts": {
			batches: [][]journey.Event{{alias("1", "u", "v"), alias("2", "w", "v")}, {alias("3", "x", "v")}, {track("4", "v", "", "view")}},
			owners:  map[string]string{"1": "u", "2": "w", "3": "x", "4": "u"},
			wakes:   map[string]string{},
		},
		"an alias of somebody's device announces nobody": {
			batches: [][]journey.Event{{track("1", "u", "a", "view")}, {alias("2", "v", "a")}, {track("3", "a", "", "view")}},
			owners:  map[string]string{"1": "u", "2": "v", "3": "a"},
			wakes:   map[string]string{},
		},
		"a previous id of another type of event means nothing": {
			batches: [][]journey.Event{{func() journey.Event { e := track("1", "u", "", "view"); e.PreviousID = "a"; return e }()}, {track("2", "", "a", "view")}},
			owners:  map[string]string{"1": "u", "2": "-"},
			wakes:   map[string]string{},
		},
	}
	each(t, func(t *testing.T, r *record) {
		for name, test := range cases {
			for _, table := range []string{"message_ids", "events", "wakes", "devices", "customer_aliases", "customers"} {
				execute(t, r, "DELETE FROM "+table)
			}
			for _, batch := range test.batches {
				r.ingest(t, byName, batch...)
			}
			require.Equal(t, test.owners, r.owners(t), name)
			wakes := map[string]string{}
			for userID := range test.wakes {
				wakes[r.customer(t, userID)] = test.wakes[userID]
			}
			require.Equal(t, wakes, r.wakeRows(t), name)
		}
	})
}

// Many batches that make the same customers and link the same devices at once must agree on them.
func TestIngestAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		const writers, batches = 8, 12
		var group errgroup.Group
		for w := range writers {
			group.Go(func() error {
				for b := range batches {
					var events []journey.Event
					for i := range 6 {
						// Each writer meets the users and devices in another order.
						n := (i*(w+1) + b) % 7
						events = append(events,
							track(fmt.Sprintf("visit-%d-%d-%d", w, b, i), "", fmt.Sprintf("a-%d-%d", b, n), "wake"),
							track(fmt.Sprintf("login-%d-%d-%d", w, b, i), fmt.Sprintf("u-%d", n), fmt.Sprintf("a-%d-%d", b, n), "wake"),
							track(fmt.Sprintf("shared-%d-%d", b, i), fmt.Sprintf("u-%d", n), "", "wake"))
					}
					if w%2 == 0 { // Half of them only ever visit.
						events = []journey.Event{events[0], events[3], events[6]}
					}
					if _, _, err := r.Ingest(t.Context(), events, AnyVersion, waking); err != nil {
						return err
					}
				}
				return nil
			})
		}
		require.NoError(t, group.Wait())
		require.Zero(t, scalar[int64](t, r, "SELECT COUNT(*) FROM events e JOIN devices d ON d.anonymous_id = e.anonymous_id "+
			"WHERE e.customer_id IS NULL AND d.customer_id IS NOT NULL"), "no event of a linked device is left behind")
		require.Zero(t, scalar[int64](t, r, "SELECT COUNT(*) FROM events e JOIN customers c ON c.user_id = e.user_id WHERE e.customer_id <> c.id"))
		require.Equal(t,
			scalar[int64](t, r, "SELECT COUNT(*) FROM events WHERE customer_id IS NOT NULL"),
			scalar[int64](t, r, "SELECT SUM(count) FROM wakes"), "each event is counted once")
	})
}

// What a visitor did last month must not start today what it would have started then.
func TestAdoptedEventsAreAsOldAsTheyAre(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		visit := track("1", "", "device", "Product Added")
		visit.ReceivedAt, visit.Age = start, time.Minute
		login := track("2", "u", "device", "identify")
		login.ReceivedAt = start.Add(72 * time.Hour)
		r.ingest(t, waking, visit)
		r.ingest(t, waking, login)
		ages := map[string]time.Duration{}
		r.decide(t, r.customer(t, "u"), func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			for _, e := range in.Events {
				ages[e.MessageID] = e.Age
			}
			return echo(ctx, in)
		})
		require.Equal(t, map[string]time.Duration{"1": 72*time.Hour + time.Minute, "2": login.Age}, ages)
	})
}
