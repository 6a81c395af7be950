package limits

import (
	"sync"
	"time"
)

// maxLocalKeys bounds what a Local remembers.
const maxLocalKeys = 100_000

// Local bounds how often something may happen in this process alone, by key. Unlike a Limiter it is a guard: it always
// answers, and when it cannot remember more keys it refuses new ones. It is safe for concurrent use.
type Local struct {
	each  time.Duration
	burst int
	now   func() time.Time

	mu   sync.Mutex
	used map[string]time.Time // until when a key has used up what it may
}

// NewLocal returns a limiter that allows one in each, and burst at once after a quiet time.
func NewLocal(each time.Duration, burst int, now func() time.Time) *Local {
	return &Local{each: each, burst: burst, now: now, used: map[string]time.Time{}}
}

// Allow counts one as happening now and answers true, or counts nothing and answers after how long it would be allowed.
func (l *Local) Allow(key string) (after time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	used, known := l.used[key]
	if !known && len(l.used) >= maxLocalKeys && !l.tidy(now) {
		return l.each, false
	}
	if used.Before(now) {
		used = now
	}
	used = used.Add(l.each)
	if wait := used.Sub(now) - time.Duration(l.burst)*l.each; wait > 0 {
		return wait, false
	}
	l.used[key] = used
	return 0, true
}

// tidy forgets the keys that are quiet, and tells whether there is room.
func (l *Local) tidy(now time.Time) bool {
	for key, used := range l.used {
		if !used.After(now) {
			delete(l.used, key)
		}
	}
	return len(l.used) < maxLocalKeys
}
