package temporal

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUnusableFiles(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		spoil func(t *testing.T, file string)
		want  string
	}{
		"no database": {
			spoil: func(t *testing.T, file string) {
				require.NoError(t, os.WriteFile(file, []byte("this is a letter to my aunt, not a database"), 0o600))
			},
			want: "is broken",
		},
		"half of it is lost": {
			spoil: func(t *testing.T, file string) {
				info, err := os.Stat(file)
				require.NoError(t, err)
				require.NoError(t, os.Truncate(file, info.Size()/2))
			},
			want: "is broken",
		},
		"a table is missing": {
			spoil: func(t *testing.T, file string) { execute(t, file, "DROP TABLE tasks_v2") },
			want:  "was made by another release",
		},
		"a column is new": {
			spoil: func(t *testing.T, file string) { execute(t, file, "ALTER TABLE executions ADD COLUMN colour TEXT") },
			want:  "was made by another release",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := newFile(t)
			require.NoError(t, prepareFile(t.Context(), file))
			c.spoil(t, file)
			_, err := Start(t.Context(), Options{DataFile: file})
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "move it away; `rebuild` brings the waiting customers back")
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestPrepareFile(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		file string
		want string
	}{
		"no name":                 {file: "", want: "has no name"},
		"no such folder":          {file: filepath.Join(t.TempDir(), "nowhere", "temporal.db"), want: "find the folder"},
		"a folder, not a file":    {file: t.TempDir(), want: "open temporal's data file"},
		"the parent is no folder": {file: filepath.Join(newFileWith(t, "text"), "temporal.db"), want: "invalid argument"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := prepareFile(t.Context(), c.file)
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "rebuild")
		})
	}
}

func TestPrepareFileKeepsAnExistingOne(t *testing.T) {
	t.Parallel()
	file := newFile(t)
	require.NoError(t, prepareFile(t.Context(), file))
	execute(t, file, "INSERT INTO shards VALUES (7, 1, 'data', 'proto')")
	require.NoError(t, prepareFile(t.Context(), file))
	execute(t, file, "UPDATE shards SET range_id = 2 WHERE shard_id = 7")
}

// execute runs a statement that must change something, or define it.
func execute(t *testing.T, file, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+escapePath(file))
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), statement)
	require.NoError(t, err)
}

// newFileWith returns the path of a file with a content.
func newFileWith(t *testing.T, content string) string {
	t.Helper()
	file := newFile(t)
	require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	return file
}
