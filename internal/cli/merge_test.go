package cli_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/store"
	"klantreis/journey"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	database := "sqlite:" + filepath.Join(t.TempDir(), "record.db")
	require.Zero(t, run(t, "migrate", "--database="+database).code)
	record, err := store.Open(t.Context(), database, time.Now)
	require.NoError(t, err)
	var events []journey.Event
	for _, user := range []string{"old", "new"} {
		events = append(events, journey.Event{MessageID: user, Type: journey.TypeTrack, Name: "X", UserID: user, Timestamp: time.Now(), ReceivedAt: time.Now()})
	}
	_, _, err = record.Ingest(t.Context(), events, store.AnyVersion, func(journey.Event) journey.Interest { return journey.Interest{} })
	require.NoError(t, err)
	require.NoError(t, record.Close())

	require.Equal(t, answer{out: "old was merged into new\n"}, run(t, "merge", "old", "new", "--database="+database))
	require.Equal(t, answer{out: "old and new are one customer already\n"}, run(t, "merge", "old", "new", "--database="+database))
	got := run(t, "merge", "nobody", "new", "--database="+database)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, `there is no customer "nobody" or "new" in the record`)
}
