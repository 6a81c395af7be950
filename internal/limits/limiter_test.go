package limits_test

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/internal/limits"
	"klantreis/internal/testserver"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// buffer is a log that may be read while it is written.
type buffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// process is a limiter as one process has it.
type process struct {
	*limits.Limiter
	log *buffer
}

func newProcess(t *testing.T, addr string, perSecond float64, burst int, now func() time.Time) process {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: addr, ContextTimeoutEnabled: true, MaxRetries: -1})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	log := &buffer{}
	return process{limits.New(limits.Options{
		Redis: client, Name: "test", PerSecond: perSecond, Burst: burst, Now: now, Log: slog.New(slog.NewTextHandler(log, nil)),
	}), log}
}

func TestTheLimitIsShared(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	server.SetTime(start)
	one := newProcess(t, server.Addr(), 10, 5, time.Now)
	two := newProcess(t, server.Addr(), 10, 5, time.Now)
	allowed := func(p process, key string, n int) {
		after, ok := p.Allow(t.Context(), key, n)
		require.True(t, ok)
		require.Zero(t, after)
	}
	refused := func(p process, key string, n int, want time.Duration) {
		after, ok := p.Allow(t.Context(), key, n)
		require.False(t, ok)
		require.InDelta(t, want, after, float64(time.Millisecond))
	}
	allowed(one, "shop", 3)
	allowed(two, "shop", 2)
	refused(one, "shop", 1, 100*time.Millisecond)
	refused(two, "shop", 3, 300*time.Millisecond)
	refused(two, "shop", 100, 500*time.Millisecond)
	allowed(one, "app", 5)

	server.SetTime(start.Add(100 * time.Millisecond))
	allowed(two, "shop", 1)
	refused(one, "shop", 1, 100*time.Millisecond)
	server.SetTime(start.Add(time.Hour))
	allowed(one, "shop", 100)
	refused(two, "shop", 1, 100*time.Millisecond)
	server.FastForward(time.Minute)
	require.Empty(t, server.Keys(), "nothing stays of a key that is quiet")
	require.Empty(t, one.log.String())
}

// TestARealRedis runs the script where it will run, from many sides at once.
func TestARealRedis(t *testing.T) {
	t.Parallel()
	server := testserver.StartRedis(t)
	var group errgroup.Group
	allowed := make(chan int, 200)
	for range 4 {
		p := newProcess(t, server.Addr, 0.001, 50, time.Now)
		group.Go(func() error {
			for range 50 {
				if _, ok := p.Allow(t.Context(), "shop", 1); ok {
					allowed <- 1
				}
			}
			return nil
		})
	}
	require.NoError(t, group.Wait())
	require.Len(t, allowed, 50)
}

func TestEverythingIsAllowedWithoutRedis(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	at := start
	p := newProcess(t, server.Addr(), 1, 1, func() time.Time { return at })
	_, ok := p.Allow(t.Context(), "shop", 1)
	require.True(t, ok)
	server.SetError("LOADING")
	for range 3 {
		_, ok = p.Allow(t.Context(), "shop", 1)
		require.True(t, ok)
		at = at.Add(2 * time.Second)
	}
	require.Equal(t, 1, strings.Count(p.log.String(), "nothing is limited"))
	server.SetError("")
	_, ok = p.Allow(t.Context(), "shop", 1)
	require.False(t, ok, "the limit holds again")
	require.Equal(t, 1, strings.Count(p.log.String(), "redis is back"))
}

// TestARedisThatIsSilent must not hold requests up: it is waited for once, and left alone then.
func TestARedisThatIsSilent(t *testing.T) {
	t.Parallel()
	var config net.ListenConfig
	silent, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, silent.Close()) })
	p := newProcess(t, silent.Addr().String(), 1, 1, func() time.Time { return start })
	began := time.Now()
	for range 50 {
		_, ok := p.Allow(t.Context(), "shop", 1)
		require.True(t, ok)
	}
	require.Less(t, time.Since(began), 2*time.Second)
	require.Equal(t, 1, strings.Count(p.log.String(), "nothing is limited"))
}

func TestARequestThatEndedSaysNothingOfRedis(t *testing.T) {
	t.Parallel()
	p := newProcess(t, miniredis.RunT(t).Addr(), 1, 1, time.Now)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, ok := p.Allow(ctx, "shop", 1)
	require.True(t, ok)
	require.Empty(t, p.log.String())
}

// TestAClockThatIsSetBackRefusesNobody sets Redis' clock back by an hour while everything is used up.
func TestAClockThatIsSetBackRefusesNobody(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	server.SetTime(start)
	p := newProcess(t, server.Addr(), 10, 5, time.Now)
	_, ok := p.Allow(t.Context(), "key", 5)
	require.True(t, ok)
	server.SetTime(start.Add(-time.Hour))
	_, ok = p.Allow(t.Context(), "key", 5)
	require.True(t, ok)
	_, ok = p.Allow(t.Context(), "key", 1)
	require.False(t, ok, "the limit holds from then on")
}
