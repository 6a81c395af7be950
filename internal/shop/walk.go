package shop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Lease is where a walk through a shop goes on, for who has the lease.
type Lease struct {
	// Place is the cursor. Empty at the first time.
	Place string
	// Since is when the connection was made, and Ended when the last walk ended; zero when none did.
	Since, Ended time.Time
}

// Book holds how far the walk through each shop has come, and sees to it that one process at a time walks. It must be safe
// for concurrent use, by any number of processes.
type Book interface {
	// Lease gives the walk to a holder for some time; false when another one has it.
	Lease(ctx context.Context, connection, holder string, within time.Duration) (Lease, bool, error)
	// Came notes how far the holder has come, and holds the lease for longer; false when it was lost.
	Came(ctx context.Context, connection, holder string, page Page, within time.Duration) (bool, error)
	// Free gives the lease back.
	Free(ctx context.Context, connection, holder string) error
	// Failed notes what went wrong.
	Failed(ctx context.Context, connection, message string) error
}

const (
	// WalkEvery is how often each shop is walked through.
	WalkEvery = time.Hour
	// lookEvery is how often a process looks whether a walk is due that no other one makes.
	lookEvery = time.Minute
	// leased is how long a lease holds without news: longer than a page can take.
	leased = 5 * time.Minute
	// longestWait is how long a walk waits for a shop with the lease in hand. For longer it is given back.
	longestWait = 2 * time.Minute
	// pageWithin is how long one page may take.
	pageWithin = time.Minute
	// mostPages bounds one walk; the next one goes on where it stopped.
	mostPages = 10_000
	// tries is how often a page is asked for before the walk gives up until the next look.
	tries = 5
)

// Walker asks a shop every hour what changed, so that a webhook that never came is missed for an hour at most.
type Walker struct {
	// Connection is its name, and Adapter speaks with the shop.
	Connection string
	Adapter    Adapter
	// Book says where the walk goes on.
	Book Book
	// Observe stores what a page told. What it stored already brings nothing again.
	Observe func(ctx context.Context, changes []Change) error
	// Holder is what tells this process from others.
	Holder string
	// Now is the real clock, and Sleep waits; it returns early with an error when ctx is done.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	// Log takes what somebody should know.
	Log *slog.Logger
}

// Run walks until ctx is done.
func (w *Walker) Run(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		if err := w.Once(ctx); err != nil && ctx.Err() == nil {
			failures++
			w.fail(ctx, err)
		} else {
			failures = 0
		}
		// Whoever was refused asks less and less often, up to once an hour.
		if w.Sleep(ctx, min(lookEvery<<min(failures, 6), WalkEvery)) != nil {
			return
		}
	}
}

func (w *Walker) fail(ctx context.Context, err error) {
	w.Log.WarnContext(ctx, "ask a shop what changed; trying again", "connection", w.Connection, "error", err)
	if err := w.Book.Failed(ctx, w.Connection, Words(err)); err != nil && ctx.Err() == nil {
		w.Log.WarnContext(ctx, "note what is wrong with a connection", "connection", w.Connection, "error", err)
	}
}

// Words returns what may be shown of an error: what a shop refused, and of others only what was tried.
func Words(err error) string {
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		return refusal.Message
	}
	text := err.Error()
	return text[:min(len(text), 500)]
}

// Once makes a walk, when one is due and no other process makes it.
func (w *Walker) Once(ctx context.Context) error {
	lease, ok, err := w.Book.Lease(ctx, w.Connection, w.Holder, leased)
	if err != nil || !ok {
		return err
	}
	if lease.Ended.IsZero() || !w.Now().Before(lease.Ended.Add(WalkEvery)) {
		err = w.walk(ctx, lease)
	}
	free, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return errors.Join(err, w.Book.Free(free, w.Connection, w.Holder))
}

func (w *Walker) walk(ctx context.Context, lease Lease) error {
	place := lease.Place
	for range mostPages {
		page, err := w.page(ctx, place, lease.Since)
		if err != nil {
			return err
		}
		for len(page.Changes) > 0 {
			n := min(len(page.Changes), observeAtOnce)
			if err := w.Observe(ctx, page.Changes[:n]); err != nil {
				return fmt.Errorf("store what changed in the shop: %w", err)
			}
			page.Changes = page.Changes[n:]
		}
		held, err := w.Book.Came(ctx, w.Connection, w.Holder, page, leased)
		switch {
		case err != nil:
			return err
		case !held, page.Done:
			if page.Done && page.Warning != "" {
				w.Log.WarnContext(ctx, "something is wrong with a connection to a shop", "connection", w.Connection, "warning", page.Warning)
			}
			return nil
		}
		place = page.Cursor
		if page.Wait > 0 {
			if err := w.Sleep(ctx, min(page.Wait, longestWait)); err != nil {
				return err
			}
		}
	}
	return nil
}

// observeAtOnce is how many changes one transaction stores.
const observeAtOnce = 20

// page asks for a page, again after what may pass.
func (w *Walker) page(ctx context.Context, place string, since time.Time) (Page, error) {
	for try := 1; ; try++ {
		asked, cancel := context.WithTimeout(ctx, pageWithin)
		page, err := w.Adapter.Page(asked, place, since)
		cancel()
		var refusal *Refusal
		switch {
		case err == nil:
			return page, nil
		case errors.As(err, &refusal) && !refusal.Temporary, try == tries, ctx.Err() != nil:
			return Page{}, err
		}
		wait := time.Second << try
		if refusal != nil {
			wait = max(wait, refusal.RetryAfter)
		}
		if wait > longestWait {
			return Page{}, err
		}
		if err := w.Sleep(ctx, wait); err != nil {
			return Page{}, err
		}
	}
}
