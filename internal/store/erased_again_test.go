package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/access"
)

// TestEraseAgain has a record forget its erasures, as one does that is set back to a backup.
func TestEraseAgain(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.zora(t)
		_, err := r.Erase(t.Context(), Erasing{UserID: "zora-q", Suppress: true})
		require.NoError(t, err)
		list, err := r.ErasedList(t.Context())
		require.NoError(t, err)
		for _, table := range []string{"erasure_steps", "erased_customers", "erased_persons", "erased_message_ids", "erasures", "suppressions", "provider_events", "lost_sends", "rejected_events"} {
			execute(t, r, "DELETE FROM "+table)
		}
		r.zora(t)
		for _, want := range []int{1, 0} {
			n, err := r.EraseAgain(t.Context(), ann, list)
			require.NoError(t, err)
			require.Equal(t, want, n)
		}
		r.finish(t)
		after := r.everything(t)
		for _, secret := range secrets {
			require.NotContains(t, after, secret)
		}
		same, err := r.ErasedList(t.Context())
		require.NoError(t, err)
		list[0].Customer = same[0].Customer // who was made again in between
		require.Equal(t, list, same)
		one, _, err := r.SuppressionFor(t.Context(), "zora@zq.example", "")
		require.NoError(t, err)
		require.Equal(t, sourceErasure, one.Source)

		// Who came back since is left alone, also when somebody carries the list out once more.
		now := r.set(time.Hour)
		again := track("another order", "zora-q", "", "Order Completed")
		again.Timestamp, again.ReceivedAt = now, now
		r.ingest(t, waking, again)
		n, err := r.EraseAgain(t.Context(), access.Actor{}, list)
		require.NoError(t, err)
		require.Zero(t, n)
		r.customer(t, "zora-q")
	})
}
