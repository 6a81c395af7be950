package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

func TestDecideWritesTheOutcome(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		_, _, err := r.PublishMap(t.Context(), []byte("map"), "hash", start)
		require.NoError(t, err)
		r.ingest(t, waking, track("1", "u", "", "Order Completed"))
		id := r.customer(t, "u")
		var trigger journey.Event
		next := start.Add(time.Hour + 1500*time.Nanosecond)
		snapshot := r.decide(t, id, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			require.Equal(t, journey.State{CustomerID: id}, in.State)
			require.EqualValues(t, 1, in.MapVersion)
			require.Zero(t, in.Horizon)
			require.Zero(t, in.Now)
			require.Empty(t, in.Settled)
			out, err := startRun("msg")(ctx, in)
			trigger = in.Events[0]
			out.State.Phase, out.State.PhaseSince = "purchase", start
			out.State.Facts = journey.Facts{Orders: 1, Traits: map[string]any{"name": "Jan"}}
			out.Next = next
			return out, err
		})
		require.Equal(t, activities.Snapshot{
			Step: 1, Next: next.Truncate(time.Microsecond),
			Effects: []activities.Effect{{MessageID: "msg", Class: journey.Transactional}},
		}, snapshot)
		require.Empty(t, r.wakeRows(t))

		customer, ok, err := r.CustomerByUserID(t.Context(), "u")
		require.NoError(t, err)
		require.True(t, ok)
		run := journey.Run{
			ID: "run-msg", Touchpoint: "confirmation", Key: "msg", Nth: 1, Status: journey.RunActive, MapVersion: 1,
			Trigger: trigger, StartedAt: trigger.Timestamp, Step: "send-1", EnteredAt: start, MessageID: "msg",
		}
		require.Equal(t, Customer{
			UserID: "u", Step: 1, NextWake: snapshot.Next,
			State: journey.State{
				CustomerID: id, Phase: "purchase", PhaseSince: start, Runs: []journey.Run{run},
				Facts: journey.Facts{Orders: 1, Traits: map[string]any{"name": "Jan"}},
			},
		}, customer)
		messages, err := r.Messages(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, []MessageState{{Status: "planned", Message: journey.Message{
			ID: "msg", RunID: "run-msg", Touchpoint: "confirmation", Step: "send-1", Template: "order", Channel: "email",
			Class: journey.Transactional, PlannedAt: start,
		}}}, messages)

		// The next decision sees what this one left, and ends the run.
		r.decide(t, id, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
			require.Equal(t, customer.State, in.State)
			require.Empty(t, in.Events)
			ended := in.State.Runs[0]
			ended.Status, ended.Reason, ended.EndedAt, ended.Step = journey.RunEnded, journey.ReasonCancelled, start, ""
			ended.Trigger = journey.Event{}
			out := journey.Outcome{State: in.State, Withdrawn: []string{"msg"}}
			out.State.Runs = []journey.Run{ended}
			return out, nil
		})
		customer, _, err = r.CustomerByUserID(t.Context(), "u")
		require.NoError(t, err)
		require.Zero(t, customer.NextWake)
		run.Trigger, run.Step = journey.Event{}, ""
		run.Status, run.Reason, run.EndedAt = journey.RunEnded, journey.ReasonCancelled, start
		require.Equal(t, []journey.Run{run}, customer.State.Runs, "an ended run has no trigger")
	})
}

func TestDecideUnknownCustomer(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		_, err := r.Decide(t.Context(), "c_nobody", 0, echo)
		require.ErrorIs(t, err, ErrNotFound)
	})
}

