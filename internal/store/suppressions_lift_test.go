package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// suppressFor has the provider report about a customer's mail that its address must not be mailed.
func (r *record) suppressFor(t *testing.T, message, address string, reason journey.SuppressionReason, at time.Time) {
	t.Helper()
	require.NoError(t, r.RecordReports(t.Context(), []activities.Report{{
		ID: message + " " + string(reason) + " " + address, MessageID: message, Kind: activities.ReportBounced, At: at, Address: address, Suppress: reason,
	}}, unheard))
}

func TestLiftSuppressions(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		id := r.ordered(t, "msg")
		all := []journey.SuppressionReason{journey.AddressBounced, journey.AddressComplained, journey.AddressInvalid, journey.AddressUnsubscribed}
		for _, reason := range all {
			r.suppressFor(t, "msg", "Jo@example.com", reason, start)
		}
		r.suppressFor(t, "msg", "other@example.com", journey.AddressBounced, start)

		taken, left, err := r.Lift(t.Context(), Lift{Address: "nobody@example.com"})
		require.NoError(t, err)
		require.Empty(t, taken)
		require.Empty(t, left)

		taken, left, err = r.Lift(t.Context(), Lift{Address: " JO@example.com", By: "ann"})
		require.NoError(t, err)
		require.Equal(t, []journey.SuppressionReason{journey.AddressBounced, journey.AddressInvalid}, taken)
		require.Equal(t, []journey.SuppressionReason{journey.AddressComplained, journey.AddressUnsubscribed}, left)
		one, found, err := r.SuppressionOf(t.Context(), "jo@example.com")
		require.NoError(t, err)
		require.True(t, found)
		require.Contains(t, left, one.Reason)

		taken, left, err = r.Lift(t.Context(), Lift{Address: "jo@example.com", Objections: true, By: "bob"})
		require.NoError(t, err)
		require.Equal(t, []journey.SuppressionReason{journey.AddressComplained, journey.AddressUnsubscribed}, taken)
		require.Empty(t, left)
		_, found, err = r.SuppressionOf(t.Context(), "jo@example.com")
		require.NoError(t, err)
		require.False(t, found)
		_, found, err = r.SuppressionOf(t.Context(), "other@example.com")
		require.NoError(t, err)
		require.True(t, found)

		decisions, err := r.Decisions(t.Context(), id, "", 4)
		require.NoError(t, err)
		told := map[any]any{}
		for _, d := range decisions {
			require.Equal(t, journey.DecidedLifted, d.Kind)
			require.Equal(t, journey.ReasonByHand, d.Reason)
			told[d.Detail["suppressed"]] = d.Detail["by"]
		}
		require.Equal(t, map[any]any{"bounced": "ann", "invalid": "ann", "complained": "bob", "unsubscribed": "bob"}, told)
		require.Regexp(t, `^Let an address be mailed again, which was not because \w.+: somebody asked for it \(bob\)\.$`, decisions[0].Words(nil, time.UTC))

		r.suppressFor(t, "msg", "Jo@example.com", journey.AddressBounced, start)
		_, found, err = r.SuppressionOf(t.Context(), "jo@example.com")
		require.NoError(t, err)
		require.False(t, found, "the provider repeats an old report")
	})
}

func TestListSuppressions(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.set(time.Hour)
		r.ordered(t, "msg")
		for i := range 5 {
			r.suppressFor(t, "msg", fmt.Sprintf("jo%d@example.com", i), []journey.SuppressionReason{"bounced", "invalid", "complained", "unsubscribed", "x"}[i],
				start.Add(time.Duration(i/2)*time.Minute))
		}
		var listed []journey.SuppressionReason
		for after := ""; ; {
			page, err := r.Suppressions(t.Context(), "", after, 2)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			for _, one := range page {
				require.Equal(t, "user of msg", one.UserID)
				require.Equal(t, "provider", one.Source)
				listed = append(listed, one.Reason)
			}
			after = page[len(page)-1].Cursor
		}
		require.Len(t, listed, 5)
		require.EqualValues(t, "x", listed[0], "newest first")
		require.ElementsMatch(t, []journey.SuppressionReason{"complained", "unsubscribed"}, listed[1:3])
		page, err := r.Suppressions(t.Context(), "JO1@example.com", "", 10)
		require.NoError(t, err)
		require.Len(t, page, 1)
		require.Equal(t, start, page[0].Since)
		page, err = r.Suppressions(t.Context(), "", "no cursor", 10)
		require.NoError(t, err)
		require.Len(t, page, 5)
	})
}

func TestPruneReports(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ordered(t, "msg")
		for i := range 5 {
			r.set(time.Duration(i) * time.Hour)
			report := activities.Report{ID: fmt.Sprint("r", i), MessageID: "msg", Kind: activities.ReportOpened, At: start}
			require.NoError(t, r.RecordReports(t.Context(), []activities.Report{report}, unheard))
		}
		left := func() int64 { return scalar[int64](t, r, "SELECT COUNT(*) FROM provider_events") }
		for _, want := range []int{2, 1, 0} {
			n, err := r.PruneReports(t.Context(), start.Add(3*time.Hour), 2)
			require.NoError(t, err)
			require.Equal(t, want, n)
		}
		require.EqualValues(t, 2, left())
		require.EqualValues(t, 5, scalar[int64](t, r, "SELECT opens FROM messages"), "what they said is kept")
	})
}
