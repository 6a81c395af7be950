package store

import (
	"fmt"
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

func TestEventsLookedAtWithAnOlderMapAreNotStored(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		publish := func(version int64) {
			got, _, err := r.PublishMap(t.Context(), []byte("map"), fmt.Sprint(version), start)
			require.NoError(t, err)
			require.Equal(t, version, got)
		}
		store := func(messageID string, version int64) error {
			// The login gives a visitor's event to a new customer, which must not be done twice.
			_, _, err := r.Ingest(t.Context(), []journey.Event{track(messageID, "u", "a", "wake")}, version, waking)
			return err
		}
		r.ingest(t, waking, track("visit", "", "a", "wake"))
		require.NoError(t, store("no map", 0))
		publish(1)
		require.ErrorIs(t, store("old", 0), ErrNewerMap)
		require.NoError(t, store("new", 1))
		publish(2)
		before := r.wakeRows(t)
		require.ErrorIs(t, store("old", 1), ErrNewerMap)
		_, _, err := r.Ingest(t.Context(), []journey.Event{track("old", "somebody", "b", "wake")}, 1, waking)
		require.ErrorIs(t, err, ErrNewerMap)
		_, found, err := r.CustomerByUserID(t.Context(), "somebody")
		require.NoError(t, err)
		require.False(t, found)
		require.Equal(t, before, r.wakeRows(t))
		require.NotContains(t, r.owners(t), "old")

		require.NoError(t, store("old", 2), "it is no duplicate")
		require.NoError(t, store("old", 1), "now it is, and duplicates are looked at with no map")
		require.NoError(t, store("any", AnyVersion))
		require.NoError(t, store("ahead", 3), "the record was set back")
		require.EqualValues(t, 6, scalar[int64](t, r, "SELECT COUNT(*) FROM events"))
	})
}
