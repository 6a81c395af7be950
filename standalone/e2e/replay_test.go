package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/replay"
)

// TestOrdersOfARealShop runs 300 real orders of busy weeks through the engine, half a day a second, and compares every
// mail with a list that is made without our core. Without the file of real orders synthetic ones are used, and it says so.
// It does not run beside other tests: how late a mail is depends on how busy the machine is.
func TestOrdersOfARealShop(t *testing.T) {
	if testing.Short() {
		t.Skip("takes three minutes; runs without -short")
	}
	csv, err := replay.FindOlist()
	require.NoError(t, err)
	var out strings.Builder
	result, err := replay.Replay(t.Context(), replay.Options{
		Binary: binary, CSV: csv, Orders: 300, Seed: 1, Speed: replay.MaxSpeed / 2, Tolerance: 4 * time.Second,
		Data: t.TempDir(), Out: &out,
	})
	require.NoError(t, err, out.String())
	var report strings.Builder
	require.NoError(t, result.Write(&report))
	t.Log("\n" + report.String())
	require.True(t, result.Passed(), out.String())
}
