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

// atHour is a track event that happened and was received so many hours after the start.
func atHour(hour int, messageID, userID, anonymousID, name string) journey.Event {
	event := track(messageID, userID, anonymousID, name)
	event.ReceivedAt = start.Add(time.Duration(hour) * time.Hour)
	event.Timestamp = event.ReceivedAt
	return event
}

// pruneEvents removes what was received before an hour, in portions, and returns how much and how many were woken.
func (r *record) pruneEvents(t *testing.T, hour, limit, wake int) (removed, woken int) {
	t.Helper()
	for after := int64(0); ; {
		p, err := r.PruneEvents(t.Context(), start.Add(time.Duration(hour)*time.Hour), after, limit, wake)
		require.NoError(t, err)
		removed, woken, after = removed+p.Removed, woken+p.Woken, p.Last
		if !p.More {
			return removed, woken
		}
	}
}

// Old events go, in whatever portions, but for those that a run under way may ask for and those that nobody has read.
func TestPruneEvents(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking,
			atHour(0, "before", "waits", "", "view"), atHour(1, "unrelated", "idle", "", "view"), atHour(1, "visit", "", "device", "view"))
		r.decide(t, r.customer(t, "waits"), echo)
		r.decide(t, r.customer(t, "idle"), echo)
		r.ingest(t, waking, atHour(2, "trigger", "waits", "", "Order Completed"))
		waits := r.customer(t, "waits")
		r.decide(t, waits, startRun("msg"))
		r.ingest(t, waking, atHour(3, "since", "waits", "", "view"))
		r.decide(t, waits, echo)
		r.ingest(t, idle, atHour(4, "dormant", "sleeps", "", "view"), atHour(4, "dormant 2", "sleeps", "", "view"))
		r.ingest(t, idle, atHour(9, "young", "idle", "", "view"))
		sleeps := r.customer(t, "sleeps")
		require.NotContains(t, r.wakeRows(t), sleeps)
		left := func() []string { return column(t, r, "SELECT message_id FROM events") }

		removed, woken := r.pruneEvents(t, 8, 2, 0)
		require.Equal(t, 2, removed)
		require.Zero(t, woken, "nobody is to be woken")
		require.Equal(t, []string{"dormant", "dormant 2", "since", "trigger", "visit", "young"}, left())

		removed, woken = r.pruneEvents(t, 8, 100, 10)
		require.Zero(t, removed)
		require.Equal(t, 1, woken)
		require.Equal(t, "count 1 urgent -1", r.wakeRows(t)[sleeps], "below all others")
		_, woken = r.pruneEvents(t, 8, 100, 10)
		require.Zero(t, woken, "they are awake")
		r.decide(t, sleeps, echo)
		removed, _ = r.pruneEvents(t, 8, 3, 10)
		require.Equal(t, 2, removed)
		require.Equal(t, []string{"since", "trigger", "visit", "young"}, left())

		// When the run has ended, what it might have asked for goes too.
		_, err := r.Decide(t.Context(), waits, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
			out := journey.Outcome{State: in.State}
			out.State.Runs[0].Status, out.State.Runs[0].Reason = journey.RunEnded, journey.ReasonCompleted
			return out, nil
		})
		require.NoError(t, err)
		removed, _ = r.pruneEvents(t, 8, 100, 10)
		require.Equal(t, 2, removed)
		require.Equal(t, []string{"visit", "young"}, left())
		require.Len(t, column(t, r, "SELECT id FROM runs"), 1, "a run stays: the same order starts none again")
	})
}

// A parked event that nobody took up again goes with what is noted about it.
func TestPruneParkedEvents(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, atHour(0, "bad", "u", "", "view"))
		execute(t, r, "UPDATE events SET consumed_step = -1")
		execute(t, r, "INSERT INTO parked_events (seq, parked_at, code, detail) SELECT seq, 1, 'panic', '' FROM events")
		removed, _ := r.pruneEvents(t, 1, 10, 10)
		require.Equal(t, 1, removed)
		require.Zero(t, scalar[int64](t, r, "SELECT COUNT(*) FROM parked_events"))
	})
}

func TestPruneVisitors(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		given := atHour(1, "said", "", "gone", journey.ConsentGiven)
		given.Properties = map[string]any{"class": "marketing"}
		r.ingest(t, idle, atHour(0, "1", "", "gone", "view"), given, atHour(1, "2", "", "back", "view"), atHour(1, "3", "", "jo's", "view"))
		r.ingest(t, idle, atHour(5, "4", "", "back", "view"), atHour(5, "5", "jo", "jo's", "view"))
		require.Len(t, column(t, r, "SELECT message_id FROM consents"), 1)
		for _, want := range []int{2, 1, 0} {
			removed, err := r.PruneVisitors(t.Context(), start.Add(3*time.Hour), 2)
			require.NoError(t, err)
			require.Equal(t, want, removed)
		}
		require.Equal(t, []string{"3", "4", "5"}, column(t, r, "SELECT message_id FROM events"))
		require.Equal(t, []string{"back", "jo's"}, column(t, r, "SELECT anonymous_id FROM devices"))
		require.Empty(t, column(t, r, "SELECT message_id FROM consents"))

		// The same device is a new one when it comes back.
		r.ingest(t, idle, atHour(6, "6", "", "gone", "view"))
		r.ingest(t, waking, atHour(6, "7", "ann", "gone", "view"))
		require.Equal(t, []string{r.customer(t, "ann")}, column(t, r, "SELECT customer_id FROM events WHERE message_id = '6'"))
	})
}

