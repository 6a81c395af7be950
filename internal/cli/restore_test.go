package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/store"
)

func TestBackupAndRestoreCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	database := "--database=sqlite:" + filepath.Join(dir, "record.db")
	require.Zero(t, run(t, "migrate", database).code)
	openRecord(t, database).order(t, "user-1")
	file := filepath.Join(dir, "backup.db")
	require.Equal(t, answer{out: "the record was copied to " + file + "\n"}, run(t, "backup", file, database))
	got := run(t, "backup", file, database)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "is there already")

	restored := "--database=sqlite:" + file
	require.Equal(t, answer{out: "0 reports read, 0 about messages of this record\nthe record knows everything that was reported\n"}, run(t, "restore-check", restored))
	got = run(t, "restore-check", restored, "--reports="+filepath.Join(dir, "none.json"))
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "--reports: open ")

	reports := filepath.Join(dir, "reports.json")
	key := sendKey(t, file)
	require.NoError(t, os.WriteFile(reports, []byte(`[{"event":"delivered","sg_event_id":"e1","timestamp":1772355600,"message_id":"m_lost",
		"send_key":"`+key+`","customer_id":"c_gone","category":"confirmation","email":"jan@example.net"}]`), 0o600))
	got = run(t, "restore-check", restored, "--reports="+reports)
	require.Equal(t, 1, got.code, "a script must not go on")
	require.Contains(t, got.err, "run this again with --settle")
	require.Contains(t, got.out, "1 report read, 1 about messages of this record\n\n1 message not known to the record as sent")
	require.Contains(t, plain(got.out), "2026-03-01T09:00:00Z confirmation jan@example.net m_lost unknown")

	got = run(t, "restore-check", restored, "--reports="+reports, "--settle")
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.out, "1 message settled as sent; they will not be sent again:")
	for _, again := range [][]string{{"restore-check", restored}, {"restore-check", restored, "--reports=" + reports}} {
		got = run(t, again...)
		require.Zero(t, got.code, got.err)
		require.Contains(t, got.out, "1 message lost by the record, known from reports before")
	}
	got = run(t, "restore-check", restored, "--reports="+reports, "--json")
	require.Zero(t, got.code, got.err)
	var listed struct {
		Reports, Ours int
		Open, Held    []struct{ MessageID, Touchpoint string }
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &listed))
	require.Empty(t, listed.Open)
	require.Equal(t, "m_lost", listed.Held[0].MessageID)
}

// sendKey returns a send key of a record.
func sendKey(t *testing.T, file string) string {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+file, time.Now)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	tag, err := s.SendTag(t.Context())
	require.NoError(t, err)
	require.NotContains(t, tag, ".")
	return tag + ".of-one-send"
}
