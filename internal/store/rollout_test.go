package store

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// publishNext makes another map live and returns its version.
func (r *record) publishNext(t *testing.T) int64 {
	t.Helper()
	live, err := r.LiveVersion(t.Context())
	require.NoError(t, err)
	version, _, err := r.PublishMap(t.Context(), []byte("map"), fmt.Sprint(live+1), start)
	require.NoError(t, err)
	return version
}

// rollOut wakes everybody whom the rollout is to reach, and returns how many the rounds woke.
func (r *record) rollOut(t *testing.T, rollout Rollout, limit int) (rounds []int) {
	t.Helper()
	for {
		n, err := r.WakeBehind(t.Context(), rollout, start, limit)
		require.NoError(t, err)
		if n == 0 {
			return rounds
		}
		rounds = append(rounds, n)
		claimed, err := r.ClaimWakes(t.Context(), start, 1000, time.Hour)
		require.NoError(t, err)
		require.Len(t, claimed, n)
		for _, wake := range claimed {
			require.False(t, wake.Urgent)
			r.decide(t, wake.CustomerID, echo)
		}
	}
}

func TestRolloutWakesCustomersWithRuns(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		first := r.publishNext(t)
		for i := range 5 {
			r.plan(t, fmt.Sprint("m", i))
		}
		r.ingest(t, waking, track("idle", "idle", "", "Product Viewed"))
		r.decide(t, r.customer(t, "idle"), echo)
		behind := func() int {
			n, err := r.Behind(t.Context())
			require.NoError(t, err)
			return n
		}
		oldest := func() int64 {
			version, err := r.OldestVersion(t.Context())
			require.NoError(t, err)
			return version
		}
		require.Zero(t, behind())
		require.Empty(t, r.rollOut(t, Rollout{Live: first, Everybody: first}, 2))

		second := r.publishNext(t)
		require.Equal(t, 5, behind())
		require.Equal(t, first, oldest())
		require.Equal(t, []int{2, 2, 1}, r.rollOut(t, Rollout{Live: second, Everybody: first}, 2), "the idle customer is left alone")
		require.Zero(t, behind())

		third := r.publishNext(t)
		require.Equal(t, []int{4, 2}, r.rollOut(t, Rollout{Live: third, Everybody: third}, 4), "everybody")
		require.Equal(t, third, oldest())

		r.ingest(t, idle, track("new", "new", "", "Product Viewed"))
		require.Empty(t, r.rollOut(t, Rollout{Live: third, Everybody: third}, 4), "time cannot change anything for a newcomer")
		require.Empty(t, r.rollOut(t, Rollout{Live: third, Everybody: third, CameBefore: start}, 4), "who came after the map was looked at with it")
		require.Equal(t, []int{1}, r.rollOut(t, Rollout{Live: third, Everybody: third, CameBefore: start.Add(time.Hour)}, 4))
	})
}

func TestRolloutLeavesCustomersWhoAreAwake(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.publishNext(t)
		customerID := r.plan(t, "m1")
		live := r.publishNext(t)
		r.ingest(t, waking, track("news", "user of m1", "", "Order Completed"))
		n, err := r.WakeBehind(t.Context(), Rollout{Live: live, Everybody: live}, start, 10)
		require.NoError(t, err)
		require.Zero(t, n)
		require.Equal(t, map[string]string{customerID: "count 1 urgent 0"}, r.wakeRows(t))
	})
}

func TestRolloutComesAfterEverythingElse(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.publishNext(t)
		slow := []string{r.plan(t, "m1"), r.plan(t, "m2")}
		live := r.publishNext(t)
		n, err := r.WakeBehind(t.Context(), Rollout{Live: live, Everybody: live}, start.Add(-time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		backlog, err := r.Backlog(t.Context(), start, time.Minute, time.Minute)
		require.NoError(t, err)
		require.Equal(t, Backlog{Waiting: 2}, backlog, "nobody is late")
		r.ingest(t, waking, track("news", "u", "", "Order Completed"))
		claimed, err := r.ClaimWakes(t.Context(), start, 1, time.Hour)
		require.NoError(t, err)
		require.Equal(t, r.customer(t, "u"), claimed[0].CustomerID)

		r.ingest(t, waking, track("more", "user of m2", "", "Order Completed"))
		claimed, err = r.ClaimWakes(t.Context(), start, 1, time.Hour)
		require.NoError(t, err)
		require.Equal(t, slow[1], claimed[0].CustomerID, "news makes a rollout's row like any other")
	})
}

