package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
)

// TestReceptionGoesByReceiptAndLaterMessages claims a message at start that nobody confirms. Reports about messages before
// it, and reports that came before it, say nothing.
func TestReceptionGoesByReceiptAndLaterMessages(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		claim := func(id string, after time.Duration) {
			r.plan(t, id)
			_, err := r.Claim(t.Context(), id, "token", start.Add(after), wanted)
			require.NoError(t, err)
		}
		n := 0
		report := func(id string, happened, received time.Duration) {
			n++
			r.set(received)
			require.NoError(t, r.RecordReports(t.Context(), []activities.Report{
				{ID: fmt.Sprint(n), MessageID: id, Kind: activities.ReportOpened, At: start.Add(happened)},
			}, unheard))
		}
		reception := func() activities.Reception {
			again, err := r.Claim(t.Context(), "missed", "another", start.Add(time.Hour), wanted)
			require.NoError(t, err)
			require.Equal(t, activities.ClaimUnconfirmed, again.Status)
			return again.Reception
		}
		claim("before", -time.Minute)
		claim("missed", 0)
		report("before", -30*time.Second, -20*time.Second)
		report("before", time.Minute, 20*time.Minute)
		require.Zero(t, reception())

		claim("after", time.Minute)
		report("after", 2*time.Minute, 30*time.Minute) // It waited for us for long.
		require.Equal(t, activities.Reception{From: start.Add(30 * time.Minute), Until: start.Add(30 * time.Minute)}, reception())
		require.Zero(t, reception().Lasted())

		report("after", 40*time.Minute, 44*time.Minute)
		report("before", 41*time.Minute, 59*time.Minute)
		require.Equal(t, 14*time.Minute, reception().Lasted())
	})
}
