package app

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// wakes says whether the map that is live, as far as is known, wants "Event n".
func (m *Maps) wakes(t *testing.T, n int) bool {
	t.Helper()
	interest, err := m.interest(t.Context())
	require.NoError(t, err)
	return interest(journey.Event{Type: journey.TypeTrack, Name: fmt.Sprintf("Event %d", n)}).Wakes
}

// TestANewMapNeverHoldsUpEvents publishes a map that takes long to read, while events come in.
func TestANewMapNeverHoldsUpEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &versions{live: 1}
		m := newMaps(v, time.Now)
		require.True(t, m.wakes(t, 1))
		v.publish(2)
		require.False(t, m.wakes(t, 2), "the version is remembered for a second")

		time.Sleep(time.Second)
		release := make(chan struct{})
		v.reading(func(context.Context, int64) error { <-release; return nil })
		looking := make(chan error, 1)
		go func() {
			_, err := m.interest(t.Context())
			looking <- err
		}()
		synctest.Wait()
		began := time.Now()
		for range 100 {
			require.True(t, m.wakes(t, 1))
		}
		require.Zero(t, time.Since(began))
		close(release)
		require.NoError(t, <-looking)
		require.True(t, m.wakes(t, 2))
		require.False(t, m.wakes(t, 1))
	})
}

func TestALiveMapThatCannotBeUsedIsNotPassedOver(t *testing.T) {
	t.Parallel()
	at := start
	v := &versions{live: 1}
	m := newMaps(v, func() time.Time { return at })
	require.True(t, m.wakes(t, 1))
	v.publish(2)
	v.reading(func(context.Context, int64) error { return errors.New("it is of a newer program") })
	at = at.Add(time.Second)
	for range 3 {
		_, err := m.interest(t.Context())
		require.ErrorContains(t, err, "it is of a newer program", "events would not wake whom they should")
	}
	v.reading(nil)
	require.True(t, m.wakes(t, 2))
}
