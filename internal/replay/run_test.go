package replay

import (
	"bytes"
	"context"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// replay runs synthetic orders through a fake engine in virtual time.
func replay(t *testing.T, fault string, out io.Writer) Result {
	t.Helper()
	script := NewScript(Synthetic(300, 11), 11, day)
	clock := Clock{J0: script.Events[0].PostAt.Add(-day), R0: time.Now(), Speed: MaxSpeed}
	result, err := Run(t.Context(), RunOptions{
		Server: newFakeEngine(clock, fault), Script: script, Tolerance: tolerance, Now: time.Now, Out: out,
	})
	require.NoError(t, err)
	return result
}

func TestRunPassesAnEngineThatDoesWhatTheMapSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		result := replay(t, "", &out)
		require.Empty(t, result.Verdict.Differences)
		require.True(t, result.Passed())
		require.Equal(t, result.Expected, result.Mails)
		require.InDelta(t, 60*time.Millisecond, percentile(result.Verdict.Lateness[reminder], 0.5), float64(time.Millisecond))
		require.Less(t, result.Took, 90*time.Second, "virtual time at a day a second")
		require.Regexp(t, `(?m)^2017-11-\d\d  \d+ of \d+ events posted, at most 0s late, 0 tried again; \d+ mails$`, out.String())

		out.Reset()
		require.NoError(t, result.Write(&out))
		require.Contains(t, out.String(), "\norders      300 of ")
		require.Contains(t, out.String(), "PASS")
	})
}

func TestRunFindsWhatAnEngineDoesWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]Kind{
		"takes events twice": Double,
		"forgets the past":   AfterCancel,
		"does not cancel":    AfterCancel,
		"loses mails":        Missing,
		"mixes customers up": WrongCustomer,
		"is slow":            TooLate,
	}
	for fault, want := range tests {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				result := replay(t, fault, io.Discard)
				require.False(t, result.Passed())
				found := func(d Difference) bool { return d.Kind == want && d.Order != "" && d.Email != "" }
				require.True(t, slices.ContainsFunc(result.Verdict.Differences, found), "%v", result.Verdict.Differences)
				var out bytes.Buffer
				require.NoError(t, result.Write(&out))
				require.Contains(t, out.String(), string(want)+": order ")
				require.Contains(t, out.String(), "FAIL: ")
			})
		})
	}
}

func TestRunNeedsAnEngineInTime(t *testing.T) {
	t.Parallel()
	script := NewScript(Synthetic(1, 1), 1, day)
	clock := Clock{J0: script.Events[0].PostAt.Add(day), R0: time.Now(), Speed: 1}
	_, err := Run(t.Context(), RunOptions{Server: newFakeEngine(clock, ""), Script: script, Now: time.Now, Out: io.Discard})
	require.ErrorContains(t, err, "the engine was ready 24h0m0s too late")
	_, err = Run(t.Context(), RunOptions{})
	require.ErrorContains(t, err, "there are no orders")
}

// silent is an engine whose inbox cannot be read.
type silent struct{ *fakeEngine }

func (silent) Messages(context.Context, int, int) ([]Arrival, error) {
	return nil, &StatusError{Status: 503}
}

func TestRunEndsWhenTheInboxStaysSilent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := NewScript(Synthetic(300, 11), 11, day)
		clock := Clock{J0: script.Events[0].PostAt.Add(-day), R0: time.Now(), Speed: MaxSpeed}
		began := time.Now()
		_, err := Run(t.Context(), RunOptions{
			Server: silent{newFakeEngine(clock, "")}, Script: script, Tolerance: tolerance, Now: time.Now, Out: io.Discard,
		})
		require.ErrorContains(t, err, "status 503")
		require.Less(t, time.Since(began), 15*time.Second)
	})
}
