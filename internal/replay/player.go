package replay

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// margin is how long after its instant an event is posted, in journey time. An event from the future would be moved
	// to the instant of its receipt.
	margin = time.Hour
	// maxBatch is how many events are posted at once.
	maxBatch = 100
	// patience is how long posting is tried, and retryPause the time between two tries.
	patience   = 10 * time.Second
	retryPause = 50 * time.Millisecond
)

// poster takes events. It is used by one goroutine at a time.
type poster interface {
	// Post posts events in their order. It returns a *RejectedError when trying again is of no use.
	Post(ctx context.Context, events []Event) error
}

// player posts the events of a script, each when its time has come.
type player struct {
	poster poster
	clock  Clock
	now    func() time.Time

	mu      sync.Mutex
	posted  int
	tried   int           // posts that had to be tried again
	slowest time.Duration // from the time for posting to the answer, in real time
}

// play posts the events in their order and notes in each when it was offered and taken. One batch is under way at a time,
// so that no event overtakes another.
func (p *player) play(ctx context.Context, events []Event) error {
	for len(events) > 0 {
		if err := p.waitUntil(ctx, events[0].PostAt.Add(margin)); err != nil {
			return err
		}
		offered := p.clock.Journey(p.now())
		n := 1
		for n < min(len(events), maxBatch) && !events[n].PostAt.Add(margin).After(offered) {
			n++
		}
		if err := p.post(ctx, events[:n]); err != nil {
			return err
		}
		taken := p.clock.Journey(p.now())
		for i := range events[:n] {
			events[i].Offered, events[i].Taken = offered, taken
		}
		p.note(n, p.clock.real(taken.Sub(events[0].PostAt.Add(margin))))
		events = events[n:]
	}
	return nil
}

// post posts a batch, and again when the engine could not take it; the messageIds make that harmless.
func (p *player) post(ctx context.Context, batch []Event) error {
	giveUp := p.now().Add(patience)
	for {
		err := p.poster.Post(ctx, batch)
		var rejected *RejectedError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &rejected):
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case p.now().After(giveUp):
			return fmt.Errorf("tried for %s: %w", patience, err)
		}
		p.mu.Lock()
		p.tried++
		p.mu.Unlock()
		if err := pause(ctx, retryPause); err != nil {
			return err
		}
	}
}

// waitUntil returns at a journey instant.
func (p *player) waitUntil(ctx context.Context, at time.Time) error {
	return pause(ctx, p.clock.Real(at).Sub(p.now()))
}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

func (p *player) note(posted int, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.posted += posted
	p.slowest = max(p.slowest, took)
}

// progress returns how many events were posted, how many posts were tried again and how long the slowest took.
func (p *player) progress() (posted, tried int, slowest time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.posted, p.tried, p.slowest
}
