package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	broken := filepath.Join(folder, "broken.db")
	require.NoError(t, os.WriteFile(broken, []byte("this is a text and no database at all, and long enough to tell"), 0o600))
	for name, test := range map[string]struct{ url, says string }{
		"no scheme":            {"record.db", "must begin with postgres:// or sqlite:"},
		"other scheme":         {"mysql://root:secret@host/db", "must begin with postgres:// or sqlite:"},
		"no path":              {"sqlite:", "needs a path"},
		"unknown setting":      {"sqlite:x.db?mode=fast", `there is no "mode"`},
		"bad synchronous":      {"sqlite:x.db?synchronous=off", "synchronous must be normal or full"},
		"broken file":          {"sqlite:" + broken, "file is not a database"},
		"no folder":            {"sqlite:" + filepath.Join(folder, "none", "x.db"), "unable to open database file"},
		"folder":               {"sqlite:" + folder, "unable to open database file"},
		"bad pool":             {"postgres://user:secret@127.0.0.1:1/db?pool_max_conns=many", "pool_max_conns must be a number"},
		"unreachable postgres": {"postgres://user:secret@127.0.0.1:1/db?connect_timeout=2", "connect"},
		"unreadable postgres":  {"postgres://user:secret@[", "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Open(t.Context(), test.url, time.Now)
			require.ErrorContains(t, err, test.says)
			require.NotContains(t, err.Error(), "secret")
			require.ErrorContains(t, err, "open the record: ")
		})
	}
}

func TestSQLiteSettings(t *testing.T) {
	t.Parallel()
	for suffix, want := range map[string]int{"": 1, "?synchronous=normal": 1, "?synchronous=full": 2} {
		path := filepath.Join(t.TempDir(), "with space%20 and ü.db")
		s, err := Open(t.Context(), "sqlite:"+path+suffix, time.Now)
		require.NoError(t, err)
		require.FileExists(t, path)
		var synchronous, keys int
		var mode string
		require.NoError(t, s.writer.QueryRowContext(t.Context(),
			"SELECT (SELECT synchronous FROM pragma_synchronous), (SELECT foreign_keys FROM pragma_foreign_keys), "+
				"(SELECT journal_mode FROM pragma_journal_mode)").Scan(&synchronous, &keys, &mode))
		require.Equal(t, want, synchronous)
		require.Equal(t, 1, keys)
		require.Equal(t, "wal", mode)
		_, err = s.reader.ExecContext(t.Context(), "CREATE TABLE x (y INT)")
		require.ErrorContains(t, err, "readonly")
		require.NoError(t, s.Close())
	}
}

func TestPingAndClose(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		require.NoError(t, r.Ping(t.Context()))
		other := r.open(t)
		require.NoError(t, other.Close())
		require.ErrorContains(t, other.Ping(t.Context()), "reach the record")
	})
}
