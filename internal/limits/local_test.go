package limits_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/limits"
)

func TestLocal(t *testing.T) {
	t.Parallel()
	at := start
	l := limits.NewLocal(time.Minute, 3, func() time.Time { return at })
	for range 3 {
		after, ok := l.Allow("ann")
		require.True(t, ok)
		require.Zero(t, after)
	}
	for range 3 {
		after, ok := l.Allow("ann")
		require.False(t, ok)
		require.Equal(t, time.Minute, after, "who is refused is not kept away for longer")
	}
	_, ok := l.Allow("bea")
	require.True(t, ok)
	at = start.Add(time.Minute)
	_, ok = l.Allow("ann")
	require.True(t, ok)
	_, ok = l.Allow("ann")
	require.False(t, ok)
}

func TestLocalRefusesWhatItCannotRemember(t *testing.T) {
	t.Parallel()
	at := start
	l := limits.NewLocal(time.Minute, 3, func() time.Time { return at })
	for i := range 100_000 {
		_, ok := l.Allow(strconv.Itoa(i))
		require.True(t, ok)
	}
	_, ok := l.Allow("one more")
	require.False(t, ok)
	_, ok = l.Allow("7")
	require.True(t, ok)
	at = start.Add(time.Minute)
	_, ok = l.Allow("one more")
	require.True(t, ok, "the others are quiet by now")
}
