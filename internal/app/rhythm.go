package app

import (
	"context"
	"sync/atomic"
	"time"

	"klantreis/internal/store"
	"klantreis/journey"
)

const (
	rhythmEvery  = time.Hour
	rhythmSample = 5_000
)

// rhythm keeps what is known of how often the shop's customers order. Each process learns it for itself, from a sample of
// the customers; until then, and in a young shop, it is the default.
type rhythm struct {
	now atomic.Pointer[journey.Rhythm]
}

func (r *rhythm) get() journey.Rhythm {
	if known := r.now.Load(); known != nil {
		return *known
	}
	return journey.Rhythm{}
}

// learnRhythm learns the rhythm anew now and then.
func (a *App) learnRhythm(ctx context.Context) error {
	tick := time.NewTicker(rhythmEvery)
	defer tick.Stop()
	for {
		learnt, err := sampledRhythm(ctx, a.record)
		switch {
		case err == nil:
			a.rhythm.now.Store(&learnt)
		case ctx.Err() == nil:
			a.Log.WarnContext(ctx, "learn how often customers order; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// sampledRhythm learns how often customers order from some of them.
func sampledRhythm(ctx context.Context, record *store.Store) (journey.Rhythm, error) {
	gaps, err := record.Gaps(ctx, rhythmSample)
	if err != nil {
		return journey.Rhythm{}, err
	}
	return journey.LearnRhythm(gaps), nil
}
