// Package dispatch wakes the workflows of customers for whom the record holds something new.
//
// A dispatcher claims wake rows, urgent ones first, and signals their workflows. The row goes away only when the customer's
// decision has consumed it, so a row that stays too long is claimed again, by any dispatcher: claiming twice is harmless.
// The package must not know SQL or Temporal; it is given both as interfaces.
package dispatch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Wake is one customer to wake.
type Wake struct {
	// CustomerID is our own id of the customer.
	CustomerID string
	// Lane is where the row stood in line.
	Lane string
	// Since is since when it waited.
	Since time.Time
	// First is true when it was never claimed before.
	First bool
}

// Backlog says how many customers were signalled and have not decided yet. It is read often, so it must be cheap.
type Backlog struct {
	// InFlight are all of them. Counting may stop above the largest window.
	InFlight int
	// Late are those of them whose signal is long ago.
	Late int
}

// Rows are the wake rows of the record. Instants are real.
type Rows interface {
	// ClaimWakes marks up to limit rows as signalled now and returns them: urgent first, then the oldest. Rows that were
	// signalled longer than stale ago count as not signalled.
	ClaimWakes(ctx context.Context, now time.Time, limit int, stale time.Duration) ([]Wake, error)
	// ReleaseWakes takes the mark of the claim that was made at an instant back from rows whose customers could not be
	// signalled, and leaves what was claimed otherwise.
	ReleaseWakes(ctx context.Context, claimed time.Time, customerIDs []string) error
	// Backlog counts what is under way: what was signalled longer than late ago as late, and what was signalled longer
	// than lost ago not at all.
	Backlog(ctx context.Context, now time.Time, late, lost time.Duration) (Backlog, error)
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
	// Signalled is told of every customer who was signalled for the first time: in which lane and how long after the news.
	// May be nil.
	Signalled func(lane string, after time.Duration)
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
	var reconciler sync.WaitGroup
	reconciler.Go(func() { d.reconcile(ctx) })
	d.dispatch(ctx)
	reconciler.Wait()
	return nil
}

func (d *Dispatcher) dispatch(ctx context.Context) {
	poll := time.NewTicker(d.Poll)
	defer poll.Stop()
	for {
		for ctx.Err() == nil && d.round(ctx) {
		}
		select {
		case <-ctx.Done():
			return
		case <-d.Hints:
		case <-poll.C:
		}
	}
}

// perRound is how many customers are claimed at once; concurrency is how many are signalled at the same time.
const (
	perRound    = 64
	concurrency = 16
)

// answerWithin is how long the record may take for one request of a round. One that is silent, because the network swallows
// what is said, must not hold the dispatcher until the system gives the connection up.
const answerWithin = 10 * time.Second

// round claims and signals what the window allows. It answers whether another round at once may find more.
func (d *Dispatcher) round(ctx context.Context) bool {
	backlog, err := d.backlog(ctx)
	if err != nil {
		d.warn(ctx, "read the wake backlog", err)
		return false
	}
	free := d.window.free(d.Now(), backlog)
	if free <= 0 {
		return false
	}
	limit, now := min(free, perRound), d.Now()
	wakes, err := d.claim(ctx, now, limit)
	if err != nil {
		d.warn(ctx, "claim wake rows", err)
		return false
	}
	failed := d.signal(ctx, now, wakes)
	// As long as one could be woken, those who could not do not hold up the others.
	return len(wakes) == limit && failed < limit
}

func (d *Dispatcher) backlog(ctx context.Context) (Backlog, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	return d.Rows.Backlog(ctx, d.Now(), late, lost)
}

func (d *Dispatcher) claim(ctx context.Context, now time.Time, limit int) ([]Wake, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	return d.Rows.ClaimWakes(ctx, now, limit, d.Stale)
}

// signal wakes the customers, whose rows were claimed at an instant, and gives back the rows of those who could not be; it
// returns how many.
func (d *Dispatcher) signal(ctx context.Context, claimed time.Time, wakes []Wake) int {
	var group errgroup.Group
	group.SetLimit(concurrency)
	failed := make([]error, len(wakes))
	for i, w := range wakes {
		group.Go(func() error {
			failed[i] = d.Waker.Wake(ctx, w.CustomerID)
			if failed[i] == nil && w.First && d.Signalled != nil {
				d.Signalled(w.Lane, max(0, d.Now().Sub(w.Since)))
			}
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
		d.release(ctx, claimed, back)
	}
	return len(back)
}

// releaseTimeout is how long giving rows back may hold up a stop.
const releaseTimeout = 5 * time.Second

// release gives rows back, also when stopping: otherwise these customers would wait until their rows are stale.
func (d *Dispatcher) release(ctx context.Context, claimed time.Time, customerIDs []string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	if err := d.Rows.ReleaseWakes(ctx, claimed, customerIDs); err != nil {
		d.warn(ctx, "release wake rows", err)
	}
}

func (d *Dispatcher) warn(ctx context.Context, doing string, err error) {
	if ctx.Err() == nil {
		d.Log.WarnContext(ctx, "dispatch: "+doing+"; trying again", "error", err)
	}
}
