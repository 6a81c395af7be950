package store

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/activities"
	"klantreis/journey"
)

// mergeInto merges a customer into another one, without a map.
func (r *record) mergeInto(t *testing.T, from, into string) {
	t.Helper()
	merged, err := r.Merge(t.Context(), Merging{From: from, Into: into}, new(journey.Map))
	require.NoError(t, err)
	require.True(t, merged)
}

// column returns one text column of all rows, sorted.
func column(t *testing.T, r *record, query string) []string {
	t.Helper()
	rows, err := r.reader.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var values []string
	for rows.Next() {
		var value string
		require.NoError(t, rows.Scan(&value))
		values = append(values, value)
	}
	require.NoError(t, rows.Err())
	return sorted(values)
}

// TestAMergeKnowsEveryTableOfACustomer fails when a table is added in which something is a customer's.
func TestAMergeKnowsEveryTableOfACustomer(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		query := `SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'customer_id'`
		if r.dialect == sqlite {
			query = `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'customer_id'`
		}
		known := []string{"wakes"} // From's row ends its workflow.
		for _, part := range moveSQL {
			known = append(known, part.table)
		}
		known = append(known, "erasures", "erased_customers") // Who was erased has nothing that could be merged.
		require.Equal(t, slices.Compact(sorted(known)), column(t, r, query), "say in moveSQL how the new table is merged")
	})
}

func TestMerge(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		a, b := r.plan(t, "msg"), ""
		r.ingest(t, waking, track("b1", "b", "", "view"), track("a2", "user of msg", "device", "view"))
		b = r.customer(t, "b")
		r.decide(t, b, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			out, err := echo(ctx, in)
			out.State.Facts.Traits = map[string]any{"email": "b@example.com"}
			return out, err
		})
		r.set(time.Minute)
		r.mergeInto(t, "user of msg", "b")

		for _, table := range []string{"runs", "messages", "decisions", "events", "devices"} {
			require.Equal(t, []string{b}, slices.Compact(column(t, r, "SELECT customer_id FROM "+table)), table)
		}
		require.Equal(t, []string{b}, column(t, r, "SELECT id FROM customers"))
		require.EqualValues(t, 1, scalar[int64](t, r, "SELECT active_runs FROM customers"))
		require.Len(t, r.wakeRows(t), 2, "one goes on, and the other ends its workflow")
		for _, userID := range []string{"user of msg", "b"} {
			customer, found, err := r.CustomerByUserID(t.Context(), userID)
			require.NoError(t, err)
			require.True(t, found)
			require.Equal(t, b, customer.State.CustomerID)
			require.Equal(t, "b", customer.UserID)
			require.Equal(t, "b@example.com", customer.State.Facts.Email())
			require.Len(t, customer.State.Runs, 1)
		}
		decisions, err := r.Decisions(t.Context(), b, "", 1)
		require.NoError(t, err)
		require.Equal(t, journey.DecidedMerge, decisions[0].Kind)
		require.Equal(t, start.Add(time.Minute), decisions[0].At)
		require.Equal(t, map[string]any{"customer": a, "events": 2.0, "runs": 1.0}, decisions[0].Detail)

		// The workflow of the merged customer hears that it is gone, and nothing wakes it again.
		_, err = r.Decide(t.Context(), a, 0, echo)
		require.ErrorIs(t, err, ErrNotFound)
		require.NotContains(t, r.wakeRows(t), a)
		snapshot := r.decide(t, b, echo)
		require.Equal(t, []activities.Effect{{MessageID: "msg", Class: journey.Transactional}}, snapshot.Effects, "its message goes out")

		// Later events of the former id, and of its device, are the other's.
		r.ingest(t, waking, track("a3", "user of msg", "", "view"), track("a4", "", "device", "view"))
		require.Equal(t, []string{b}, slices.Compact(column(t, r, "SELECT customer_id FROM events")))

		merged, err := r.Merge(t.Context(), Merging{From: "user of msg", Into: "b"}, new(journey.Map))
		require.NoError(t, err)
		require.False(t, merged, "they are one")
	})
}

func TestMergesInARow(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("1", "a", "", "view"), track("2", "b", "", "view"))
		r.mergeInto(t, "a", "b")
		merged, err := r.Merge(t.Context(), Merging{From: "b", Into: "c"}, new(journey.Map))
		require.ErrorIs(t, err, ErrNotFound)
		require.False(t, merged)
		merged, err = r.Merge(t.Context(), Merging{From: "b", Into: "c", MakeInto: true}, new(journey.Map))
		require.NoError(t, err)
		require.True(t, merged)
		c := r.customer(t, "c")
		ids, err := r.CustomerIDs(t.Context(), []string{"a", "b", "c", "d"})
		require.NoError(t, err)
		require.Equal(t, map[string]string{"a": c, "b": c, "c": c}, ids)
		merged, err = r.Merge(t.Context(), Merging{From: "c", Into: "a"}, new(journey.Map))
		require.NoError(t, err)
		require.False(t, merged, "backwards they are one already")
		_, err = r.Merge(t.Context(), Merging{From: "d", Into: "c", MakeInto: true}, new(journey.Map))
		require.ErrorIs(t, err, ErrNotFound)
		_, err = r.Merge(t.Context(), Merging{From: "d", Into: "e", MakeInto: true}, new(journey.Map))
		require.ErrorIs(t, err, ErrNotFound)
		require.Equal(t, []string{"c"}, column(t, r, "SELECT user_id FROM customers"), "nobody is made for nothing")
	})
}

