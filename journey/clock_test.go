package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var (
	clockReal    = time.Date(2026, 3, 28, 9, 0, 0, 0, time.UTC)
	clockJourney = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
)

func TestClock(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		clock         Clock
		real, journey time.Time
	}{
		"zero clock is real time":            {Clock{}, clockReal, clockReal},
		"zero clock, long ago":               {Clock{}, time.Unix(0, 1), time.Unix(0, 1)},
		"set to itself":                      {Clock{J0: clockReal, R0: clockReal, Speed: 1}, clockReal.Add(time.Hour), clockReal.Add(time.Hour)},
		"a second is a minute":               {Clock{J0: clockJourney, R0: clockReal, Speed: 60}, clockReal.Add(time.Second), clockJourney.Add(time.Minute)},
		"a second is a day":                  {Clock{J0: clockJourney, R0: clockReal, Speed: 86_400}, clockReal.Add(7 * time.Second), clockJourney.Add(7 * day)},
		"before it was set":                  {Clock{J0: clockJourney, R0: clockReal, Speed: 60}, clockReal.Add(-time.Second), clockJourney.Add(-time.Minute)},
		"slower than real":                   {Clock{J0: clockJourney, R0: clockReal, Speed: 0.5}, clockReal.Add(time.Minute), clockJourney.Add(30 * time.Second)},
		"another start, no speed given":      {Clock{J0: clockJourney, R0: clockReal}, clockReal.Add(time.Hour), clockJourney.Add(time.Hour)},
		"another start, the same speed":      {Clock{J0: clockJourney, R0: clockReal, Speed: 1}, clockReal.Add(time.Hour), clockJourney.Add(time.Hour)},
		"a century is exact":                 {Clock{J0: clockJourney, R0: clockReal, Speed: 86_400}, clockReal.Add(36_525 * time.Second), clockJourney.Add(36_525 * day)},
		"a century and a bit, to nanosecond": {Clock{J0: clockJourney, R0: clockReal, Speed: 86_400}, clockReal.Add(36_525*time.Second + 1), clockJourney.Add(36_525*day + 86_400)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.journey.UTC(), tt.clock.Journey(tt.real))
			require.Equal(t, tt.real.UTC(), tt.clock.Real(tt.journey))
		})
	}
}

func TestClockAnswersInUTC(t *testing.T) {
	t.Parallel()
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	require.NoError(t, err)
	for _, c := range []Clock{{}, {J0: clockJourney, R0: clockReal, Speed: 60}} {
		require.Equal(t, time.UTC, c.Journey(clockReal.In(amsterdam)).Location())
		require.Equal(t, time.UTC, c.Real(clockReal.In(amsterdam)).Location())
	}
}

func TestClockStopsAtItsLimits(t *testing.T) {
	t.Parallel()
	c := Clock{J0: clockJourney, R0: clockReal, Speed: 86_400}
	require.Greater(t, c.Journey(clockReal.AddDate(100, 0, 0)).Year(), 2300)
	require.Less(t, c.Journey(clockReal.AddDate(-100, 0, 0)).Year(), 1750)
	require.True(t, c.Real(time.Time{}).Before(clockReal))
}

// TestClockThereAndBack draws clocks and instants years away. An instant comes back to the microsecond (indeed to the
// nanosecond when the journey is not slower than the real clock), and a timer set for Real of a due instant never
// rings before it.
func TestClockThereAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Clock{
			J0: clockJourney.Add(time.Duration(rapid.Int64Range(0, int64(day)).Draw(t, "j0"))),
			R0: clockReal.Add(time.Duration(rapid.Int64Range(0, int64(day)).Draw(t, "r0"))),
			Speed: rapid.OneOf(
				rapid.SampledFrom([]float64{0.25, 1, 60, 3600, 86_400}),
				rapid.Float64Range(0.01, 86_400),
			).Draw(t, "speed"),
		}
		century := int64(100 * 365 * day)
		due := c.J0.Add(time.Duration(rapid.Int64Range(-century, century).Draw(t, "journey")))
		if c.Speed >= 1 {
			real := c.Real(due)
			require.Equal(t, real, c.Real(c.Journey(real)), "there and back")
			require.False(t, c.Journey(real).Before(due), "a timer must not ring before the instant that it is for")
			require.True(t, c.Journey(real.Add(-1)).Before(due), "nor later than need be")
			return
		}
		real := c.R0.Add(due.Sub(c.J0))
		require.WithinDuration(t, real, c.Real(c.Journey(real)), time.Microsecond, "there and back")
	})
}

func BenchmarkClock(b *testing.B) {
	c := Clock{J0: clockJourney, R0: clockReal, Speed: 86_400}
	for b.Loop() {
		c.Journey(clockReal.Add(time.Hour))
	}
}
