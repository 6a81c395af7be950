package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"klantreis/config"
	"klantreis/internal/store"
	"klantreis/journey"
)

const (
	// retainEvery is how often it is looked for what is old, by one process for all, and retainLook how often a process asks
	// whether it is its turn.
	retainEvery, retainLook = time.Hour, 5 * time.Minute
	// turnLength is how long the others wait for a process that says nothing any more.
	turnLength = 10 * time.Minute
	// lostKept is how long, in real time, it is kept that a message was sent that the record does not know.
	lostKept = 90 * 24 * time.Hour
	// wokenAtMost is how many customers an hour are woken because old events of theirs were never read.
	wokenAtMost = 2000
)

// retention removes what is older than it is to be kept: a small portion at a time, so that no lock is held for long, and with
// rests in between that are longer the more there is to do for customers. It may break off anywhere, and go on elsewhere.
type retention struct {
	record  *store.Store
	clock   journey.Clock
	keep    config.Keep
	now     func() time.Time
	woken   func()
	log     *slog.Logger
	deleted *prometheus.CounterVec
	turn    store.Turn
	pace    *pace
}

// newRetentionCounter returns what counts what was removed.
func newRetentionCounter() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "klantreis_retention_deleted_total",
		Help: "What was removed by this process because it was kept long enough.",
	}, []string{"what"})
}

func (a *App) retention() *retention {
	return &retention{
		record: a.record, clock: a.clock, keep: a.cfg.Keep, now: a.Now, woken: a.bus.Woken, log: a.Log, deleted: a.retained,
		turn: store.Turn{Chore: "retention", Holder: newSecret(""), Length: turnLength, Every: retainEvery},
		pace: &pace{record: a.record, now: a.Now, rest: rest},
	}
}

// run looks until ctx is done.
func (r *retention) run(ctx context.Context) error {
	for {
		if err := r.look(ctx); err != nil && ctx.Err() == nil {
			r.log.WarnContext(ctx, "remove what is old; trying again", "error", err)
		}
		if !rest(ctx, retainLook) {
			return nil
		}
	}
}

// look removes all that is old, when it is this process's turn.
func (r *retention) look(ctx context.Context) error {
	ours, err := r.record.TakeTurn(ctx, r.turn)
	if err != nil || !ours {
		return err
	}
	for _, c := range r.chores() {
		if c.kept == 0 {
			continue
		}
		ours, err := r.remove(ctx, c)
		if err != nil || !ours {
			return err
		}
	}
	_, err = r.record.EndTurn(ctx, r.turn)
	return err
}

// remove removes what is old of one kind. It answers false when the turn went to another process.
func (r *retention) remove(ctx context.Context, c *chore) (ours bool, err error) {
	total := 0
	defer func() {
		if total > 0 {
			r.log.InfoContext(ctx, "removed what was kept long enough", "what", c.what, "removed", total, "kept", journey.FormatDuration(c.kept))
		}
	}()
	before := r.now().Add(-c.kept)
	if c.journeyTime {
		before = r.clock.Journey(before)
	}
	for {
		if ours, err = r.record.KeepTurn(ctx, r.turn); err != nil || !ours {
			return ours, err
		}
		more := false
		err := r.pace.portion(ctx, func(size int) (err error) {
			var removed int
			removed, more, err = c.portion(ctx, before, size)
			total += removed
			r.deleted.WithLabelValues(c.what).Add(float64(removed))
			return err
		})
		if err != nil || !more {
			return true, err
		}
	}
}
