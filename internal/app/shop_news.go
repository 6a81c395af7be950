package app

import (
	"context"
	"time"

	"klantreis/journey"
)

const (
	// newsEvery is how often it is looked for news of shops.
	newsEvery = 5 * time.Second
	// newsAtOnce is to how many customers one transaction gives news.
	newsAtOnce = 200
	// newsConcern is how long ago, in journey time, somebody may have looked at a product whom news about it concerns.
	newsConcern = 30 * 24 * time.Hour
)

// spreadNews gives what shops tell of products to those whom it concerns, until ctx is done.
func (s *shops) spreadNews(ctx context.Context) error {
	for {
		more, err := s.spreadSome(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "give news of a shop to those whom it concerns; trying again", "error", err)
		}
		if err == nil && more {
			s.woken()
			continue
		}
		if s.sleep(ctx, newsEvery) != nil {
			return nil
		}
	}
}

func (s *shops) spreadSome(ctx context.Context) (more bool, err error) {
	now := s.clock.Journey(s.now().UTC().Truncate(time.Microsecond))
	err = judge(ctx, s.maps, s.log, func(version int64, interest func(journey.Event) journey.Interest) (err error) {
		more, err = s.record.SpreadNews(ctx, now, now.Add(-newsConcern), newsAtOnce, version, interest)
		return err
	})
	return more, err
}
