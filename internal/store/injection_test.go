package store

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/access"
)

// TestValuesAreNeverSQL keeps what strangers chose as it is, wherever they can choose something, and carries nothing of it out.
func TestValuesAreNeverSQL(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		for i, evil := range []string{
			`'; DROP TABLE events; --`, `" OR 1=1 --`, `\'; DELETE FROM customers; --`, "x' UNION SELECT hash FROM sessions --", `$1`, `?1`, `= ANY($1)`, `{"a":1}`, `%_%`,
		} {
			event := track(fmt.Sprintf("%d %s", i, evil), evil, "device "+evil, evil)
			event.Properties = map[string]any{evil: evil}
			event.Traits = map[string]any{"email": evil}
			r.ingest(t, waking, event)
			customer := r.customer(t, evil)
			r.decide(t, customer, echo)
			histories := 0
			require.NoError(t, r.Histories(t.Context(), func(h History) error {
				if h.UserID == evil {
					histories++
					require.Equal(t, evil, h.Events[0].Name)
					require.Equal(t, map[string]any{evil: evil}, h.Events[0].Properties)
				}
				return nil
			}))
			require.Equal(t, 1, histories, evil)
			_, err := r.User(t.Context(), evil)
			require.ErrorIs(t, err, ErrNotFound)
			_, err = r.Token(t.Context(), evil)
			require.ErrorIs(t, err, ErrNotFound)
			found, err := r.Audit(t.Context(), AuditFilter{Name: evil, Action: evil, Limit: 10})
			require.NoError(t, err)
			require.Empty(t, found)
			require.NoError(t, r.RecordRejected(t.Context(), evil, []RejectedEvent{{Code: "x", Field: evil, Message: evil, Item: evil}}))
			rejected, err := r.RejectedEvents(t.Context(), 0, evil, 10)
			require.NoError(t, err)
			require.Len(t, rejected, 1)
			require.Equal(t, evil, rejected[0].Item)
		}
		require.NoError(t, r.CreateUser(t.Context(), access.Actor{}, "bea", access.Viewer, "hash"))
		require.EqualValues(t, 9, scalar[int64](t, r, "SELECT COUNT(*) FROM customers"))
		require.EqualValues(t, 9, scalar[int64](t, r, "SELECT COUNT(*) FROM events"))
	})
}
