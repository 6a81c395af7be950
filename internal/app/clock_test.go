package app

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/internal/store"
	"klantreis/journey"
)

func openRecord(t *testing.T, cfg config.Config) *store.Store {
	t.Helper()
	record, err := store.Open(t.Context(), string(cfg.Record.Database), now)
	require.NoError(t, err)
	return record
}

// TestTheFirstStartSetsTheClock starts a process twice on the same record.
func TestTheFirstStartSetsTheClock(t *testing.T) {
	t.Parallel()
	j0 := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	amsterdam := j0.In(time.FixedZone("CET", 3600))
	tests := map[string]struct {
		first, second config.Clock
		want          journey.Clock
		refused       string // what the second start is told; empty when it may
	}{
		"real time":              {want: journey.Clock{J0: start, R0: start, Speed: 1}},
		"real time, said":        {first: config.Clock{Speed: 1}, second: config.Clock{Speed: 1}, want: journey.Clock{J0: start, R0: start, Speed: 1}},
		"fast":                   {first: config.Clock{Speed: 86400}, second: config.Clock{Speed: 86400}, want: journey.Clock{J0: start, R0: start, Speed: 86400}},
		"fast, left out":         {first: config.Clock{Speed: 86400}, want: journey.Clock{J0: start, R0: start, Speed: 86400}},
		"started":                {first: config.Clock{Start: j0}, second: config.Clock{Start: amsterdam}, want: journey.Clock{J0: j0, R0: start, Speed: 1, Started: true}},
		"started, left out":      {first: config.Clock{Start: j0, Speed: 2}, want: journey.Clock{J0: j0, R0: start, Speed: 2, Started: true}},
		"another speed":          {first: config.Clock{Speed: 2}, second: config.Clock{Speed: 3}, refused: "--speed 3: the record runs at speed 2 since 2026-03-01T09:00:00Z"},
		"a speed for real time":  {second: config.Clock{Speed: 60}, refused: "--speed 60: the record runs at speed 1"},
		"another start":          {first: config.Clock{Start: j0}, second: config.Clock{Start: j0.Add(time.Hour)}, refused: "--clock-start 2025-01-01T01:00:00Z: the record's clock was set"},
		"a start where was none": {second: config.Clock{Start: j0}, refused: "--clock-start 2025-01-01T00:00:00Z: the record's clock was set"},
		"the instant it was set": {second: config.Clock{Start: start}, refused: "--clock-start 2026-03-01T09:00:00Z: the record's clock was set"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := setup(t)
			cfg.Clock = tt.first
			require.NoError(t, open(t, cfg).Close())
			cfg.Clock = tt.second
			a, err := New(t.Context(), cfg, options())
			if tt.refused != "" {
				require.ErrorContains(t, err, tt.refused)
				require.ErrorContains(t, err, "leave the flag out, or begin with another record")
				return
			}
			require.NoError(t, err)
			require.NoError(t, a.Close())
			require.Equal(t, tt.want, a.clock)
		})
	}
}