// A message that is on its way when its customer is merged ends with the one who stays.
func TestMergeWithAMessageInFlight(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		a := r.plan(t, "msg")
		r.ingest(t, waking, track("b1", "b", "", "view"))
		wanted := func(context.Context, activities.Handover) (journey.Reason, error) { return "", nil }
		claim, err := r.Claim(t.Context(), "msg", "token", start, wanted)
		require.NoError(t, err)
		require.Equal(t, activities.Claimed, claim.Status)
		r.mergeInto(t, "user of msg", "b")
		require.NoError(t, r.Confirm(t.Context(), "msg", "token", "provider", journey.ReasonSent, start))
		_, err = r.Decide(t.Context(), a, 0, echo)
		require.ErrorIs(t, err, ErrNotFound)
		b := r.customer(t, "b")
		require.Equal(t, "count 3 urgent 1", r.wakeRows(t)[b], "it is woken for the end of the message")
		r.decide(t, b, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			require.Len(t, in.Settled, 1)
			require.True(t, in.Settled[0].Sent)
			require.Equal(t, "msg", in.State.Runs[0].MessageID)
			return echo(ctx, in)
		})
	})
}

// What comes in under the former id in the very moment of a merge is not lost.
func TestWhatComesInDuringAMerge(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("1", "a", "device", "view"), track("2", "b", "", "view"))
		a, b := r.customer(t, "a"), r.customer(t, "b")
		r.mergeInto(t, "a", "b")
		late := func(messageID string) {
			execute(t, r, fmt.Sprintf(`INSERT INTO events (customer_id, message_id, type, name, user_id, anonymous_id, previous_id, group_id,
				stamped_at, received_at, age, properties, traits, context, wakes, urgent)
				VALUES ('%s', '%s', 'track', 'view', 'a', '', '', '', 1, 1, 0, '', '', '', 0, 0)`, a, messageID))
			execute(t, r, fmt.Sprintf(`INSERT INTO devices (anonymous_id, customer_id) VALUES ('device %s', '%s')`, messageID, a))
		}
		late("3")
		given, err := r.GiveRest(t.Context(), start.Add(time.Second), 10)
		require.NoError(t, err)
		require.Zero(t, given, "it was merged before")
		given, err = r.GiveRest(t.Context(), start, 10)
		require.NoError(t, err)
		require.Equal(t, 1, given)
		late("4")
		_, err = r.Decide(t.Context(), a, 0, echo)
		require.ErrorIs(t, err, ErrNotFound)
		require.Equal(t, []string{b}, slices.Compact(column(t, r, "SELECT customer_id FROM events")))
		require.Equal(t, []string{b}, slices.Compact(column(t, r, "SELECT customer_id FROM devices")))
		given, err = r.GiveRest(t.Context(), start, 10)
		require.NoError(t, err)
		require.Zero(t, given)
	})
}

// Events are stored, decisions taken and customers merged at once, in opposite directions too.
func TestMergeAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		const users, batches = 8, 25
		var group errgroup.Group
		for w := range 4 {
			group.Go(func() error {
				for i := range batches {
					var events []journey.Event
					for u := range users {
						events = append(events, track(fmt.Sprintf("%d-%d-%d", w, i, u), fmt.Sprintf("u%d", (u+w)%users), fmt.Sprintf("d%d-%d", u, i), "view"))
					}
					if _, _, err := r.Ingest(t.Context(), events, AnyVersion, waking); err != nil {
						return err
					}
				}
				return nil
			})
		}
		for w := range 2 {
			group.Go(func() error {
				for u := range users - 1 {
					m := Merging{From: fmt.Sprintf("u%d", u), Into: fmt.Sprintf("u%d", u+1), MakeInto: true}
					if w == 1 {
						m.From, m.Into = m.Into, m.From
					}
					if _, err := r.Merge(t.Context(), m, new(journey.Map)); err != nil && !isNotFound(err) {
						return err
					}
				}
				return nil
			})
		}
		require.NoError(t, group.Wait())
		for u := range users - 1 {
			_, err := r.Merge(t.Context(), Merging{From: fmt.Sprintf("u%d", u), Into: fmt.Sprintf("u%d", u+1)}, new(journey.Map))
			require.NoError(t, err)
		}
		_, err := r.GiveRest(t.Context(), start, 100)
		require.NoError(t, err)
		survivor := r.customer(t, "u0")
		require.Equal(t, []string{survivor}, slices.Compact(column(t, r, "SELECT customer_id FROM events")))
		require.Equal(t, []string{survivor}, slices.Compact(column(t, r, "SELECT customer_id FROM devices")))
		require.EqualValues(t, 4*batches*users, scalar[int64](t, r, "SELECT COUNT(*) FROM events"))
		require.EqualValues(t, users-1, scalar[int64](t, r, "SELECT COUNT(*) FROM customer_aliases"))
	})
}
