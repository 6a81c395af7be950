package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// receivedAt is an event that was received at an offset from start.
func receivedAt(id string, after time.Duration) journey.Event {
	e := track(id, "user", "", "wake")
	e.ReceivedAt = start.Add(after)
	e.Timestamp = e.ReceivedAt.Add(-e.Age)
	return e
}

// receipts decides and returns the receipts of the events that the decision sees, from start.
func (r *record) receipts(t *testing.T, customerID string) (receipts []time.Duration) {
	t.Helper()
	r.decide(t, customerID, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
		receipts = nil
		for _, e := range in.Events {
			require.Equal(t, time.Second, e.ReceivedAt.Sub(e.Timestamp), "as old as it was")
			receipts = append(receipts, e.ReceivedAt.Sub(start))
		}
		return echo(ctx, in)
	})
	return receipts
}

func TestReceiptsFollowAClockThatIsSetBack(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, receivedAt("1", time.Hour))
		id := r.customer(t, "user")
		require.Equal(t, []time.Duration{time.Hour}, r.receipts(t, id))
		r.ingest(t, waking, receivedAt("2", time.Minute), receivedAt("3", 2*time.Minute))
		require.Equal(t, []time.Duration{time.Hour, time.Hour}, r.receipts(t, id))
		require.Equal(t, start.Add(time.Hour).UnixMicro(), scalar[int64](t, r, "SELECT MIN(received_at) FROM events"), "who looks back sees the same")
		require.Equal(t, start.Add(time.Hour-time.Second).UnixMicro(), scalar[int64](t, r, "SELECT MIN(stamped_at) FROM events"))
		r.ingest(t, waking, receivedAt("4", 59*time.Minute), receivedAt("5", 61*time.Minute))
		require.Equal(t, []time.Duration{time.Hour, 61 * time.Minute}, r.receipts(t, id))
		r.ingest(t, waking, receivedAt("6", -48*time.Hour), receivedAt("7", 0))
		require.Equal(t, []time.Duration{-48 * time.Hour, 0}, r.receipts(t, id), "too long a step")
	})
}

func TestReceiptsAtTheHandover(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, receivedAt("order", time.Hour))
		id := r.customer(t, "user")
		r.decide(t, id, startRun("msg"))
		r.ingest(t, waking, receivedAt("cancel", 0))
		_, err := r.Claim(t.Context(), "msg", "token", start, func(_ context.Context, h activities.Handover) (journey.Reason, error) {
			require.Len(t, h.Unconsumed, 1)
			require.Equal(t, start.Add(time.Hour), h.Unconsumed[0].ReceivedAt)
			require.False(t, h.Unconsumed[0].Timestamp.Before(h.Run.StartedAt))
			return "", nil
		})
		require.NoError(t, err)
	})
}

func TestReceiptsInJourneyTime(t *testing.T) {
	cases := map[string]struct {
		clock journey.Clock
		want  time.Duration
	}{
		"at a day a second a second is a day": {journey.Clock{J0: start, R0: start, Speed: 86400}, 7 * 24 * time.Hour},
		"clients who send it are right":       {journey.Clock{J0: start, R0: start, Speed: 1, Started: true}, 0},
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *record) {
				_, err := r.Clock(t.Context(), tt.clock)
				require.NoError(t, err)
				r.ingest(t, waking, receivedAt("1", 7*24*time.Hour))
				id := r.customer(t, "user")
				r.receipts(t, id)
				r.ingest(t, waking, receivedAt("2", 0))
				require.Equal(t, []time.Duration{tt.want}, r.receipts(t, id))
			})
		})
	}
}

// TestReceiptsWhileAnEventIsParked has the clock set back before events of which one cannot be decided about: the others are
// decided about in portions, and the parked one stays as old as it is.
func TestReceiptsWhileAnEventIsParked(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, receivedAt("1", time.Hour))
		id := r.customer(t, "user")
		r.decide(t, id, echo)
		poison := receivedAt("3", 2*time.Minute)
		poison.Name = "poison"
		r.ingest(t, waking, receivedAt("2", time.Minute), poison, receivedAt("4", 3*time.Minute), receivedAt("5", 4*time.Minute))
		seen := map[string]time.Duration{}
		r.settle(t, id, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			out, err := poisoned(ctx, in)
			if err == nil {
				for _, e := range in.Events {
					seen[e.MessageID] = e.ReceivedAt.Sub(start)
				}
			}
			return out, err
		})
		require.Equal(t, map[string]time.Duration{"2": time.Hour, "4": time.Hour, "5": time.Hour}, seen)
		n, err := r.Retry(t.Context(), ann, []int64{3})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, []time.Duration{2 * time.Minute}, r.receipts(t, id))
	})
}

// TestAnOrderAfterAClockThatWasAheadIsConfirmedSoon: the clock of an api process was 20 hours ahead for one event. After it was set right the customer orders, and tells the address
// a moment later.
func TestAnOrderAfterAClockThatWasAheadIsConfirmedSoon(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		for _, ahead := range []time.Duration{0, 20 * time.Hour} {
			s := newMergedShop(t, r, 1)
			user := ahead.String()
			at := func(name string, now time.Time) journey.Event {
				e := track(user+name, user, "", name)
				e.Timestamp, e.ReceivedAt = now, now
				return e
			}
			r.ingest(t, waking, at("Product Viewed", start.Add(ahead)))
			id := r.customer(t, user)
			decide := func(after time.Duration) (next time.Time) {
				snapshot, err := r.Decide(t.Context(), id, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
					in.Now = start.Add(after)
					return s.m.Decide(in)
				})
				require.NoError(t, err)
				return snapshot.Next
			}
			decide(time.Second)
			order := at("Order Completed", start.Add(time.Minute))
			order.Properties = map[string]any{"order_id": "A1"}
			r.ingest(t, waking, order)
			decide(time.Minute)
			who := at(journey.TypeIdentify, start.Add(61*time.Second))
			who.Type, who.Traits = journey.TypeIdentify, map[string]any{"email": "jo@example.com"}
			r.ingest(t, waking, who)
			decide(61 * time.Second)
			next := decide(2 * time.Minute)
			require.EqualValues(t, 1, scalar[int64](t, r, "SELECT COUNT(*) FROM messages WHERE touchpoint = 'confirmation' AND customer_id = '"+id+"'"),
				"ahead by %s: the confirmation is looked at again %s after the order", ahead, next.Sub(start.Add(time.Minute)))
		}
	})
}
