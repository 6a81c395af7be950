package sandbox

import (
	"sync"
	"time"
)

const (
	// maxBatch is the number of reports posted at once.
	maxBatch = 500
	// maxWaiting bounds the reports held for a receiver that does not take them; the oldest go first.
	maxWaiting = 100_000
	maxBackoff = time.Minute
	// giveUpAfter is how long a batch is tried, as SendGrid does.
	giveUpAfter = 24 * time.Hour
)

// batch is a group of reports that are posted together.
type batch struct {
	refs []reportRef
	// due is when to post it, first when it was first due, failures how often it was tried since.
	due, first time.Time
	failures   int
	// again is true for a batch that was taken already and is posted a second time.
	again bool
}

// outbox holds what is to be posted: fresh reports, and batches that wait for another try. A batch that fails does not
// hold up the others.
type outbox struct {
	backoff time.Duration
	// wake tells the poster that something changed; it holds at most one word.
	wake chan struct{}

	mu      sync.Mutex
	url     string
	fresh   []reportRef
	waiting []batch
	dropped int64
}

// add puts fresh reports in.
func (o *outbox) add(refs ...reportRef) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fresh = append(o.fresh, refs...)
	if over := len(o.fresh) - maxWaiting; over > 0 {
		o.fresh = o.fresh[over:]
		o.dropped += int64(over)
	}
	o.nudge()
}

func (o *outbox) setURL(url string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.url = url
	o.nudge()
}

func (o *outbox) nudge() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// next takes out a batch that is due and says where it goes. Without one it returns how long to wait for the next; zero
// is until something changes.
func (o *outbox) next(now time.Time) (b batch, url string, wait time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.url == "" {
		return batch{}, "", 0
	}
	for i, waiting := range o.waiting {
		left := waiting.due.Sub(now)
		if left <= 0 {
			o.waiting = append(o.waiting[:i], o.waiting[i+1:]...)
			return waiting, o.url, 0
		}
		if wait == 0 || left < wait {
			wait = left
		}
	}
	if len(o.fresh) > 0 {
		count := min(len(o.fresh), maxBatch)
		b = batch{refs: o.fresh[:count:count], due: now, first: now}
		o.fresh = o.fresh[count:]
		return b, o.url, 0
	}
	return batch{}, "", wait
}

// postpone puts a batch back that the receiver did not take, or gives it up after a day.
func (o *outbox) postpone(b batch, now time.Time) {
	pause := maxBackoff
	if b.failures < 16 {
		pause = min(o.backoff<<b.failures, maxBackoff)
	}
	b.failures++
	b.due = now.Add(pause)
	o.mu.Lock()
	defer o.mu.Unlock()
	if b.due.Sub(b.first) > giveUpAfter {
		o.dropped += int64(len(b.refs))
		return
	}
	o.waiting = append(o.waiting, b)
}

// repeat puts a batch in that was taken, to be posted once more.
func (o *outbox) repeat(b batch) {
	o.mu.Lock()
	defer o.mu.Unlock()
	b.again = true
	o.waiting = append(o.waiting, b)
}

// counts returns how many reports are waiting and how many were given up.
func (o *outbox) counts() (pending int, dropped int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	pending = len(o.fresh)
	for _, b := range o.waiting {
		pending += len(b.refs)
	}
	return pending, o.dropped
}
