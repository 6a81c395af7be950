package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// MaxSpeed is a journey day in a real second. A timer that is 50 ms late is late by an hour or two then; at a higher speed
// nobody could say which mails are right.
const MaxSpeed = 86_400

// Options say what to replay, and on what.
type Options struct {
	// Binary is the all-in-one binary. Required.
	Binary string
	// CSV is the file with the real orders. When empty, Synthetic orders are replayed, 300 of them unless Orders says how many.
	CSV string
	// Orders is how many of them are replayed, from a busy time, see Busy. Zero means all.
	Orders int
	// Seed draws what the file does not say.
	Seed uint64
	// Speed is how many journey seconds pass in a real one, at most MaxSpeed. Defaults to MaxSpeed.
	Speed float64
	// Lead is the real time from the start of the engine to the first event, in which it must become ready. Defaults to
	// 10 seconds.
	Lead time.Duration
	// Tolerance is how late a mail may be, in real time. Defaults to 2 seconds.
	Tolerance time.Duration
	// Data is the folder for the engine's data, which must not hold any yet. When empty, a temporary one is made, and kept
	// only when the replay does not pass.
	Data string
	// Out takes the progress. Required.
	Out io.Writer
}

// Replay starts an engine, runs orders through it and compares the mails. It returns an error when the replay itself did
// not work; differences are in the Result.
func Replay(ctx context.Context, o Options) (Result, error) {
	o = o.withDefaults()
	script, err := Prepare(o)
	if err != nil {
		return Result{}, err
	}
	dir, remove, err := o.folder()
	if err != nil {
		return Result{}, err
	}
	result, err := o.run(ctx, script, dir)
	if err == nil && result.Passed() {
		return result, remove()
	}
	fmt.Fprintf(o.Out, "the engine's data and log are in %s\n", dir)
	return result, err
}

func (o Options) withDefaults() Options {
	if o.Speed == 0 {
		o.Speed = MaxSpeed
	}
	if o.Lead == 0 {
		o.Lead = 10 * time.Second
	}
	if o.Tolerance == 0 {
		o.Tolerance = 2 * time.Second
	}
	return o
}

// load reads the orders, or makes some.
func (o Options) load() ([]Order, error) {
	if o.CSV == "" {
		const some = 300
		n := o.Orders
		if n <= 0 {
			n = some
		}
		fmt.Fprintf(o.Out, "%d synthetic orders, because there is no file with real ones\n", n)
		return Synthetic(n, o.Seed), nil
	}
	file, err := os.Open(o.CSV)
	if err != nil {
		return nil, fmt.Errorf("read orders: %w", err)
	}
	defer file.Close()
	return ReadOlist(file)
}

// folder makes the folder for the data. The function removes a temporary one.
func (o Options) folder() (dir string, remove func() error, err error) {
	if o.Data == "" {
		dir, err = os.MkdirTemp("", "replay-orders-")
		return dir, func() error { return os.RemoveAll(dir) }, err
	}
	dir, err = filepath.Abs(o.Data)
	if err != nil {
		return "", nil, err
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return "", nil, fmt.Errorf("%s: is not empty; a replay needs an engine without a past", dir)
	}
	return dir, func() error { return nil }, os.MkdirAll(dir, 0o700)
}

// run starts the engine, replays, and stops it.
func (o Options) run(ctx context.Context, script Script, dir string) (Result, error) {
	if len(script.Events) == 0 {
		return Result{}, errors.New("there are no orders to replay")
	}
	lead := time.Duration(float64(o.Lead) * o.Speed)
	start := script.Events[0].PostAt.Add(-lead).Truncate(time.Second)
	fmt.Fprintf(o.Out, "%d orders in %d events; the journey starts at %s\n", script.Orders, len(script.Events), start.Format(time.DateOnly))
	e, err := startEngine(ctx, o.Binary, dir, start, o.Speed)
	if err != nil {
		return Result{}, err
	}
	ctx, cancel := e.whileRunning(ctx)
	defer cancel()
	result, err := Run(ctx, RunOptions{Server: e.client, Script: script, Tolerance: o.Tolerance, Now: time.Now, Out: o.Out})
	return result, errors.Join(err, e.stop())
}
