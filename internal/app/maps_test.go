package app

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/bundle"
	"klantreis/internal/store"
)

// versions is a record of maps: version n wants the event "Event n".
type versions struct {
	mu    sync.Mutex
	live  int64
	reads []int64                                        // the versions that were read
	read  func(ctx context.Context, version int64) error // before each read; may be nil
}

func (v *versions) LiveVersion(context.Context) (int64, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.live, nil
}

func (v *versions) MapParts(ctx context.Context, version int64) (source, lineage []byte, err error) {
	v.mu.Lock()
	v.reads = append(v.reads, version)
	read := v.read
	v.mu.Unlock()
	if read != nil {
		if err := read(ctx, version); err != nil {
			return nil, nil, err
		}
	}
	source, err = bundle.Bundle{Files: map[string]string{"journey.yaml": fmt.Sprintf(
		"journey: v%[1]d\nshop: {name: Shop, email: shop@example.com}\nphases: [{id: only, enter: [{on: Event %[1]d}]}]\n", version)}}.Source()
	return source, nil, err
}

// reading gives every read a function to run first.
func (v *versions) reading(read func(ctx context.Context, version int64) error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.read = read
}

func (v *versions) publish(version int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.live = version
}

// looks asks for a version on a goroutine of its own.
func (m *Maps) looks(ctx context.Context, version int64) <-chan result {
	got := make(chan result, 1)
	go func() {
		p, err := m.Published(ctx, version)
		got <- result{p, err}
	}()
	return got
}

type result struct {
	published *activities.Published
	err       error
}

func TestManyWhoWantOneVersionCompileItOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &versions{}
		release := make(chan struct{})
		v.read = func(context.Context, int64) error { <-release; return nil }
		m := newMaps(v)
		var results []<-chan result
		for range 8 {
			results = append(results, m.looks(t.Context(), 1))
		}
		synctest.Wait()
		close(release)
		first := <-results[0]
		require.NoError(t, first.err)
		for _, other := range results[1:] {
			require.Same(t, first.published, (<-other).published)
		}
		require.Same(t, first.published, (<-m.looks(t.Context(), 1)).published)
		require.Equal(t, []int64{1}, v.reads)
	})
}

func TestNobodyWaitsForAnotherVersion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &versions{}
		m := newMaps(v)
		require.NoError(t, (<-m.looks(t.Context(), 1)).err)
		v.reading(func(ctx context.Context, version int64) error {
			if version == 2 {
				<-ctx.Done()
			}
			return ctx.Err()
		})
		slow := m.looks(t.Context(), 2)
		synctest.Wait()
		began := time.Now()
		require.NoError(t, (<-m.looks(t.Context(), 1)).err)
		require.NoError(t, (<-m.looks(t.Context(), 3)).err)
		require.Zero(t, time.Since(began))

		require.ErrorIs(t, (<-slow).err, context.DeadlineExceeded)
		require.Equal(t, 5*time.Second, time.Since(began), "the longest that a read may take")
	})
}

func TestWhoGoesAwayDoesNotSpoilItForOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &versions{}
		release := make(chan struct{})
		v.read = func(ctx context.Context, _ int64) error { <-release; return ctx.Err() }
		m := newMaps(v)
		ctx, leave := context.WithCancel(t.Context())
		first := m.looks(ctx, 1)
		synctest.Wait()
		second := m.looks(t.Context(), 1)
		synctest.Wait()
		leave()
		close(release)
		require.NoError(t, (<-first).err)
		require.NoError(t, (<-second).err)
	})
}

func TestAVersionThatCannotBeHadIsTriedAgain(t *testing.T) {
	t.Parallel()
	v := &versions{}
	v.read = func(context.Context, int64) error { return store.ErrNotFound }
	m := newMaps(v)
	_, err := m.Published(t.Context(), 1)
	require.ErrorIs(t, err, store.ErrNotFound)
	require.ErrorContains(t, err, "read version 1 of the map: ")
	v.reading(nil)
	_, err = m.Published(t.Context(), 1)
	require.NoError(t, err)
}

func TestWithoutAMap(t *testing.T) {
	t.Parallel()
	_, _, err := newMaps(&versions{}).Live(t.Context())
	require.EqualError(t, err, "no journey map is published")
}

func TestTheVersionsThatWereUsedLastAreKept(t *testing.T) {
	t.Parallel()
	v := &versions{}
	m := newMaps(v)
	const published = keptVersions + 6
	for version := range int64(published) {
		for _, wanted := range []int64{version + 1, 1} {
			_, err := m.Published(t.Context(), wanted)
			require.NoError(t, err)
		}
	}
	require.Len(t, m.compiled, keptVersions)
	_, err := m.Published(t.Context(), published-7)
	require.NoError(t, err)
	require.Len(t, v.reads, published, "it is kept, and so is the first, which somebody still needs")
}
