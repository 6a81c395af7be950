// Package dispatch wakes the workflows of customers for whom the record holds something new.
//
// A dispatcher claims wake rows, urgent ones first, and signals their workflows. The row goes away only when the customer's
// decision has consumed it, so a row that stays too long is claimed again, by any dispatcher: claiming twice is harmless.
// The package must not know SQL or Temporal; it is given both as interfaces.
package dispatch

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"
)

// Wake is one customer to wake.
type Wake struct {
	// CustomerID is our own id of the customer.
	CustomerID string
}

// Backlog says how much is to be done. It is read often, so it must be cheap.
type Backlog struct {
	// InFlight are the customers that were signalled and have not decided yet. Counting may stop above the window.
	InFlight int
	// OldestInFlight is the real instant at which the one that waits longest was signalled. Zero when none is in flight.
	OldestInFlight time.Time
}

// Rows are the wake rows of the record. Instants are real.
type Rows interface {
	// ClaimWakes marks up to limit rows as signalled now and returns them: urgent first, then the oldest. Rows that were
	// signalled longer than stale ago count as not signalled.
	ClaimWakes(ctx context.Context, now time.Time, limit int, stale time.Duration) ([]Wake, error)
	// ReleaseWakes takes the mark back from rows whose customers could not be signalled.
	ReleaseWakes(ctx context.Context, customerIDs []string) error
	// Backlog returns how much is under way, leaving out what was signalled longer than stale ago.
	Backlog(ctx context.Context, now time.Time, stale time.Duration) (Backlog, error)
	// WakeOverdue makes rows for customers whose due instant has passed for longer than grace without a decision, and for
	// those with events that nobody consumes; it returns how many.
	WakeOverdue(ctx context.Context, now time.Time, grace time.Duration) (int, error)
}

// Waker wakes one customer's workflow. It is safe for concurrent use.
type Waker interface {
	Wake(ctx context.Context, customerID string) error
}

// Options are what a dispatcher needs.
type Options struct {
	// Rows are the wake rows.
	Rows Rows
	// Waker wakes the workflows.
	Waker Waker
	// Hints receives a value when there may be new rows. Without one the dispatcher looks every Poll.
	Hints <-chan struct{}
	// Now is the real clock.
	Now func() time.Time
	// Log receives what goes wrong.
	Log *slog.Logger
	// Poll is how often to look without a hint. Defaults to 250 ms.
	Poll time.Duration
	// Stale is how long a signalled customer may take to decide before it is signalled again. Defaults to 1 minute.
	Stale time.Duration
	// Reconcile is how often to look for customers that are overdue. Defaults to 30 seconds.
	Reconcile time.Duration
}

// Dispatcher wakes workflows for as long as Run runs.
type Dispatcher struct {
	Options
	window window
}

// New returns a dispatcher.
func New(o Options) *Dispatcher {
	if o.Poll == 0 {
		o.Poll = 250 * time.Millisecond
	}
	if o.Stale == 0 {
		o.Stale = time.Minute
	}
	if o.Reconcile == 0 {
		o.Reconcile = 30 * time.Second
	}
	return &Dispatcher{Options: o, window: newWindow()}
}

// Run dispatches until ctx is done. Errors of the parts are logged and tried again: it never gives up.
func (d *Dispatcher) Run(ctx context.Context) error {
	poll := time.NewTicker(d.Poll)
	defer poll.Stop()
	reconcile := time.NewTicker(d.Reconcile)
	defer reconcile.Stop()
	for {
		for d.round(ctx) {
		}
		select {
		case <-ctx.Done():
			return nil
		case <-d.Hints:
		case <-poll.C:
		case <-reconcile.C:
			d.reconcile(ctx)
		}
	}
}

// perRound is how many customers are claimed at once; concurrency is how many are signalled at the same time.
const (
	perRound    = 64
	concurrency = 16
)

// round claims and signals what the window allows. It answers whether another round at once may find more.
func (d *Dispatcher) round(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	backlog, err := d.Rows.Backlog(ctx, d.Now(), d.Stale)
	if err != nil {
		d.warn(ctx, "read the wake backlog", err)
		return false
	}
	free := d.window.free(d.Now(), backlog)
	if free <= 0 {
		return false
	}
	limit := min(free, perRound)
	wakes, err := d.Rows.ClaimWakes(ctx, d.Now(), limit, d.Stale)
	if err != nil {
		d.warn(ctx, "claim wake rows", err)
		return false
	}
	failed := d.signal(ctx, wakes)
	return len(wakes) == limit && failed == 0
}

// signal wakes the customers and gives back the rows of those who could not be; it returns how many.
func (d *Dispatcher) signal(ctx context.Context, wakes []Wake) int {
	var group errgroup.Group
	group.SetLimit(concurrency)
	failed := make([]error, len(wakes))
	for i, w := range wakes {
		group.Go(func() error {
			failed[i] = d.Waker.Wake(ctx, w.CustomerID)
			return nil
		})
	}
	// The functions above return nil: what failed is in the list.
	_ = group.Wait()
	var back []string
	for i, err := range failed {
		if err != nil {
			if len(back) == 0 {
				d.warn(ctx, "signal customers", err)
			}
			back = append(back, wakes[i].CustomerID)
		}
	}
	if len(back) > 0 {
		// Also when stopping: otherwise these customers would wait until their rows are stale.
		if err := d.Rows.ReleaseWakes(context.WithoutCancel(ctx), back); err != nil {
			d.warn(ctx, "release wake rows", err)
		}
	}
	return len(back)
}

func (d *Dispatcher) reconcile(ctx context.Context) {
	n, err := d.Rows.WakeOverdue(ctx, d.Now(), d.Stale)
	if err != nil {
		d.warn(ctx, "look for overdue customers", err)
		return
	}
	if n > 0 {
		d.Log.WarnContext(ctx, "woke overdue customers", "customers", n)
	}
}

func (d *Dispatcher) warn(ctx context.Context, doing string, err error) {
	if ctx.Err() == nil {
		d.Log.WarnContext(ctx, "dispatch: "+doing+"; trying again", "error", err)
	}
}
