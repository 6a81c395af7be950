package app

import (
	"context"
	"log/slog"
	"time"

	"klantreis/internal/store"
	"klantreis/journey"
)

const (
	// mostOutstanding is how many wake rows there may be for a rollout to add some. So few are handled within seconds.
	mostOutstanding = 200
	// rolloutPause is between two looks while there is something to do, rolloutRest while there is nothing. Whether a newer
	// map is live, which costs almost nothing to know, is looked at after every pause.
	rolloutPause = 250 * time.Millisecond
	rolloutRest  = 5 * time.Second
)

// rollout brings waiting customers under a newer map soon after it was published, as fast as the dispatcher has nothing
// else to do. It keeps nothing that matters: where it stands is in the record.
type rollout struct {
	record *store.Store
	maps   *Maps
	clock  journey.Clock
	now    func() time.Time
	woken  func()
	log    *slog.Logger

	plan store.Rollout // for the version that was live at the last look
}

// run looks until ctx is done.
func (r *rollout) run(ctx context.Context) error {
	for {
		rest := rolloutRest
		if more, err := r.look(ctx); err != nil && ctx.Err() == nil {
			r.log.WarnContext(ctx, "bring customers under the live map; trying again", "error", err)
		} else if more {
			rest = rolloutPause
		}
		if !r.rest(ctx, rest) {
			return nil
		}
	}
}

// rest waits for that long, or until a newer map is live. It answers false when ctx is done.
func (r *rollout) rest(ctx context.Context, rest time.Duration) bool {
	pause := time.NewTicker(rolloutPause)
	defer pause.Stop()
	for over := time.After(rest); ; {
		select {
		case <-ctx.Done():
			return false
		case <-over:
			return true
		case <-pause.C:
		}
		// An error shows in the look that follows.
		if live, err := r.record.LiveVersion(ctx); err == nil && live != r.plan.Live {
			return true
		}
	}
}

// look wakes some customers, and answers whether there may be more.
func (r *rollout) look(ctx context.Context) (more bool, err error) {
	live, err := r.record.LiveVersion(ctx)
	if err != nil || live == 0 {
		return false, err
	}
	if live != r.plan.Live {
		plan, err := r.planFor(ctx, live)
		if err != nil {
			return false, err
		}
		r.plan = plan
	}
	now := r.now()
	backlog, err := r.record.Backlog(ctx, now, time.Minute, time.Minute)
	if err != nil {
		return false, err
	}
	room := mostOutstanding - backlog.Waiting - backlog.InFlight
	if room <= 0 {
		return true, nil
	}
	woken, err := r.record.WakeBehind(ctx, r.plan, now, room)
	if woken > 0 {
		r.woken()
	}
	return woken > 0, err
}

// lateArrival is how long after a map was published an event may still be stored that was looked at with the one before.
const lateArrival = time.Minute

// planFor finds out whom the version may concern: those who have runs under way; when time itself brings something else than
// under the version of their last decision, everybody, those too who came before that and of whose events nothing has been
// read yet.
func (r *rollout) planFor(ctx context.Context, live int64) (store.Rollout, error) {
	published, err := r.maps.Published(ctx, live)
	if err != nil {
		return store.Rollout{}, err
	}
	plan := store.Rollout{Live: live}
	alarms := published.Map.Alarms()
	if alarms == "" {
		return plan, nil
	}
	oldest, err := r.record.OldestVersion(ctx)
	if err != nil {
		return store.Rollout{}, err
	}
	for plan.Everybody = live; plan.Everybody > max(oldest, 1); plan.Everybody-- {
		before, err := r.version(ctx, plan.Everybody-1)
		if err != nil {
			return store.Rollout{}, err
		}
		if before == nil || before.Alarms() != alarms {
			break
		}
	}
	since, err := r.record.MapVersion(ctx, plan.Everybody)
	if err != nil {
		return store.Rollout{}, err
	}
	plan.CameBefore = r.clock.Real(since.PublishedAt).Add(lateArrival)
	return plan, nil
}

// version returns an older version; nil when this release cannot use it.
func (r *rollout) version(ctx context.Context, version int64) (*journey.Map, error) {
	return usable(r.maps.Published(ctx, version))
}
