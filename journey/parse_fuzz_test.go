package journey

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzParse looks for input that makes Parse panic or hang, or that it answers with both a map and an error.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/parse/*.[yj]*")
	require.NoError(f, err)
	for _, file := range append(files, "../examples/webshop/journey.yaml") {
		f.Add(readSource(f, file).Data)
	}
	f.Add([]byte(fullMap))
	f.Fuzz(func(t *testing.T, data []byte) {
		began := time.Now()
		m, problems := Parse([]Source{{Name: "journey.yaml", Data: data}})
		require.Less(t, time.Since(began), 5*time.Second)
		require.Equal(t, len(problems.Errors()) > 0, m == nil)
		for _, problem := range problems {
			require.NotEmpty(t, problem.Message)
			require.NotContains(t, problem.String(), "\n")
		}
	})
}

// FuzzDuration checks that every duration that can be read can be written and read again.
func FuzzDuration(f *testing.F) {
	for _, text := range []string{"7d", "1d12h", "2w", "90m", "30s", "7", "-1d", "99999999999w"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDuration(text)
		if err != nil {
			return
		}
		require.Positive(t, d)
		back, err := ParseDuration(FormatDuration(d))
		require.NoError(t, err)
		require.Equal(t, d, back)
	})
}
