package throttle

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/activities"
	"klantreis/internal/testserver"
	"klantreis/journey"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// connect returns a client as the application makes it.
func connect(t *testing.T, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	require.NoError(t, err)
	options.ContextTimeoutEnabled, options.MaxRetries = true, -1
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() }) // Some tests close it themselves.
	return client
}

// worker returns a rate as one worker has it, with patience for a busy machine.
func worker(t *testing.T, url string, perSecond float64) *rate {
	t.Helper()
	r := newRate(connect(t, url), "test", perSecond, slog.New(slog.DiscardHandler))
	r.answerWithin = time.Minute
	return r
}

// burstOf takes until there is nothing left and returns how many there were.
func (r *rate) burstOf(t *testing.T, class journey.Class) (n int, wait time.Duration) {
	t.Helper()
	for ; n < 1000; n++ {
		if wait = r.take(t.Context(), class); wait > 0 {
			return n, wait
		}
	}
	t.Fatal("there is no limit")
	return 0, 0
}

func TestTheRateIsSharedAndKeepsRoomForTransactionalMessages(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	server.SetTime(start)
	a, b := worker(t, "redis://"+server.Addr(), 7), worker(t, "redis://"+server.Addr(), 7)
	n, wait := a.burstOf(t, journey.Marketing)
	require.Equal(t, 6, n)
	require.InDelta(t, 1.0/7, wait.Seconds(), 1e-5, "until one more is allowed")
	n, _ = b.burstOf(t, journey.Service)
	require.Zero(t, n)
	n, _ = b.burstOf(t, journey.Transactional)
	require.Equal(t, 2, n)
	n, wait = a.burstOf(t, journey.Marketing)
	require.Zero(t, n)
	require.Greater(t, wait, 400*time.Millisecond, "what the others took counts too")

	server.SetTime(start.Add(10 * time.Second))
	n, _ = a.burstOf(t, journey.Transactional)
	require.Equal(t, 8, n, "no more than the burst, however long it was quiet")
}

func TestSlowRates(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	server.SetTime(start)
	r := worker(t, "redis://"+server.Addr(), 0.01)
	n, wait := r.burstOf(t, journey.Marketing)
	require.Equal(t, 1, n)
	require.Equal(t, 100*time.Second, wait)
	n, _ = r.burstOf(t, "")
	require.Equal(t, 1, n)
}

// TestWithoutRedisEachWorkerKeepsToItsShare has three workers lose Redis. The rate is so slow that time does not matter.
func TestWithoutRedisEachWorkerKeepsToItsShare(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	server.SetTime(start)
	const perSecond = 0.0001
	var workers []*rate
	for range 3 {
		workers = append(workers, worker(t, "redis://"+server.Addr(), perSecond))
	}
	for _, r := range []*rate{workers[0], workers[1], workers[2], workers[0], workers[1]} {
		r.take(t.Context(), journey.Transactional)
	}
	require.InDelta(t, 3, workers[0].workers, 0)
	server.SetError("LOADING")
	require.Zero(t, workers[0].take(t.Context(), journey.Transactional))
	wait := workers[0].take(t.Context(), journey.Transactional)
	require.InDelta(t, 3/perSecond, wait.Seconds(), 60)
	require.True(t, workers[0].away)

	server.SetError("")
	workers[0].askAt = time.Time{}
	wait = workers[0].take(t.Context(), journey.Transactional)
	require.InDelta(t, 1/perSecond, wait.Seconds(), 60, "the limit of all holds again")
	require.False(t, workers[0].away)

	server.SetTime(start.Add(2 * workerSeen))
	workers[0].take(t.Context(), journey.Transactional)
	require.InDelta(t, 1, workers[0].workers, 0, "the others are gone")
}

// TestRedisIsNotAskedAgainAtOnce, or its failure would slow down every hand-over.
func TestRedisIsNotAskedAgainAtOnce(t *testing.T) {
	t.Parallel()
	r := worker(t, "redis://"+miniredis.RunT(t).Addr(), 5)
	require.NoError(t, r.redis.Close())
	r.take(t.Context(), journey.Service)
	require.False(t, r.mayAsk())
	n, _ := r.burstOf(t, journey.Transactional)
	require.LessOrEqual(t, n, 6)
}

func TestTheShareOfOneWorker(t *testing.T) {
	t.Parallel()
	var s share
	for range 3 {
		require.Zero(t, s.take(start, time.Second, 3))
	}
	require.Equal(t, time.Second, s.take(start, time.Second, 3))
	require.Equal(t, time.Second/2, s.take(start.Add(time.Second/2), time.Second, 3))
	require.Zero(t, s.take(start.Add(time.Second), time.Second, 3))
	require.Equal(t, time.Second, s.take(start.Add(time.Second), time.Second, 3))
	for range 3 {
		require.Zero(t, s.take(start.Add(time.Hour), time.Second, 3))
	}
	require.NotZero(t, s.take(start.Add(time.Hour), time.Second, 3))
}

// TestManyWorkersOnARealRedis take at once what one burst allows, and no more.
func TestManyWorkersOnARealRedis(t *testing.T) {
	t.Parallel()
	url := "redis://" + testserver.Redis(t)
	results := make(chan time.Duration, 400)
	var group errgroup.Group
	for range 4 {
		r := worker(t, url, 0.5)
		group.Go(func() error {
			for range 100 {
				results <- r.take(t.Context(), journey.Transactional)
			}
			return nil
		})
	}
	began := time.Now()
	require.NoError(t, group.Wait())
	close(results)
	taken := 0
	for wait := range results {
		if wait == 0 {
			taken++
		}
	}
	require.GreaterOrEqual(t, taken, 2)
	require.LessOrEqual(t, taken, 2+int(time.Since(began).Seconds()/2)+1)
}

// TestTheGateTellsHowLongToStayAway goes through the mailer, as activities do.
func TestTheGateTellsHowLongToStayAway(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	server.SetTime(start)
	var log strings.Builder
	m := New(Options{
		Mailer: &provider{}, Name: "test", PerSecond: 1, Redis: connect(t, "redis://"+server.Addr()), Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	m.rate.answerWithin = time.Minute
	var gate activities.Gate = m
	require.Zero(t, gate.Wait(t.Context(), journey.Marketing))
	wait := gate.Wait(t.Context(), journey.Marketing)
	require.GreaterOrEqual(t, wait, time.Second)
	require.Less(t, wait, 3*time.Second/2)
	require.Zero(t, gate.Wait(t.Context(), journey.Transactional))
	require.Empty(t, log.String())
}

func TestAClockThatIsSetBackHoldsUpNothing(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	server.SetTime(start)
	w := worker(t, "redis://"+server.Addr(), 7)
	n, _ := w.burstOf(t, journey.Transactional)
	require.Equal(t, 8, n)
	n, _ = w.burstOf(t, journey.Marketing)
	require.Zero(t, n, "what the others used up counts")
	server.SetTime(start.Add(-time.Hour))
	n, _ = w.burstOf(t, journey.Transactional)
	require.Equal(t, 8, n)
}
