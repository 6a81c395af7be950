package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// suppressedWith returns what a decision is told about suppressed addresses.
func (r *record) suppressedWith(t *testing.T, customerID string, facts journey.Facts) map[string]journey.SuppressionReason {
	t.Helper()
	var told map[string]journey.SuppressionReason
	r.decide(t, customerID, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
		told = in.Suppressed
		return journey.Outcome{State: journey.State{Facts: facts}}, nil
	})
	return told
}

func mailedTo(address string) journey.Facts {
	return journey.Facts{Traits: map[string]any{"email": address}}
}

// TestSuppressedAddressesReachDecisionAndHandover reports a hard bounce about one customer's mail; another has the same
// address, in other letters.
func TestSuppressedAddressesReachDecisionAndHandover(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.set(time.Hour)
		bounced, other := r.ordered(t, "bounced"), r.plan(t, "other")
		r.suppressedWith(t, bounced, mailedTo("jo@example.com"))
		r.suppressedWith(t, other, mailedTo("Jo@Example.com "))
		require.Nil(t, r.suppressedWith(t, bounced, mailedTo("jo@example.com")))
		report := activities.Report{
			ID: "1", MessageID: "bounced", Kind: activities.ReportBounced, At: start.Add(time.Minute),
			Address: "JO@example.com", Suppress: journey.AddressBounced,
		}
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{report, report}, unheard))

		want := map[string]journey.SuppressionReason{"jo@example.com": journey.AddressBounced}
		require.Equal(t, want, r.suppressedWith(t, bounced, mailedTo("new@example.com")))
		require.Nil(t, r.suppressedWith(t, bounced, mailedTo("new@example.com")), "the new address is another one")
		require.Equal(t, want, r.suppressedWith(t, other, mailedTo("Jo@Example.com ")))

		var seen journey.SuppressionReason
		claim, err := r.Claim(t.Context(), "other", "token", start, func(_ context.Context, h activities.Handover) (journey.Reason, error) {
			seen = h.Suppressed
			return journey.ReasonSuppressed, nil
		})
		require.NoError(t, err)
		require.Equal(t, journey.AddressBounced, seen)
		require.Equal(t, activities.Claim{Status: activities.ClaimSettled, Reason: journey.ReasonSuppressed}, claim)
		require.Equal(t, "bounced", r.message(t, other).Detail)

		one, found, err := r.SuppressionOf(t.Context(), "jo@example.com")
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, Suppression{Reason: journey.AddressBounced, Since: start.Add(time.Minute), Source: "provider"}, one)
		_, found, err = r.SuppressionOf(t.Context(), "new@example.com")
		require.NoError(t, err)
		require.False(t, found)
	})
}

// TestAddressesThatEventsTellAreLookedUp has a new customer come with an address that is suppressed already.
func TestAddressesThatEventsTellAreLookedUp(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ordered(t, "msg")
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{{
			ID: "1", MessageID: "msg", Kind: activities.ReportComplained, At: start, Address: "jo@example.com", Suppress: journey.AddressComplained,
		}}, unheard))
		identify := journey.Event{
			MessageID: "i", Type: journey.TypeIdentify, Name: journey.TypeIdentify, UserID: "newcomer", Timestamp: start, ReceivedAt: start,
			Traits: map[string]any{"email": "Jo@example.com"},
		}
		checkout := track("c", "newcomer", "", "Order Completed")
		checkout.Context = map[string]any{"traits": map[string]any{"email": "other@example.com"}}
		r.ingest(t, waking, identify, checkout)
		told := r.suppressedWith(t, r.customer(t, "newcomer"), journey.Facts{})
		require.Equal(t, map[string]journey.SuppressionReason{"jo@example.com": journey.AddressComplained}, told)
	})
}

// TestTheStrictestReasonCounts adds reasons for one address, each alone; only subscribing again takes one back.
func TestTheStrictestReasonCounts(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.set(time.Hour)
		customerID := r.ordered(t, "msg")
		r.suppressedWith(t, customerID, mailedTo("jo@example.com"))
		for i, step := range []struct {
			kind activities.ReportKind
			why  journey.SuppressionReason
			want journey.SuppressionReason
		}{
			{activities.ReportDelivered, "", ""},
			{activities.ReportDropped, journey.AddressUnsubscribed, journey.AddressUnsubscribed},
			{activities.ReportResubscribed, "", ""},
			{activities.ReportDropped, journey.AddressUnsubscribed, journey.AddressUnsubscribed},
			{activities.ReportBounced, journey.AddressBounced, journey.AddressBounced},
			{activities.ReportComplained, journey.AddressComplained, journey.AddressBounced},
			{activities.ReportResubscribed, "", journey.AddressBounced},
		} {
			require.NoError(t, r.RecordReports(t.Context(), []activities.Report{{
				ID: string(rune('a' + i)), MessageID: "msg", Kind: step.kind, Suppress: step.why, Address: "jo@example.com",
				At: start.Add(time.Duration(i) * time.Minute),
			}}, unheard))
			require.Equal(t, step.want, r.suppressedWith(t, customerID, mailedTo("jo@example.com"))["jo@example.com"], i)
		}
	})
}

func TestNoAddressIsKeptInClear(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ordered(t, "msg")
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{
			{ID: "1", MessageID: "msg", Kind: activities.ReportBounced, At: start, Address: "jo@example.com", Suppress: journey.AddressBounced},
			{ID: "2", MessageID: "msg", Kind: activities.ReportBounced, At: start, Suppress: journey.AddressBounced},
		}, unheard))
		require.EqualValues(t, 1, scalar[int64](t, r, "SELECT COUNT(*) FROM suppressions"), "without an address there is nothing to suppress")
		require.Len(t, scalar[string](t, r, "SELECT address FROM suppressions"), 43)
		require.NotContains(t, scalar[string](t, r, "SELECT address FROM suppressions"), "example")
		require.GreaterOrEqual(t, len(scalar[string](t, r, "SELECT key FROM address_key")), 64)
	})
}

// TestEveryRecordHasItsOwnKey, so that what one installation knows says nothing to another one.
func TestEveryRecordHasItsOwnKey(t *testing.T) {
	t.Parallel()
	var keys []string
	for range 2 {
		s, err := Open(t.Context(), "sqlite:"+t.TempDir()+"/record.db", func() time.Time { return start })
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		require.NoError(t, s.Migrate(t.Context()))
		keys = append(keys, scalar[string](t, &record{Store: s}, "SELECT key FROM address_key"))
	}
	require.NotEqual(t, keys[0], keys[1])
}
