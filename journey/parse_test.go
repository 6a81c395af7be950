package journey

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var updateProblems = flag.Bool("update-problems", false, "write the .problems files of testdata/parse anew")

// TestParseProblems parses every file of testdata/parse and compares what is wrong with it to the file beside it.
func TestParseProblems(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/parse/*.*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		if strings.HasSuffix(file, ".problems") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			m, problems := Parse([]Source{readSource(t, file)})
			require.Equal(t, len(problems.Errors()) > 0, m == nil, "a map is returned exactly when there are no errors")
			got := ""
			if len(problems) > 0 {
				got = problems.Error() + "\n"
			}
			golden := strings.TrimSuffix(file, filepath.Ext(file)) + ".problems"
			if *updateProblems {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

func readSource(t testing.TB, file string) Source {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return Source{Name: filepath.Base(file), Data: data}
}
