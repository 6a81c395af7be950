package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/cli"
)

func TestEraseAsks(t *testing.T) {
	t.Parallel()
	database := "--database=sqlite:" + filepath.Join(t.TempDir(), "record.db")
	require.Zero(t, run(t, "migrate", database).code)
	record := openRecord(t, database)
	record.order(t, "anna")

	typed := func(text string, args ...string) (code int, out, err string) {
		var stdout, stderr bytes.Buffer
		streams := cli.Streams{In: strings.NewReader(text), Out: &stdout, Err: &stderr}
		code = cli.Run("klantreis", "", new(cli.Commands), append(args, database), streams, nil)
		return code, stdout.String(), stderr.String()
	}
	got := run(t, "erase", "anna", database)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "--yes")
	for _, text := range []string{"", "yes\n", "bert\n"} {
		code, _, err := typed(text, "erase", "anna")
		require.Equal(t, 1, code, text)
		require.Contains(t, err, "nothing was erased")
	}
	file := filepath.Join(t.TempDir(), "anna.json")
	require.Zero(t, run(t, "export", "anna", "--out", file, database).code)
	require.Equal(t, 1, run(t, "export", "anna", "--out", file, database).code, "it is there already")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), `"order of anna"`)
	code, out, _ := typed("anna\n", "erase", "anna", "--reason", "a letter")
	require.Zero(t, code)
	require.Contains(t, out, "erased from the record; our own id was c_")
	require.Contains(t, run(t, "erasures", database).out, "under way; disk: to be done; provider: to be done; workflow: to be done")
	require.Contains(t, run(t, "erasures", "--json", database).out, `"counted"`)
	require.Contains(t, run(t, "audit", database).out, "customer.erase")

	got = run(t, "export", "anna", database)
	require.Equal(t, 1, got.code)
	require.Empty(t, got.out)
	require.Contains(t, got.err, `there is no customer "anna"`)
	require.Equal(t, 1, run(t, "erase", "nobody", "--yes", database).code)

	kept := run(t, "erasures", "--keep", database)
	require.NotContains(t, kept.out, "anna")
	list := filepath.Join(t.TempDir(), "erased.ndjson")
	require.NoError(t, os.WriteFile(list, []byte(kept.out), 0o600))
	require.Equal(t, "0 customers were erased again; workers do the rest\n", run(t, "erasures", "--again", list, database).out)
}
