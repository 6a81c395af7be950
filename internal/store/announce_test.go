package store

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// TestAnAliasBesideTheFirstEvent lets an alias and the first event of its previous id come at the same time: the id is either
// a customer, whom the alias can join, or was announced by it; never both, and never neither.
func TestAnAliasBesideTheFirstEvent(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		announced := 0
		for i := range 60 {
			user, former := fmt.Sprint("u", i), fmt.Sprint("v", i)
			var both sync.WaitGroup
			for _, e := range []journey.Event{alias(fmt.Sprint("a", i), user, former), track(fmt.Sprint("t", i), former, "", "wake")} {
				both.Go(func() { r.ingest(t, byName, e) })
			}
			both.Wait()
			customers := scalar[int64](t, r, fmt.Sprintf("SELECT COUNT(*) FROM customers WHERE user_id = '%s'", former))
			aliases := scalar[int64](t, r, fmt.Sprintf("SELECT COUNT(*) FROM customer_aliases WHERE user_id = '%s'", former))
			require.EqualValues(t, 1, customers+aliases, former)
			owner := r.owners(t)[fmt.Sprint("t", i)]
			if aliases == 1 {
				announced++
				require.Equal(t, user, owner)
			} else {
				require.Equal(t, former, owner)
			}
			ids, err := r.CustomerIDs(t.Context(), []string{former})
			require.NoError(t, err)
			require.Len(t, ids, int(customers), "who was only announced is nobody yet")
		}
		t.Log(announced, "of 60 were announced")
	})
}
