package cli_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/store"
	"klantreis/journey"
)

// suppress has the provider report that the address of a customer's mail bounced, and that its reader complained.
func (r record) suppress(t *testing.T, userID, address string) {
	t.Helper()
	r.order(t, userID)
	customer, _, err := r.CustomerByUserID(t.Context(), userID)
	require.NoError(t, err)
	_, err = r.Decide(t.Context(), customer.State.CustomerID, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
		run := journey.Run{ID: "r", Touchpoint: "t", Nth: 1, Status: journey.RunActive, Trigger: in.Events[0], StartedAt: time.Now()}
		return journey.Outcome{State: journey.State{Runs: []journey.Run{run}}, Messages: []journey.Message{{ID: "m", RunID: "r"}}}, nil
	})
	require.NoError(t, err)
	var reports []activities.Report
	for _, reason := range []journey.SuppressionReason{journey.AddressBounced, journey.AddressComplained} {
		reports = append(reports, activities.Report{
			ID: string(reason), MessageID: "m", Kind: activities.ReportBounced, At: time.Now(), Address: address, Suppress: reason,
		})
	}
	require.NoError(t, r.RecordReports(t.Context(), reports, store.Judging{
		JourneyAt: func(at time.Time) time.Time { return at },
		Interest:  func(journey.Event) journey.Interest { return journey.Interest{} },
	}))
}

func TestSuppressions(t *testing.T) {
	t.Parallel()
	flag := "--database=sqlite:" + filepath.Join(t.TempDir(), "record.db")
	require.Zero(t, run(t, "migrate", flag).code)
	openRecord(t, flag).suppress(t, "jan", "jan@example.com")

	got := run(t, "suppressions", "list", flag)
	require.Zero(t, got.code, got.err)
	require.Regexp(t, `(?m)^SINCE +REASON +SOURCE +CUSTOMER$`, got.out)
	require.Regexp(t, `(?m)^\S+Z +bounced +provider +jan$`, got.out)
	require.Contains(t, run(t, "suppressions", "list", "Jan@example.com", "--json", flag).out, `"reason": "complained"`)
	require.NotContains(t, run(t, "suppressions", "list", "piet@example.com", flag).out, "jan")

	require.Equal(t, answer{
		out: "lifted: bounced\nstill holds: complained (its reader said so; --objections lifts it)\n",
	}, run(t, "suppressions", "lift", "jan@example.com", "--by=ann", flag))
	require.Equal(t, answer{out: "lifted: complained\n"}, run(t, "suppressions", "lift", "jan@example.com", "--objections", flag))
	got = run(t, "suppressions", "lift", "jan@example.com", flag)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "jan@example.com is not suppressed")
	require.Contains(t, run(t, "why", "jan", flag).out, "somebody asked for it (ann)")
}
