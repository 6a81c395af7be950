package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

func TestGapsAreThoseOfASample(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		const customers = 12
		for i := range customers {
			user := fmt.Sprintf("user-%d", i)
			r.ingest(t, waking, track(user, user, "", "Order Completed"))
			id := r.customer(t, user)
			r.decide(t, id, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
				in.State.Facts.OlderGaps = journey.Gaps{Count: int64(i), Days: 10, Until: time.Unix(0, 0).UTC()}
				return journey.Outcome{State: in.State}, nil
			})
		}
		for limit, want := range map[int]int{5: 5, customers: customers, 100: customers} {
			gaps, err := r.Gaps(t.Context(), limit)
			require.NoError(t, err)
			require.Len(t, gaps, want)
			counts := map[int64]bool{}
			for _, g := range gaps {
				counts[g.Count] = true
			}
			require.Len(t, counts, want, "nobody is in the sample twice")
		}
	})
}
