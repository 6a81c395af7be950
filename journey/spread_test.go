package journey

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSpreadOffset(t *testing.T) {
	t.Parallel()
	const customers, buckets = 10_000, 10
	spread := 30 * time.Minute
	var counts [buckets]int
	var heldOut int // of the first bucket
	for i := range customers {
		id := "c-" + strconv.Itoa(i)
		offset := spreadOffset(id, spread)
		require.Equal(t, offset, spreadOffset(id, spread))
		require.GreaterOrEqual(t, offset, time.Duration(0))
		require.Less(t, offset, spread)
		require.Equal(t, offset, offset.Truncate(time.Microsecond))
		bucket := int(offset * buckets / spread)
		counts[bucket]++
		if bucket == 0 && share(id, "review-request", "") < 0.1 {
			heldOut++
		}
	}
	for _, n := range counts {
		require.InDelta(t, customers/buckets, n, 120) // four standard deviations
	}
	require.InDelta(t, customers/100, heldOut, 40)
}

func TestSpreadOffsetStays(t *testing.T) {
	t.Parallel()
	// A change of this value would move mails that are due already.
	require.Equal(t, "19m32.465739s", spreadOffset("c-1", 30*time.Minute).String())
	require.Zero(t, spreadOffset("c-1", 0))
	require.Zero(t, spreadOffset("c-1", -time.Hour))
	require.Zero(t, spreadOffset("c-1", time.Nanosecond))
	require.Zero(t, spreadOffset("c-1", time.Microsecond))
	require.Less(t, spreadOffset("c-1", maxDuration), maxDuration)
}
