// Package backtest plays many customers through a journey map in virtual time, or through two maps to compare them, and
// counts what would have happened.
//
// The report depends on the customers and the maps alone, never on how many are played at the same time. The package
// must not know where customers and events come from.
package backtest

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"klantreis/internal/simulate"
	"klantreis/journey"
)

// Customer is one customer to be played.
type Customer struct {
	// ID is the customer's id, on which holdouts depend.
	ID string
	// UserID is what the shop calls the customer.
	UserID string
	// Events returns all events of the customer in order of arrival. It is called once, and at the same time as that of
	// other customers.
	Events func() ([]journey.Event, error)
}

// Options say what to play. Map, Customers and Until are required.
type Options struct {
	// Map is the map to be judged.
	Map *journey.Map
	// Against is the map to compare with. May be nil.
	Against *journey.Map
	// Rhythm is how often the shop's customers order. The zero Rhythm is the default.
	Rhythm journey.Rhythm
	// Customers are played in this order, several at a time. The first error ends the backtest.
	Customers iter.Seq2[Customer, error]
	// Since is the instant from which decisions count. What lies before it is played too, because what a customer has
	// behind them decides what comes; so every customer is played from their first event. Zero counts everything.
	Since time.Time
	// Until is the instant at which the backtest ends. Nothing after it counts.
	Until time.Time
	// Workers is how many customers are played at the same time. Defaults to GOMAXPROCS.
	Workers int
	// Progress is told how many events of a customer were played, one call at a time. May be nil.
	Progress func(events int)
}

// Run plays all customers and reports.
func Run(ctx context.Context, o Options) (Report, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	group, ctx := errgroup.WithContext(ctx)
	queue := make(chan numbered, 4*o.Workers)
	group.Go(func() error {
		defer close(queue)
		return o.enqueue(ctx, queue)
	})
	var progress sync.Mutex
	workers := make([]*worker, o.Workers)
	for i := range workers {
		workers[i] = newWorker(&o, &progress)
		group.Go(func() error { return workers[i].work(ctx, queue) })
	}
	if err := group.Wait(); err != nil {
		return Report{}, err
	}
	for _, w := range workers[1:] {
		workers[0].add(w)
	}
	return workers[0].report(), nil
}

// numbered is a customer with their place in the order.
type numbered struct {
	Customer
	number int
}

func (o *Options) enqueue(ctx context.Context, queue chan<- numbered) error {
	number := 0
	for c, err := range o.Customers {
		if err != nil {
			return err
		}
		select {
		case queue <- numbered{c, number}:
			number++
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// worker plays customers, one at a time, and tallies them.
type worker struct {
	*Options
	progress          *sync.Mutex
	customers, events int
	mine, theirs      *tally
	differences       differences
	more, fewer       Surplus
}

func newWorker(o *Options, progress *sync.Mutex) *worker {
	w := &worker{Options: o, progress: progress, mine: newTally(o.Map, o.Since, o.Until)}
	if o.Against != nil {
		w.theirs = newTally(o.Against, o.Since, o.Until)
		w.differences = newDifferences(o.Map, o.Against)
	}
	return w
}

func (w *worker) work(ctx context.Context, queue <-chan numbered) error {
	for c := range queue {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err := w.customer(c); err != nil {
			return fmt.Errorf("customer %s: %w", c.UserID, err)
		}
	}
	return nil
}

func (w *worker) customer(c numbered) error {
	events, err := c.Events()
	if err != nil {
		return err
	}
	if err := w.play(c.ID, events, w.Map, w.mine); err != nil {
		return err
	}
	if w.Against != nil {
		if err := w.play(c.ID, events, w.Against, w.theirs); err != nil {
			return err
		}
		w.differences.note(c, w.mine.sentNow, w.theirs.sentNow)
		w.compare(w.mine.allNow(), w.theirs.allNow())
	}
	w.customers++
	w.events += len(events)
	if w.Progress != nil {
		w.progress.Lock()
		defer w.progress.Unlock()
		w.Progress(len(events))
	}
	return nil
}

// compare notes how many messages a customer would have got under either map.
func (w *worker) compare(mine, theirs int) {
	switch {
	case mine > theirs:
		w.more.add(Surplus{Messages: mine - theirs, People: 1})
	case theirs > mine:
		w.fewer.add(Surplus{Messages: theirs - mine, People: 1})
	}
}

func (s *Surplus) add(other Surplus) {
	s.Messages += other.Messages
	s.People += other.People
}

func (w *worker) play(id string, events []journey.Event, m *journey.Map, t *tally) error {
	t.begin()
	c := simulate.New(simulate.Options{Map: m, CustomerID: id, Rhythm: w.Rhythm, Seen: t.see})
	if err := c.Replay(events); err != nil {
		return err
	}
	if err := c.Finish(w.Until); err != nil {
		return err
	}
	t.end()
	return nil
}

// add adds what another worker has.
func (w *worker) add(other *worker) {
	w.customers += other.customers
	w.events += other.events
	w.mine.add(other.mine)
	if w.theirs != nil {
		w.theirs.add(other.theirs)
		w.differences.add(other.differences)
		w.more.add(other.more)
		w.fewer.add(other.fewer)
	}
}

func (w *worker) report() Report {
	r := Report{Since: w.Since, Until: w.Until, Customers: w.customers, Events: w.events, Map: w.mine.report()}
	if w.theirs != nil {
		against := w.theirs.report()
		r.Against, r.More, r.Fewer = &against, &w.more, &w.fewer
		r.Differences = w.differences.report(r.Map, against)
	}
	return r
}