func TestActiveRunsAreCounted(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		live := r.publishNext(t)
		customerID := r.plan(t, "m1")
		require.EqualValues(t, 1, scalar[int64](t, r, "SELECT active_runs FROM customers"))
		r.decide(t, customerID, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			out, err := echo(ctx, in)
			run := in.State.Runs[0]
			run.Status, run.Reason, run.Step, run.MessageID, run.EndedAt = journey.RunEnded, journey.ReasonCompleted, "", "", start
			out.State.Runs = []journey.Run{run}
			return out, err
		})
		require.EqualValues(t, 0, scalar[int64](t, r, "SELECT active_runs FROM customers"))
		require.Equal(t, live, scalar[int64](t, r, "SELECT map_version FROM customers"))
	})
}

func TestStanding(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		first := r.publishNext(t)
		want := map[string]bool{}
		for i := range 2*standingPage + 3 {
			id := fmt.Sprint("m", i)
			if i%standingPage == 0 { // a few real ones; the rest is copied
				want[r.plan(t, id)] = true
			}
		}
		counts, err := r.Standing(t.Context())
		require.NoError(t, err)
		at := Standing{Touchpoint: "confirmation", Step: "send-1", MapVersion: first, Runs: len(want)}
		require.Equal(t, []Standing{at}, counts)
		execute(t, r, fmt.Sprintf(`INSERT INTO runs (id, customer_id, touchpoint, run_key, nth, status, reason, map_version,
				trigger_seq, started_at, step, entered_at, due, message_id, ended_at)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			SELECT 'copy ' || i, customer_id, touchpoint, 'copy ' || i, nth, status, reason, map_version,
				trigger_seq, started_at, step, entered_at, due, message_id, ended_at FROM n, (SELECT * FROM runs LIMIT 1) AS one`, 2*standingPage))
		seen, ids := 0, map[string]bool{}
		require.NoError(t, r.StandingRuns(t.Context(), at, func(state journey.State, p journey.Past) error {
			seen++
			ids[state.CustomerID] = true
			require.Len(t, state.Runs, 1)
			require.Equal(t, "Order Completed", state.Runs[0].Trigger.Name)
			events, err := p.Named([]string{"Order Completed"}, time.Time{})
			require.Len(t, events, 1)
			return err
		}))
		require.Equal(t, 2*standingPage+len(want), seen)
		require.Equal(t, want, ids)
		require.NoError(t, r.StandingRuns(t.Context(), Standing{Touchpoint: "other"}, func(journey.State, journey.Past) error {
			panic("nobody stands there")
		}))
	})
}

func TestDoubled(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.publishNext(t)
		for _, id := range []string{"m1", "m2", "m3"} {
			r.plan(t, id)
		}
		again := func(touchpoint, key, status, of string) {
			execute(t, r, fmt.Sprintf(`INSERT INTO runs (id, customer_id, touchpoint, run_key, nth, status, reason, map_version,
					trigger_seq, started_at, step, entered_at, due, message_id, ended_at)
				SELECT 'again %[1]s' || id, customer_id, '%[1]s', %[2]s, nth, '%[3]s', reason, map_version,
					trigger_seq, started_at, step, entered_at, due, message_id, ended_at FROM runs WHERE id IN (SELECT id FROM runs WHERE touchpoint = 'confirmation' ORDER BY id %[4]s)`,
				touchpoint, key, status, of))
		}
		again("b", "run_key", "active", "LIMIT 1")
		again("c", "run_key", "ended", "LIMIT 2")
		again("d", "'another'", "active", "LIMIT 2")
		for _, tt := range []struct {
			touchpoints []string
			want        int
		}{
			{[]string{"confirmation", "b", "c", "d"}, 1}, {[]string{"confirmation", "c"}, 0}, {[]string{"confirmation", "d"}, 0}, {[]string{"b"}, 0}, {nil, 0},
		} {
			n, err := r.Doubled(t.Context(), tt.touchpoints)
			require.NoError(t, err)
			require.Equal(t, tt.want, n, "%v", tt.touchpoints)
		}
	})
}

