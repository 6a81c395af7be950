package store

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/journey"
)

func TestClockIsSetOnce(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		first := journey.Clock{J0: start, R0: start.Add(time.Hour), Speed: 86400, Started: true}
		for _, wanted := range []journey.Clock{first, {}, {Speed: 2}} {
			clock, err := r.Clock(t.Context(), wanted)
			require.NoError(t, err)
			require.Equal(t, first, clock)
		}
	})
}

func TestRealClock(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		clock, err := r.Clock(t.Context(), journey.Clock{})
		require.NoError(t, err)
		require.Equal(t, journey.Clock{}, clock)
	})
}

func TestMaps(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		live, err := r.LiveVersion(t.Context())
		require.NoError(t, err)
		require.Zero(t, live)
		for _, step := range []struct {
			source    string
			version   int64
			published bool
		}{{"one", 1, true}, {"one", 1, false}, {"two", 2, true}, {"one", 3, true}, {"one", 3, false}} {
			version, published, err := r.PublishMap(t.Context(), []byte(step.source), "hash of "+step.source, start)
			require.NoError(t, err)
			require.Equal(t, step.version, version)
			require.Equal(t, step.published, published)
			live, err := r.LiveVersion(t.Context())
			require.NoError(t, err)
			require.Equal(t, version, live)
		}
		for version, want := range map[int64]string{1: "one", 2: "two", 3: "one"} {
			source, err := r.MapSource(t.Context(), version)
			require.NoError(t, err)
			require.Equal(t, want, string(source))
		}
		_, err = r.MapSource(t.Context(), 4)
		require.ErrorIs(t, err, ErrNotFound)
	})
}

func TestPublishAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		var published atomic.Int64
		var group errgroup.Group
		for range 8 {
			group.Go(func() error {
				version, ours, err := r.PublishMap(t.Context(), []byte("same"), "same", start)
				if ours {
					published.Add(version)
				}
				return err
			})
		}
		require.NoError(t, group.Wait())
		require.EqualValues(t, 1, published.Load(), "one of them published version 1")
	})
}
