package limits

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Options describe a limit.
type Options struct {
	// Redis is shared by the processes. It stays the caller's.
	Redis *redis.Client
	// Name tells this limit apart from others in the same Redis.
	Name string
	// PerSecond is how much may happen in a second on the long run; more than 0.
	PerSecond float64
	// Burst is how much may happen at once after a quiet time; at least 1.
	Burst int
	// Now is the real clock. It decides only how long Redis is left alone after a failure.
	Now func() time.Time
	// AnswerWithin is how long Redis may take before everything is allowed. Defaults to 100 milliseconds.
	AnswerWithin time.Duration
	// Log is told once when Redis is away, and once when it is back.
	Log *slog.Logger
}

// Limiter bounds how often something may happen, by key. It is safe for concurrent use.
type Limiter struct {
	Options

	mu    sync.Mutex
	away  bool
	askAt time.Time // Redis is left alone until then
}

// New returns a limiter.
func New(o Options) *Limiter { return &Limiter{Options: o} }

const (
	defaultAnswerWithin = 100 * time.Millisecond
	// leftAlone is how long Redis is not asked again after it failed, so that its failure does not slow everything down.
	leftAlone = time.Second
)

// Allow counts n as happening now and answers true, or counts nothing and answers after how long n would be allowed. An n
// above the burst counts as the burst, or it would never be allowed.
func (l *Limiter) Allow(ctx context.Context, key string, n int) (after time.Duration, ok bool) {
	if !l.mayAsk() {
		return 0, true
	}
	after, ok, err := l.ask(ctx, key, min(n, l.Burst))
	if err != nil {
		if ctx.Err() == nil {
			l.failed(ctx, err)
		}
		return 0, true
	}
	l.succeeded(ctx)
	return after, ok
}

// theory is the generic cell rate algorithm. What is kept of a key is the instant, in microseconds of Redis' own clock, at
// which it would have used up all that it did at the allowed rate; it may lie ahead of the present by the burst at most.
// When it lies further ahead, Redis' clock was set back, and it says nothing.
var theory = redis.NewScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local each, burst, n = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local used = tonumber(redis.call('GET', KEYS[1]) or 0)
if used < now or used > now + 2 * burst * each then
	used = now
end
used = used + n * each
local wait = used - now - burst * each
if wait > 0 then
	return math.ceil(wait)
end
redis.call('SET', KEYS[1], string.format('%.0f', used), 'PX', math.ceil((used - now) / 1000) + 1000)
return 0
`)

func (l *Limiter) ask(ctx context.Context, key string, n int) (after time.Duration, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(l.AnswerWithin, defaultAnswerWithin))
	defer cancel()
	each := float64(time.Second/time.Microsecond) / l.PerSecond
	wait, err := theory.Run(ctx, l.Redis, []string{"klantreis:limit:" + l.Name + ":" + key}, each, l.Burst, n).Int64()
	if err != nil {
		return 0, false, fmt.Errorf("ask redis: %w", err)
	}
	if wait < 0 || wait > math.MaxInt64/int64(time.Microsecond) {
		return 0, false, errors.New("redis answered nonsense")
	}
	return time.Duration(wait) * time.Microsecond, wait == 0, nil
}

func (l *Limiter) mayAsk() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.Now().Before(l.askAt)
}

func (l *Limiter) failed(ctx context.Context, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.askAt = l.Now().Add(leftAlone)
	if !l.away {
		l.Log.WarnContext(ctx, "redis is away; nothing is limited meanwhile", "limit", l.Name, "error", err)
	}
	l.away = true
}

func (l *Limiter) succeeded(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		l.Log.InfoContext(ctx, "redis is back; limits hold again", "limit", l.Name)
	}
	l.away = false
}