func TestMessageEnds(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		ends, err := r.MessageEnds(t.Context(), nil)
		require.NoError(t, err)
		require.Empty(t, ends)
		r.plan(t, "m1")
		r.plan(t, "m2")
		require.NoError(t, r.GiveUp(t.Context(), "m1", journey.ReasonRefused, "no", start))
		ends, err = r.MessageEnds(t.Context(), []string{"m1", "m2", "m3"})
		require.NoError(t, err)
		require.Equal(t, map[string]MessageEnd{
			"m1": {Status: "notsent", Reason: journey.ReasonRefused, Detail: "no", SettledAt: start}, "m2": {Status: "planned"},
		}, ends)
	})
}

func TestPruneDecisions(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		var events []journey.Event
		for i := range 10 {
			event := track(fmt.Sprint(i), "u", "", "Order Completed")
			event.Timestamp = start.Add(time.Duration(i) * time.Hour)
			events = append(events, event)
		}
		r.ingest(t, waking, events...)
		r.decide(t, r.customer(t, "u"), echo)
		for _, want := range []int{3, 2, 0} {
			n, err := r.PruneDecisions(t.Context(), start.Add(5*time.Hour), 3)
			require.NoError(t, err)
			require.Equal(t, want, n)
		}
		left, err := r.Decisions(t.Context(), "", "", 100)
		require.NoError(t, err)
		require.Len(t, left, 5)
		page, err := r.DecisionsBefore(t.Context(), left[1].Seq, left[0].CustomerID, "", 2)
		require.NoError(t, err)
		require.Equal(t, left[2:4], page)
	})
}

func TestPublicationsSayWhoAndWhy(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		_, _, err := r.PublishMap(t.Context(), []byte("one"), "h1", start)
		require.NoError(t, err)
		p := Publication{Source: []byte("two"), Hash: "h2", At: start.Add(time.Hour), Origin: OriginPublish, Author: "ann", Note: "shorter", After: 1}
		version, published, err := r.Publish(t.Context(), p)
		require.NoError(t, err)
		require.True(t, published)
		require.EqualValues(t, 2, version)
		_, _, err = r.Publish(t.Context(), p)
		require.ErrorIs(t, err, ErrOtherLive)

		versions, err := r.MapVersions(t.Context(), math.MaxInt64, 10)
		require.NoError(t, err)
		two := MapVersion{Version: 2, Hash: "h2", PublishedAt: start.Add(time.Hour), Origin: OriginPublish, Author: "ann", Note: "shorter"}
		require.Equal(t, []MapVersion{two, {Version: 1, Hash: "h1", PublishedAt: start, Origin: OriginStart}}, versions)
		versions, err = r.MapVersions(t.Context(), 2, 10)
		require.NoError(t, err)
		require.Len(t, versions, 1)
		one, err := r.MapVersion(t.Context(), 2)
		require.NoError(t, err)
		require.Equal(t, two, one)
		_, err = r.MapVersion(t.Context(), 3)
		require.ErrorIs(t, err, ErrNotFound)
		for hash, want := range map[string]int64{"h1": 1, "h2": 0, "h3": 0} { // h2 was published by somebody
			started, err := r.StartedMap(t.Context(), hash)
			require.NoError(t, err)
			require.Equal(t, want, started, hash)
		}
	})
}
