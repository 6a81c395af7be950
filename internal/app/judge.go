package app

import (
	"context"
	"errors"
	"log/slog"

	"klantreis/activities"
	"klantreis/internal/store"
	"klantreis/journey"
)

// keepFunc stores events as a version of the map sees them.
type keepFunc func(version int64, interest func(journey.Event) journey.Interest) error

// judge has events stored as the map sees them that is known to be live; when the record knows a newer one, they are
// looked at again.
func judge(ctx context.Context, maps *Maps, log *slog.Logger, keep keepFunc) error {
	err := judgeBy(ctx, maps.Live, log, keep)
	if errors.Is(err, store.ErrNewerMap) {
		err = judgeBy(ctx, maps.Newest, log, keep)
	}
	if errors.Is(err, store.ErrNewerMap) { // Another one, in the time that it took to compile the last.
		err = keep(store.AnyVersion, wakesAlways)
	}
	return err
}

// judgeBy has events stored as the map sees them that look finds.
func judgeBy(ctx context.Context, look func(context.Context) (int64, *activities.Published, error), log *slog.Logger, keep keepFunc) error {
	version, live, err := look(ctx)
	if err != nil {
		// Events must be kept all the same. Their customers decide as soon as there is a map that can be used.
		log.WarnContext(ctx, "the journey map cannot be used; events are stored, and wait", "error", err)
		return keep(store.AnyVersion, wakesAlways)
	}
	return keep(version, live.Map.Interest)
}

// wakesAlways is right whichever map is live: it wakes too many rather than too few.
func wakesAlways(journey.Event) journey.Interest {
	return journey.Interest{Wakes: true, Urgent: true}
}
