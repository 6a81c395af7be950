package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckOfTheExample(t *testing.T) {
	t.Parallel()
	const shop = "../../examples/webshop"
	for _, path := range []string{shop, shop + "/journey.yaml"} {
		require.Equal(t, answer{out: path + ": fine: 6 phases, 6 touchpoints, 0 warnings\n"}, run(t, "check", path))
	}
}

func TestCheckOfABrokenMap(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "journey.yaml", `journey: broken
colour: red
shop: {name: Shop, email: not an address}
phases: [{id: only, enter: [{on: Order Completed, if: customer.orders >}]}]
touchpoints:
  - {id: one, phase: elsewhere, class: service, on: Order Completed, do: [wait: -7d]}
`)
	write(t, dir, "templates/layout.html", "no place for the mail")
	got := run(t, "check", dir)
	require.Equal(t, 1, got.code)
	for _, problem := range []string{
		"journey.yaml:2: colour: ", "journey.yaml:3: shop.email: ", "journey.yaml:4: phases[0].enter[0].if: ",
		"journey.yaml:6: touchpoints[0].phase: ", "journey.yaml:6: touchpoints[0].do[0].wait: ",
		"templates/layout.html: does not say", "templates/layout.txt: is missing",
	} {
		require.Contains(t, got.out, problem)
	}
	lines := strings.Count(got.out, "\n")
	require.Equal(t, 7, lines, got.out)
	require.Equal(t, "klantreis: "+dir+": 7 errors, so it cannot be published\n", got.err)
}

func TestCheckOfAMapWithOneError(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "journey.json")
	write(t, filepath.Dir(file), "journey.json", `{"journey": "one", "shop": {"name": "Shop", "email": "shop@example.com"}, "phases": 7}`)
	got := run(t, "check", file)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, ": 1 error, so it cannot be published")
}

func TestCheckOfNothing(t *testing.T) {
	t.Parallel()
	got := run(t, "check", filepath.Join(t.TempDir(), "missing"))
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "klantreis: read the map: ")
	require.Empty(t, got.out)
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

// TestCheckGoldens compares what a check of each folder of testdata/check says to the file beside it.
func TestCheckGoldens(t *testing.T) {
	t.Parallel()
	const dir = "testdata/check/"
	tests := map[string]struct {
		args []string
		code int
	}{
		"warnings":        {[]string{dir + "warnings"}, 0},
		"warnings-strict": {[]string{dir + "warnings", "--strict"}, 1},
		"errors":          {[]string{dir + "errors"}, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := run(t, append([]string{"check"}, tt.args...)...)
			require.Equal(t, tt.code, got.code)
			golden(t, dir+name+".golden", got.out+got.err)
		})
	}
}

func TestStrictTakesAMapWithoutWarnings(t *testing.T) {
	t.Parallel()
	require.Zero(t, run(t, "check", "--strict", "../../examples/webshop").code)
}
