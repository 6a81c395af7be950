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
		// This one fails late: the second run breaks the uniqueness of touchpoint, key and number, whatever the events.
		trigger := []journey.Event{track("1", "u", "", "wake")}
		_, err = r.Decide(t.Context(), id, 1, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			in.Events = trigger
			out, err := startRun("msg")(ctx, in)
			twin := out.State.Runs[0]
			twin.ID = "run-twin"
			out.State.Runs = append(out.State.Runs, twin)
			return out, err
		})
		var fault *activities.Fault
		require.ErrorAs(t, err, &fault)
		require.Contains(t, fault.Detail, "save runs")
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

func TestDecideTellsUnderWhichMapTheLastDecisionWas(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("1", "u", "", "wake"))
		id := r.customer(t, "u")
		for version, former := range []int64{0, 1, 2, 2} {
			if version < 2 {
				_, _, err := r.PublishMap(t.Context(), []byte(fmt.Sprint("map ", version)), fmt.Sprint("hash ", version), start)
				require.NoError(t, err)
			}
			r.decide(t, id, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
				require.Equal(t, former, in.FormerVersion)
				return echo(ctx, in)
			})
		}
	})
}

// TestDecideKeepsWhereARunStoodBefore writes and reads where a run stood before an edit, and under older versions.
func TestDecideKeepsWhereARunStoodBefore(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		id := r.plan(t, "msg")
		before := &journey.Stand{
			MapVersion: 1, Step: "wait-1", EnteredAt: start.Add(-time.Hour), Due: start.Add(1234567 * time.Microsecond),
			Held: journey.ReasonCapped, HeldSince: start,
		}
		places := []journey.Place{{MapVersion: 1, Step: "wait-1"}, {MapVersion: 3, Step: "pause"}}
		change := func(to *journey.Stand, stood []journey.Place) {
			r.decide(t, id, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
				out := journey.Outcome{State: in.State}
				out.State.Runs[0].Before, out.State.Runs[0].Stood = to, stood
				return out, nil
			})
		}
		change(before, places)
		customer, _, err := r.CustomerByUserID(t.Context(), "user of msg")
		require.NoError(t, err)
		require.Equal(t, before, customer.State.Runs[0].Before)
		require.Equal(t, places, customer.State.Runs[0].Stood)
		change(nil, nil)
		customer, _, err = r.CustomerByUserID(t.Context(), "user of msg")
		require.NoError(t, err)
		require.Nil(t, customer.State.Runs[0].Before)
		require.Nil(t, customer.State.Runs[0].Stood)
	})
}
