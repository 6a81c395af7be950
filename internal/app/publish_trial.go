package app

import (
	"context"
	"fmt"
	"iter"
	"math"
	"runtime"
	"time"

	"klantreis/api"
	"klantreis/internal/backtest"
	"klantreis/internal/store"
	"klantreis/journey"
)

// trialTime bounds how long a trial may take, so that the API answers before its clients give up.
const trialTime = 20 * time.Second

// Try plays what is recorded through the map that was reviewed and through the live one, and adds to the report what it
// would have sent. It is told how many of about how many events were played, unless progress is nil. Without a live map
// that can be used there is nothing to compare with.
func (p *Publisher) Try(ctx context.Context, r *Review, progress func(done, all int)) error {
	if r.Report.Same || r.Report.Live == 0 || p.guard.Since == 0 || p.guard.Events == 0 {
		return nil
	}
	live, err := usable(p.maps.Published(ctx, r.Report.Live))
	if err != nil || live == nil {
		return err
	}
	t := trial{
		past: &Recorded{record: p.record, now: p.now}, now: p.now, deadline: p.now().Add(trialTime), most: p.guard.Events, progress: progress,
	}
	// Whole hours make the number the same when somebody looks at it and when it is confirmed.
	until := p.clock.Journey(p.now()).Truncate(time.Hour)
	found, err := t.run(ctx, backtest.Options{
		Map: r.to, Against: live, Since: until.Add(-time.Duration(p.guard.Since)), Until: until, Workers: (runtime.GOMAXPROCS(0) + 1) / 2,
	})
	if err != nil {
		return fmt.Errorf("try the map on what is recorded: %w", err)
	}
	found.Words = trialWords(found, time.Duration(p.guard.Since))
	r.Report.Backtest = &found
	r.Report.Confirm = max(r.Report.DueAtOnce, found.More)
	return nil
}

// trial plays a map and another one on what is recorded: all of it or, when that is too much, some customers by chance.
type trial struct {
	past     *Recorded
	now      func() time.Time
	deadline time.Time
	most     int // events to play
	progress func(done, all int)

	counts store.Counts
	taken  int  // events so far
	cut    bool // not everybody was taken
}

func (t *trial) run(ctx context.Context, o backtest.Options) (api.MapBacktest, error) {
	var err error
	if t.counts, err = t.past.record.Counts(ctx); err != nil {
		return api.MapBacktest{}, err
	}
	if o.Rhythm, err = sampledRhythm(ctx, t.past.record); err != nil {
		return api.MapBacktest{}, err
	}
	o.Customers, o.Progress = t.customers(ctx), t.tell()
	report, err := backtest.Run(ctx, o)
	if err != nil {
		return api.MapBacktest{}, err
	}
	return t.result(report), nil
}

// customers goes through the first customers by their ids. As ids are random they are a sample by chance, and the same ones
// when somebody else looks.
func (t *trial) customers(ctx context.Context) iter.Seq2[backtest.Customer, error] {
	return func(yield func(backtest.Customer, error) bool) {
		for c, err := range t.past.Customers(ctx) {
			if err != nil {
				yield(c, err)
				return
			}
			if t.cut = t.taken >= t.most || t.now().After(t.deadline); t.cut {
				return
			}
			events, err := c.Events()
			t.taken += len(events)
			c.Events = func() ([]journey.Event, error) { return events, err }
			if !yield(c, nil) {
				return
			}
		}
	}
}

// tell returns what hears how many events of a customer were played.
func (t *trial) tell() func(events int) {
	if t.progress == nil {
		return nil
	}
	done := 0
	return func(events int) {
		done += events
		t.progress(done, min(int(t.counts.Events), t.most))
	}
}

func (t *trial) result(r backtest.Report) api.MapBacktest {
	scale := func(n int) int { return n }
	if t.cut && r.Customers > 0 {
		factor := float64(t.counts.Customers) / float64(r.Customers)
		scale = func(n int) int { return twoDigits(float64(n) * max(factor, 1)) }
	}
	return api.MapBacktest{
		Since: r.Since, Until: r.Until, Customers: r.Customers, AllCustomers: int(t.counts.Customers), Sampled: t.cut,
		Sent: scale(r.Map.Sent), SentLive: scale(r.Against.Sent), More: scale(r.More.Messages), People: scale(r.More.People), Fewer: scale(r.Fewer.Messages),
	}
}

// twoDigits rounds an estimate up to two digits: more of it would be chance, and would change from one look to the next.
func twoDigits(estimate float64) int {
	unit := 1.0
	for estimate/unit > 100 {
		unit *= 10
	}
	return int(math.Ceil(estimate/unit) * unit)
}

// trialWords says in a sentence what a trial found.
func trialWords(b api.MapBacktest, since time.Duration) string {
	about := ""
	if b.Sampled {
		about = "about "
	}
	words := fmt.Sprintf("in the last %s it would have sent %s%d messages instead of %d", journey.FormatDuration(since), about, b.Sent, b.SentLive)
	if b.Sent == b.SentLive {
		words = fmt.Sprintf("in the last %s it would have sent %s%d messages, as many as the live map", journey.FormatDuration(since), about, b.Sent)
	}
	if b.More > 0 {
		words += fmt.Sprintf("; %d more, to %d people", b.More, b.People)
	}
	if b.Fewer > 0 {
		words += fmt.Sprintf("; %d fewer to others", b.Fewer)
	}
	if b.Sampled {
		words += fmt.Sprintf(" (estimated from %d of %d customers)", b.Customers, b.AllCustomers)
	}
	return words
}
