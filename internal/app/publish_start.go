package app

import (
	"context"
	"errors"

	"klantreis/internal/bundle"
	"klantreis/internal/store"
)

// publish publishes the configured map unless a process published that very one at a start before, or the first one when
// none is live. So no restart takes back what was published, paused or rolled back meanwhile, not even that of a process
// which still has an older map while a newer release is brought out. A process without either uses what is live.
func (a *App) publish(ctx context.Context) error {
	b, err := a.toPublish(ctx)
	if err != nil || len(b.Files) == 0 {
		return err
	}
	review, err := a.publisher.Review(ctx, b)
	if err != nil {
		return err
	}
	started, err := a.record.StartedMap(ctx, review.hash)
	if err != nil {
		return err
	}
	if started > 0 {
		if !review.Report.Same {
			a.Log.WarnContext(ctx, "the journey map was published at a start before, so the live one stays; if that map is to be live again, use `klantreis rollback`",
				"published", started, "live", review.Report.Live)
		}
		return nil
	}
	if err := a.publisher.Try(ctx, review, nil); err != nil {
		return err
	}
	version, published, err := a.publisher.Publish(ctx, review, How{Origin: store.OriginStart, Confirmed: a.publisher.guard.Most})
	_, unconfirmed := errors.AsType[*UnconfirmedError](err)
	switch {
	case unconfirmed:
		// The shop's events matter more than the new map: the process goes on with the live one.
		a.Log.ErrorContext(ctx, "the journey map is not published; look at it with `klantreis publish` and confirm it there", "error", err)
		return nil
	case errors.Is(err, ErrOvertaken):
		return nil // another process that starts was first
	case err != nil:
		return err
	}
	if published {
		a.Log.InfoContext(ctx, "published the journey map", "version", version)
	}
	return nil
}

func (a *App) toPublish(ctx context.Context) (bundle.Bundle, error) {
	if a.cfg.Map != "" {
		return bundle.Read(a.cfg.Map)
	}
	if a.FirstMap == nil {
		return bundle.Bundle{}, nil
	}
	if live, err := a.record.LiveVersion(ctx); err != nil || live != 0 {
		return bundle.Bundle{}, err
	}
	return bundle.ReadFS(a.FirstMap, "")
}