// Visitors become customers while old visitors are forgotten: what a device does is its customer's, or gone, and never left
// behind.
func TestVisitorsAreForgottenWhileTheyBecomeCustomers(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		const devices, rounds = 6, 30
		var group, pruning errgroup.Group
		ctx, stop := context.WithCancel(t.Context())
		pruning.Go(func() error {
			for ctx.Err() == nil {
				if _, err := r.PruneVisitors(t.Context(), start.Add(time.Hour), 4); err != nil {
					return err
				}
			}
			return nil
		})
		for w := range 2 {
			group.Go(func() error {
				for round := range rounds {
					for d := range devices {
						user := ""
						if w == 1 && round > d {
							user = fmt.Sprintf("u%d-%d", d, round)
						}
						device := fmt.Sprintf("d%d-%d", d, round)
						if _, _, err := r.Ingest(t.Context(), []journey.Event{track(fmt.Sprintf("%d-%s", w, device), user, device, "view")}, AnyVersion, waking); err != nil {
							return err
						}
					}
				}
				return nil
			})
		}
		err := group.Wait()
		stop()
		require.NoError(t, err)
		require.NoError(t, pruning.Wait())
		require.Zero(t, scalar[int64](t, r, "SELECT COUNT(*) FROM events e WHERE customer_id IS NULL AND EXISTS "+
			"(SELECT 1 FROM devices d WHERE d.anonymous_id = e.anonymous_id AND d.customer_id IS NOT NULL)"), "left behind")
	})
}

func TestPruneTasksAndAudit(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		for i := range 4 {
			execute(t, r, fmt.Sprintf(`INSERT INTO tasks (id, customer_id, run_id, touchpoint, step, title, note, urgency, owner, created_at, due_at, done_at)
				VALUES ('t%d', 'c', 'r', 't', 's', 'call', '', '', '', 1, 1, %d)`, i, max(0, i-1)))
			execute(t, r, fmt.Sprintf(`INSERT INTO audit (at, kind, name, origin, action, target, was, became) VALUES (%d, '', '', '', 'a%d', '', '', '')`, i, i))
		}
		for _, want := range []int{1, 0} {
			n, err := r.PruneTasks(t.Context(), time.UnixMicro(2), 10)
			require.NoError(t, err)
			require.Equal(t, want, n)
		}
		require.Equal(t, []string{"t0", "t1", "t3"}, column(t, r, "SELECT id FROM tasks"), "what is to be done stays")
		for _, want := range []int{1, 1, 0} {
			n, err := r.PruneAudit(t.Context(), time.UnixMicro(2), 1)
			require.NoError(t, err)
			require.Equal(t, want, n)
		}
		require.Equal(t, []string{"a2", "a3"}, column(t, r, "SELECT action FROM audit"))
	})
}

// One process at a time has a turn, and another one when that is silent or done.
func TestTurns(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		turn := func(holder string) Turn {
			return Turn{Chore: "c", Holder: holder, Length: time.Minute, Every: time.Hour}
		}
		a, b := turn("a"), turn("b")
		for _, step := range []struct {
			at   time.Duration
			do   func(context.Context, Turn) (bool, error)
			turn Turn
			want bool
		}{
			{0, r.TakeTurn, a, true},
			{30 * time.Second, r.TakeTurn, b, false},
			{30 * time.Second, r.KeepTurn, a, true},
			{80 * time.Second, r.TakeTurn, b, false},
			{90 * time.Second, r.TakeTurn, b, true}, // a is silent
			{91 * time.Second, r.KeepTurn, a, false},
			{91 * time.Second, r.EndTurn, a, false},
			{92 * time.Second, r.EndTurn, b, true},
			{10 * time.Minute, r.TakeTurn, a, false}, // it was done
			{2 * time.Hour, r.TakeTurn, a, true},
			{2 * time.Hour, r.EndTurn, a, true},
			{-48 * time.Hour, r.TakeTurn, b, true}, // a's clock was wrong
			{-49 * time.Hour, r.TakeTurn, a, true},
		} {
			r.set(step.at)
			got, err := step.do(t.Context(), step.turn)
			require.NoError(t, err)
			require.Equal(t, step.want, got, "%s at %s", step.turn.Holder, step.at)
		}
	})
}
