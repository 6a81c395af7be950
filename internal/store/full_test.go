package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// bulky are events that fill a record quickly: a megabyte.
func bulky(n int) []journey.Event {
	events := make([]journey.Event, 40)
	for i := range events {
		id := fmt.Sprintf("%d/%d", n, i)
		events[i] = track(id, "user "+id, "", "wake")
		events[i].Properties = map[string]any{"text": strings.Repeat("x", 25<<10)}
	}
	return events
}

// TestAFullRecordKeepsWhatItAcknowledged lets no page be added to the file any more, for a while.
func TestAFullRecordKeepsWhatItAcknowledged(t *testing.T) {
	t.Parallel()
	r := &record{url: "sqlite:" + filepath.Join(t.TempDir(), "record.db")}
	r.set(0)
	r.Store = r.open(t)
	require.NoError(t, r.Migrate(t.Context()))
	execute(t, r, "PRAGMA max_page_count = 1000")
	stored, n := 0, 0
	var err error
	for ; err == nil; n++ {
		require.Less(t, n, 100)
		if _, _, err = r.Ingest(t.Context(), bulky(n), AnyVersion, waking); err == nil {
			stored += 40
		}
	}
	require.ErrorContains(t, err, "database or disk is full")
	require.NotErrorIs(t, err, ErrNewerMap)
	require.Positive(t, stored)
	for _, table := range []string{"events", "message_ids", "customers", "wakes"} {
		require.EqualValues(t, stored, scalar[int64](t, r, "SELECT COUNT(*) FROM "+table), "all or nothing of %s", table)
	}
	execute(t, r, "PRAGMA max_page_count = 1000000")
	_, duplicates, err := r.Ingest(t.Context(), bulky(n-1), AnyVersion, waking)
	require.NoError(t, err)
	require.Zero(t, duplicates, "what was refused is not known")
	require.Equal(t, "ok", scalar[string](t, r, "PRAGMA integrity_check"))
}

// TestTheWriteAheadLogGivesBackWhatItGrewBy holds a reader for long, as a backup does.
func TestTheWriteAheadLogGivesBackWhatItGrewBy(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record.db")
	r := &record{url: "sqlite:" + path}
	r.set(0)
	r.Store = r.open(t)
	require.NoError(t, r.Migrate(t.Context()))
	size := func() int64 {
		info, err := os.Stat(path + "-wal")
		require.NoError(t, err)
		return info.Size()
	}
	reader, err := r.reader.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	var count int
	require.NoError(t, reader.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM events").Scan(&count))
	n := 0
	for ; size() < 2*mostWAL; n++ {
		require.Less(t, n, 100)
		r.ingest(t, idle, bulky(n)...)
	}
	require.NoError(t, reader.Rollback())
	for range 3 {
		n++
		r.ingest(t, idle, bulky(n)...)
	}
	require.LessOrEqual(t, size(), int64(mostWAL))
}
