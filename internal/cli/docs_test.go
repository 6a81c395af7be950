package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheManualsTrial does what the manual says about trying a map, with the events that it shows.
func TestTheManualsTrial(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../../docs/journey-map.md")
	require.NoError(t, err)
	found := regexp.MustCompile(`(?s)/tmp/anna.ndjson <<'END'\n(.*?)END\n`).FindSubmatch(manual)
	require.NotNil(t, found)
	dir := t.TempDir()
	write(t, dir, "anna.ndjson", string(found[1]))
	events := filepath.Join(dir, "anna.ndjson")

	got := run(t, "simulate", "../../examples/webshop", events)
	require.Zero(t, got.code, got.err)
	rows := regexp.MustCompile(`(?m)^(2026-03-\d\d \S+ .*)$`).FindAllString(string(manual), -1)
	require.Len(t, rows, 4)
	for _, row := range rows {
		require.Contains(t, plain(got.out), plain(row), "the manual shows what is not so")
	}
	got = run(t, "backtest", "../../examples/webshop", "--against", "../../examples/webshop", "--events", events)
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.out, "no difference")
}

// plain makes every run of spaces one.
func plain(text string) string {
	return regexp.MustCompile(` +`).ReplaceAllString(strings.TrimSpace(text), " ")
}
