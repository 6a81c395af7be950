package cli_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/store"
	"klantreis/journey"
)

// record is the record that a command works on.
type record struct{ *store.Store }

func openRecord(t *testing.T, flag string) record {
	t.Helper()
	s, err := store.Open(t.Context(), strings.TrimPrefix(flag, "--database="), time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return record{s}
}

// order stores an event that wakes its customer.
func (r record) order(t *testing.T, userID string) {
	t.Helper()
	e := journey.Event{
		MessageID: "order of " + userID, Type: journey.TypeTrack, Name: "Order Completed", UserID: userID,
		Timestamp: time.Now(), ReceivedAt: time.Now(),
	}
	_, _, err := r.Ingest(t.Context(), []journey.Event{e}, store.AnyVersion, func(journey.Event) journey.Interest { return journey.Interest{Wakes: true} })
	require.NoError(t, err)
}
