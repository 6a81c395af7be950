package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// lookEvery is how often the inbox is read, and tellEvery after how many times progress is printed.
	lookEvery = time.Second
	tellEvery = 10
)

// Server is a running engine with an empty record. A *Client is one. It must be safe for concurrent use.
type Server interface {
	poster
	inbox
	// Clock returns the engine's clock.
	Clock(ctx context.Context) (Clock, error)
}

// RunOptions are what a run needs. All are required.
type RunOptions struct {
	// Server is the engine.
	Server Server
	// Script is what to post.
	Script Script
	// Tolerance is how late a mail may be, in real time.
	Tolerance time.Duration
	// Now returns the real instant.
	Now func() time.Time
	// Out takes the progress.
	Out io.Writer
}

// run is one replay under way.
type run struct {
	RunOptions
	clock   Clock
	player  *player
	mailbox *mailbox
}

// Run posts a script to a running engine, each event at its time, until the last mail has had its time to come, and
// compares what arrived with what should have. It returns an error when the replay itself did not work; differences are
// in the Result.
func Run(ctx context.Context, o RunOptions) (Result, error) {
	if len(o.Script.Events) == 0 {
		return Result{}, errors.New("there are no orders to replay")
	}
	clock, err := o.Server.Clock(ctx)
	if err != nil {
		return Result{}, err
	}
	began := o.Now()
	if first := o.Script.Events[0].PostAt; clock.Journey(began).After(first) {
		return Result{}, fmt.Errorf("the engine was ready %s too late for the first event: let its clock start earlier",
			clock.real(clock.Journey(began).Sub(first)).Round(time.Millisecond))
	}
	r := &run{
		RunOptions: o, clock: clock,
		player:  &player{poster: o.Server, clock: clock, now: o.Now},
		mailbox: &mailbox{inbox: o.Server, seen: map[string]bool{}},
	}
	if err := r.play(ctx); err != nil {
		return Result{}, err
	}
	return r.result(o.Now().Sub(began)), nil
}

// play posts and collects until the end.
func (r *run) play(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	over := make(chan struct{})
	group.Go(func() error {
		defer close(over)
		if err := r.player.play(ctx, r.Script.Events); err != nil {
			return err
		}
		return r.player.waitUntil(ctx, r.end())
	})
	group.Go(func() error { return r.watch(ctx, over) })
	return group.Wait()
}

// end is the instant after which no mail is right any more. A late request makes its reminder late as well; a second more
// shows mails that come twice.
func (r *run) end() time.Time {
	var end time.Time
	for _, e := range r.Script.Events {
		last := e.PostAt.Add(margin)
		if e.Name == delivered {
			last = e.At.Add(reminderAfter)
		}
		if last.After(end) {
			end = last
		}
	}
	return end.Add(r.clock.journey(2*r.Tolerance + time.Second))
}

// watch reads the inbox every second, and once more when it is over. An inbox that cannot be read for a while is tried
// again, but not at the end.
func (r *run) watch(ctx context.Context, over <-chan struct{}) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	read := r.Now()
	for looks := 1; ; looks++ {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-over:
			return r.mailbox.collect(ctx)
		case <-ticker.C:
		}
		switch err := r.mailbox.collect(ctx); {
		case err == nil:
			read = r.Now()
		case r.Now().Sub(read) > patience:
			return err
		}
		if looks%tellEvery == 0 {
			r.tell()
		}
	}
}

func (r *run) tell() {
	posted, tried, slowest := r.player.progress()
	fmt.Fprintf(r.Out, "%s  %d of %d events posted, at most %s late, %d tried again; %d mails\n",
		r.clock.Journey(r.Now()).Format(time.DateOnly), posted, len(r.Script.Events), slowest.Round(time.Millisecond), tried,
		len(r.mailbox.arrivals))
}

func (r *run) result(took time.Duration) Result {
	_, tried, slowest := r.player.progress()
	return Result{
		Script: r.Script, Expected: len(Expect(r.Script.Events)), Mails: len(r.mailbox.arrivals),
		Took: took, Speed: r.clock.Speed, Tried: tried, Slowest: slowest,
		Verdict: Check(r.Script.Events, r.mailbox.arrivals, r.clock, r.Tolerance),
	}
}
