package throttle

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"klantreis/journey"
)

const (
	// defaultAnswerWithin is how long Redis may take.
	defaultAnswerWithin = 100 * time.Millisecond
	// leftAlone is how long Redis is not asked again after it failed.
	leftAlone = time.Second
	// workerSeen is how long a worker counts after it last asked.
	workerSeen = time.Minute
)

// rate is a limit that all workers share through Redis. While Redis is away each keeps to its share: the rate divided by
// the workers that were seen last.
//
// What a second allows may come at once, after a quiet time. A quarter of that is kept for transactional messages, so that
// these need not wait when others use up all that there is.
type rate struct {
	redis     *redis.Client
	keys      []string
	worker    string
	perSecond float64
	log       *slog.Logger
	// answerWithin is how long Redis may take.
	answerWithin time.Duration

	mu      sync.Mutex
	away    bool
	askAt   time.Time // Redis is left alone until then
	workers float64
	local   share
}

func newRate(client *redis.Client, name string, perSecond float64, log *slog.Logger) *rate {
	// Both keys must lie on one node of a cluster.
	prefix := "klantreis:{sends:" + name + "}:"
	return &rate{
		redis: client, keys: []string{prefix + "rate", prefix + "workers"}, worker: rand.Text(), perSecond: perSecond, log: log, workers: 1,
		answerWithin: defaultAnswerWithin,
	}
}

// take counts one hand-over of a class as happening now and answers zero, or counts nothing and answers after how long it
// would be allowed.
func (r *rate) take(ctx context.Context, class journey.Class) time.Duration {
	if !r.mayAsk() {
		return r.takeLocally(class)
	}
	wait, workers, err := r.ask(ctx, r.burst(class))
	if err != nil {
		if ctx.Err() == nil {
			r.failed(ctx, err)
		}
		return r.takeLocally(class)
	}
	r.succeeded(ctx, workers)
	return wait
}

// burst is how many hand-overs of a class may come at once.
func (r *rate) burst(class journey.Class) float64 {
	all := math.Ceil(r.perSecond) + 1
	if class == journey.Transactional || class == "" {
		return all
	}
	return all - math.Max(1, math.Floor(all/4))
}

// theory is the generic cell rate algorithm, by Redis' own clock. What is kept is the instant, in microseconds, at which
// everything that happened would have been used up at the allowed rate; it may lie ahead of the present by the burst at
// most, which for some classes is up to twice that of others. When it lies further ahead, Redis' clock was set back, and it
// says nothing. It also counts the workers that asked lately. Numbers are written out, because Lua would round them.
var theory = redis.NewScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local each, burst, seen = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[4])
redis.call('ZADD', KEYS[2], string.format('%.0f', now), ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now - seen))
redis.call('PEXPIRE', KEYS[2], math.ceil(seen / 1000))
local workers = redis.call('ZCARD', KEYS[2])
local used = tonumber(redis.call('GET', KEYS[1]) or 0)
if used < now or used > now + 2 * burst * each then
	used = now
end
used = used + each
local wait = math.ceil(used - now - burst * each)
if wait > 0 then
	return {wait, workers}
end
redis.call('SET', KEYS[1], string.format('%.0f', used), 'PX', math.ceil((used - now) / 1000) + 1000)
return {0, workers}
`)

func (r *rate) ask(ctx context.Context, burst float64) (wait time.Duration, workers int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.answerWithin)
	defer cancel()
	each := float64(time.Second/time.Microsecond) / r.perSecond
	answer, err := theory.Run(ctx, r.redis, r.keys, each, burst, r.worker, workerSeen.Microseconds()).Int64Slice()
	if err != nil {
		return 0, 0, fmt.Errorf("ask redis: %w", err)
	}
	if len(answer) != 2 || answer[0] < 0 || answer[0] > math.MaxInt64/int64(time.Microsecond) || answer[1] < 1 {
		return 0, 0, errors.New("redis answered nonsense")
	}
	return time.Duration(answer[0]) * time.Microsecond, answer[1], nil
}

func (r *rate) mayAsk() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !time.Now().Before(r.askAt)
}

func (r *rate) failed(ctx context.Context, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.askAt = time.Now().Add(leftAlone)
	if !r.away {
		r.log.WarnContext(ctx, "redis is away; each worker keeps to its share of the rate", "workers", r.workers, "error", err)
	}
	r.away = true
}

func (r *rate) succeeded(ctx context.Context, workers int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.workers = float64(workers)
	if r.away {
		r.log.InfoContext(ctx, "redis is back; the rate is shared again")
	}
	r.away = false
}

// takeLocally is take within this worker's share.
func (r *rate) takeLocally(class journey.Class) time.Duration {
	burst := r.burst(class)
	r.mu.Lock()
	defer r.mu.Unlock()
	each := time.Duration(float64(time.Second) * r.workers / r.perSecond)
	return r.local.take(time.Now(), each, max(1, burst/r.workers))
}

// share is the same algorithm without Redis.
type share struct{ used time.Time }

// take counts one as happening now and answers zero, or answers after how long it would be allowed.
func (s *share) take(now time.Time, each time.Duration, burst float64) time.Duration {
	used := s.used
	if used.Before(now) {
		used = now
	}
	used = used.Add(each)
	if wait := used.Sub(now) - time.Duration(burst*float64(each)); wait > 0 {
		return wait
	}
	s.used = used
	return 0
}