func TestDecideSteps(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		id := r.plan(t, "msg") // step 1
		calls := 0
		counting := func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			calls++
			out, err := echo(ctx, in)
			out.Next = start.Add(time.Duration(calls) * time.Hour)
			return out, err
		}
		r.ingest(t, waking, track("2", "user of msg", "", "wake"))
		second, err := r.Decide(t.Context(), id, 2, counting)
		require.NoError(t, err)
		require.EqualValues(t, 2, second.Step)
		require.Equal(t, start.Add(time.Hour), second.Next)
		require.Len(t, second.Effects, 1)

		r.ingest(t, waking, track("3", "user of msg", "", "wake"))
		for _, step := range []int64{2, 1, 4, 99, -1} {
			again, err := r.Decide(t.Context(), id, step, counting)
			require.NoError(t, err)
			require.Equal(t, second, again, "step %d", step)
		}
		require.Equal(t, 1, calls)
		require.Len(t, r.wakeRows(t), 1, "nothing was consumed")

		third, err := r.Decide(t.Context(), id, 0, counting)
		require.NoError(t, err)
		require.EqualValues(t, 3, third.Step)
		require.Equal(t, 2, calls)
	})
}

func TestDecideBeforeTheFirstStep(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("1", "u", "", "wake"))
		snapshot, err := r.Decide(t.Context(), r.customer(t, "u"), 7, echo)
		require.NoError(t, err)
		require.Equal(t, activities.Snapshot{}, snapshot)
	})
}

func TestDecideRollsBack(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("1", "u", "", "wake"))
		id := r.customer(t, "u")
		refused := errors.New("refused")
		_, err := r.Decide(t.Context(), id, 1, func(context.Context, journey.Input) (journey.Outcome, error) {
			return journey.Outcome{}, refused
		})
		require.ErrorIs(t, err, refused)
		// This one fails late: the second run breaks the uniqueness of touchpoint, key and number.
		_, err = r.Decide(t.Context(), id, 1, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			out, err := startRun("msg")(ctx, in)
			twin := out.State.Runs[0]
			twin.ID = "run-twin"
			out.State.Runs = append(out.State.Runs, twin)
			return out, err
		})
		require.ErrorContains(t, err, "save runs")
		customer, _, err := r.CustomerByUserID(t.Context(), "u")
		require.NoError(t, err)
		require.Equal(t, Customer{UserID: "u", State: journey.State{CustomerID: id}}, customer)
		require.Len(t, r.wakeRows(t), 1)
		require.Len(t, r.decide(t, id, startRun("msg")).Effects, 1, "the event is still there")
	})
}

func TestDecidePanicRollsBack(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("1", "u", "", "wake"))
		id := r.customer(t, "u")
		require.Panics(t, func() {
			_, _ = r.Decide(t.Context(), id, 1, func(context.Context, journey.Input) (journey.Outcome, error) { panic("bug") })
		})
		require.EqualValues(t, 1, r.decide(t, id, echo).Step)
	})
}

func TestDecideTakesEventsInPortions(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		var events []journey.Event
		for i := range 2*eventLimit + 1 {
			event := track(fmt.Sprint(i), "u", "", "wake")
			event.Timestamp = start.Add(-time.Duration(i) * time.Second)
			events = append(events, event)
		}
		r.ingest(t, waking, events...)
		id := r.customer(t, "u")
		var sizes []int
		var horizons []time.Time
		var seqs []int64
		portion := func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			sizes, horizons = append(sizes, len(in.Events)), append(horizons, in.Horizon)
			for _, event := range in.Events {
				seqs = append(seqs, event.Seq)
			}
			return echo(ctx, in)
		}
		require.True(t, r.decide(t, id, portion).More)
		require.Len(t, r.wakeRows(t), 1)
		require.True(t, r.decide(t, id, portion).More)
		require.False(t, r.decide(t, id, portion).More)
		require.Empty(t, r.wakeRows(t))
		require.Equal(t, []int{eventLimit, eventLimit, 1}, sizes)
		require.Equal(t, []time.Time{events[2*eventLimit].Timestamp, events[2*eventLimit].Timestamp, {}}, horizons)
		require.True(t, slices.IsSorted(seqs))
		require.Len(t, slices.Compact(seqs), 2*eventLimit+1)
	})
}

func TestDecideExactPortionLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		var events []journey.Event
		for i := range eventLimit {
			events = append(events, track(fmt.Sprint(i), "u", "", "wake"))
		}
		r.ingest(t, waking, events...)
		require.False(t, r.decide(t, r.customer(t, "u"), echo).More)
		require.Empty(t, r.wakeRows(t))
	})
}

func TestDecideConsumesEventsOfNoInterest(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, byName, track("1", "u", "", "view"), track("2", "u", "", "wake"), track("3", "v", "", "view"))
		r.decide(t, r.customer(t, "u"), echo)
		require.EqualValues(t, 2, scalar[int64](t, r, "SELECT COUNT(*) FROM events WHERE consumed_step = 1"))
	})
}

func TestPast(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		at := func(messageID, user, name string, hour int) journey.Event {
			event := track(messageID, user, "", name)
			event.Timestamp = start.Add(time.Duration(hour) * time.Hour)
			return event
		}
		r.ingest(t, waking, at("1", "u", "view", -3), at("2", "u", "order", -2), at("3", "u", "view", -1), at("4", "v", "view", -1), at("5", "u", "view", -4))
		id := r.customer(t, "u")
		r.decide(t, r.customer(t, "v"), echo)
		r.decide(t, id, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
			events, err := in.Past.Named([]string{"view", "order"}, time.Time{})
			require.Empty(t, events, "what is decided about now is not past")
			return journey.Outcome{}, err
		})
		r.ingest(t, waking, at("6", "u", "view", 0))
		for name, test := range map[string]struct {
			names []string
			since time.Time
			want  []string
		}{
			"all":           {[]string{"view"}, time.Time{}, []string{"1", "3", "5"}},
			"two names":     {[]string{"order", "view"}, time.Time{}, []string{"1", "2", "3", "5"}},
			"since":         {[]string{"view"}, start.Add(-3 * time.Hour), []string{"1", "3"}},
			"after":         {[]string{"view"}, start.Add(-3*time.Hour + time.Microsecond), []string{"3"}},
			"unknown names": {[]string{"nothing"}, time.Time{}, nil},
			"no names":      {nil, time.Time{}, nil},
		} {
			r.decide(t, id, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
				var got []string
				events, err := in.Past.Named(test.names, test.since)
				for _, event := range events {
					if event.MessageID != "6" {
						got = append(got, event.MessageID)
					}
				}
				require.Equal(t, test.want, got, name)
				return journey.Outcome{}, err
			})
		}
	})
}

func TestDecisionsAreFound(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		u, v := r.plan(t, "u"), r.plan(t, "v")
		detail := journey.Decision{
			At: start, Kind: journey.DecidedNoSend, Reason: journey.ReasonHoldout, Phase: "care", Touchpoint: "review",
			RunID: "run-u", Step: "send-1", MessageID: "m", EventSeq: 7, Detail: map[string]any{"share": 0.1},
		}
		r.decide(t, u, func(context.Context, journey.Input) (journey.Outcome, error) {
			return journey.Outcome{Decisions: []journey.Decision{detail, {Kind: journey.DecidedSend, Touchpoint: "review"}}}, nil
		})
		for name, test := range map[string]struct {
			customer, touchpoint string
			limit                int
			want                 []string
		}{
			"any":           {"", "", 10, []string{u, u, v, u}},
			"newest":        {"", "", 1, []string{u}},
			"by customer":   {u, "", 10, []string{u, u, u}},
			"by touchpoint": {"", "review", 10, []string{u, u}},
			"by both":       {v, "review", 10, nil},
		} {
			decisions, err := r.Decisions(t.Context(), test.customer, test.touchpoint, test.limit)
			require.NoError(t, err)
			var customers []string
			for _, decided := range decisions {
				customers = append(customers, decided.CustomerID)
			}
			require.Equal(t, test.want, customers, name)
		}
		decisions, err := r.Decisions(t.Context(), u, "review", 10)
		require.NoError(t, err)
		require.Equal(t, Decided{Decision: detail, CustomerID: u, In: 2}, decisions[1])
	})
}
