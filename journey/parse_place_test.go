package journey

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlace(t *testing.T) {
	t.Parallel()
	m, problems := Parse(sources(shopFile+phaseFile[len("phases:\n"):], "touchpoints:\n  - id: a\n    phase: care\n    on: X\n    do:\n      - id: first\n        wait: 1d\n      - wait: 2d\n"))
	require.Empty(t, problems)
	for step, line := range map[string]int{"first": 7, "wait-2": 8} {
		file, got := m.Place("a", step)
		require.Equal(t, "1.yaml", file, step)
		require.Equal(t, line, got, step)
	}
	file, line := m.Place("b", "first")
	require.Empty(t, file)
	require.Zero(t, line)
}
