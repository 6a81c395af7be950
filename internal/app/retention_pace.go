package app

import (
	"context"
	"time"

	"klantreis/internal/store"
)

const (
	// leastPortion and mostPortion bound how many rows a transaction looks at.
	leastPortion, mostPortion = 50, 5000
	// quickPortion is how long a portion takes from which on the next one is no larger, slowPortion from which on it is smaller.
	quickPortion, slowPortion = 20 * time.Millisecond, 60 * time.Millisecond
	// restsPerWork is how much longer than the work the rest after it is, within leastRest and mostRest.
	restsPerWork        = 4
	leastRest, mostRest = 10 * time.Millisecond, 5 * time.Second
	urgentWaits         = time.Second
)

// pace does work in portions whose size follows from how long they take, and rests between them.
type pace struct {
	record *store.Store
	now    func() time.Time
	rest   func(ctx context.Context, length time.Duration) bool
	size   int
}

// portion does one portion and rests. It answers the error of ctx when that ends meanwhile.
func (p *pace) portion(ctx context.Context, work func(size int) error) error {
	p.size = min(max(p.size, leastPortion), mostPortion)
	began := time.Now()
	if err := work(p.size); err != nil {
		return err
	}
	took := time.Since(began)
	switch {
	case took > slowPortion:
		p.size /= 2
	case took < quickPortion:
		p.size *= 2
	}
	length := min(max(restsPerWork*took, leastRest), mostRest)
	if busy, err := p.busy(ctx); err != nil {
		return err
	} else if busy {
		length = mostRest
	}
	if !p.rest(ctx, length) {
		return ctx.Err()
	}
	return nil
}

// busy tells whether customers wait to be told what they asked for.
func (p *pace) busy(ctx context.Context) (bool, error) {
	lanes, err := p.record.Lanes(ctx)
	if err != nil {
		return false, err
	}
	urgent := lanes[0].OldestWaiting
	return !urgent.IsZero() && p.now().Sub(urgent) > urgentWaits, nil
}

// rest waits for that long. It answers false when ctx is done.
func rest(ctx context.Context, length time.Duration) bool {
	over := time.NewTimer(length)
	defer over.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-over.C:
		return true
	}
}
