package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// TestAPersonIsSuppressedAtEveryAddress, at the decision and at the handover, until somebody lifts it.
func TestAPersonIsSuppressedAtEveryAddress(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		id := r.plan(t, "msg")
		user := "user of msg"
		require.Empty(t, r.objectedTo(t, id))
		objection := said("o1", user, "", journey.ConsentWithdrawn, map[string]any{"source": "phone"})
		require.NoError(t, r.Choose(t.Context(), Choice{Events: []journey.Event{objection}, Object: user}, AnyVersion, waking))
		require.Equal(t, journey.PersonObjected, r.objectedTo(t, id))
		require.Equal(t, []string{"-service by phone", "-marketing by phone"}, r.statedBy(t, id))
		one, found, err := r.SuppressionFor(t.Context(), "any@example.com", user)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, Suppression{Reason: journey.PersonObjected, Since: start, Source: "shop"}, one)
		_, found, err = r.SuppressionFor(t.Context(), "any@example.com", "somebody else")
		require.NoError(t, err)
		require.False(t, found)

		var seen activities.Handover
		_, err = r.Claim(t.Context(), "msg", "token", start, func(_ context.Context, h activities.Handover) (journey.Reason, error) {
			seen = h
			return journey.ReasonSuppressed, nil
		})
		require.NoError(t, err)
		require.Equal(t, journey.PersonObjected, seen.Suppressed)
		require.Len(t, scalar[string](t, r, "SELECT address FROM suppressions"), 43, "the record keeps no id there either")

		r.ingest(t, waking, said("c1", user, "", journey.ConsentGiven, nil))
		require.Equal(t, journey.PersonObjected, r.objectedTo(t, id), "the shop's word is not enough")
		require.NoError(t, r.Choose(t.Context(), Choice{Relent: user}, AnyVersion, waking))
		require.Empty(t, r.objectedTo(t, id))
	})
}

// TestAnAddressThatUnsubscribed stays suppressed for everybody who has it, until who unsubscribed consents, or a reader of it subscribes
// again.
func TestAnAddressThatUnsubscribed(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		id, other := r.plan(t, "msg"), r.plan(t, "other")
		r.suppressedWith(t, id, mailedTo("jo@example.com"))
		r.suppressedWith(t, other, mailedTo("Jo@example.com"))
		var hash string
		_, err := r.Claim(t.Context(), "msg", "token", start, func(_ context.Context, h activities.Handover) (journey.Reason, error) {
			hash = h.AddressHash
			return "", nil
		})
		require.NoError(t, err)
		require.Len(t, hash, 43)
		suppressed := func() journey.SuppressionReason {
			reason, err := r.SuppressionOfHash(t.Context(), hash)
			require.NoError(t, err)
			return reason
		}
		require.Empty(t, suppressed())
		unsubscribe := Choice{Unsubscribe: hash, CustomerID: id}
		for range 2 {
			require.NoError(t, r.Choose(t.Context(), unsubscribe, AnyVersion, waking))
		}
		require.Equal(t, journey.AddressUnsubscribed, suppressed())
		r.ingest(t, waking, said("old", "user of msg", "", journey.ConsentGiven, nil)) // said a second before
		require.Equal(t, journey.AddressUnsubscribed, suppressed())
		r.set(time.Minute)
		r.ingest(t, waking, said("topic", "user of msg", "", journey.ConsentGiven, map[string]any{"topic": "tips"}))
		require.Equal(t, journey.AddressUnsubscribed, suppressed(), "a topic is not everything")
		history := said("history", "user of msg", "", journey.ConsentGiven, nil)
		history.Imported = true
		r.ingest(t, waking, history)
		require.Equal(t, journey.AddressUnsubscribed, suppressed(), "history is no statement of now")
		r.ingest(t, waking, said("theirs", "user of other", "", journey.ConsentGiven, nil))
		require.Equal(t, journey.AddressUnsubscribed, suppressed(), "what another one with that address says is not theirs to take back")
		r.ingest(t, waking, said("new", "user of msg", "", journey.ConsentGiven, nil))
		require.Empty(t, suppressed())

		require.NoError(t, r.Choose(t.Context(), unsubscribe, AnyVersion, waking))
		require.NoError(t, r.Choose(t.Context(), Choice{Readmit: hash}, AnyVersion, waking))
		require.Empty(t, suppressed())
	})
}

func TestChoicesAreStoredWholly(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		_, _, err := r.PublishMap(t.Context(), []byte("map"), "hash", start)
		require.NoError(t, err)
		c := Choice{Events: []journey.Event{said("c1", "jo", "", journey.ConsentWithdrawn, nil)}, Unsubscribe: "hash"}
		require.ErrorIs(t, r.Choose(t.Context(), c, 0, waking), ErrNewerMap)
		require.Zero(t, scalar[int](t, r, "SELECT COUNT(*) FROM suppressions"))
		require.NoError(t, r.Choose(t.Context(), c, 1, waking))
		require.Equal(t, 1, scalar[int](t, r, "SELECT COUNT(*) FROM suppressions"))
		require.Equal(t, map[string]string{r.customer(t, "jo"): "count 1 urgent 0"}, r.wakeRows(t))
	})
}

func TestReader(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, track("e", "jo", "", "wake"))
		id := r.customer(t, "jo")
		reader, found, err := r.Reader(t.Context(), id)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, "jo", reader.UserID)
		require.Len(t, reader.Unseen, 1)
		_, found, err = r.Reader(t.Context(), "c_unknown")
		require.NoError(t, err)
		require.False(t, found)
	})
}

func TestHandingOver(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		id := r.plan(t, "msg")
		execute(t, r, "UPDATE messages SET class = 'service'")
		under := func(since time.Time) bool {
			busy, err := r.HandingOver(t.Context(), id, since)
			require.NoError(t, err)
			return busy
		}
		require.False(t, under(start.Add(-time.Hour)), "it is only planned")
		_, err := r.Claim(t.Context(), "msg", "token", start, func(context.Context, activities.Handover) (journey.Reason, error) { return "", nil })
		require.NoError(t, err)
		require.True(t, under(start.Add(-time.Minute)))
		require.False(t, under(start), "that long ago its attempt is over")
		require.NoError(t, r.Confirm(t.Context(), "msg", "token", "p", journey.ReasonSent, start))
		require.False(t, under(start.Add(-time.Minute)))
	})
}
