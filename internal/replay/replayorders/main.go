// Command replayorders runs the orders of a real shop through the engine, a day a second, and checks every mail. It exits
// with 1 when one is wrong or missing. It must not know more of the engine than the package that does the work.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"klantreis/internal/replay"
)

// command is the command line.
type command struct {
	Binary    string        `type:"existingfile" help:"The all-in-one binary. Needed unless the events are only written."`
	CSV       string        `name:"csv" type:"existingfile" help:"File with the orders of the Olist data set. When left out it is looked for in shared/data, here and in the folders above."`
	Orders    int           `help:"How many orders, from a busy time; 0 is all. Synthetic ones when there is no file."`
	Speed     float64       `default:"86400" help:"Journey seconds in a real one, at most 86400: a day a second."`
	Seed      uint64        `default:"1" help:"Draws what the file does not say: who ordered, and what they cancelled, returned and reviewed."`
	Data      string        `type:"path" placeholder:"DIR" help:"Empty folder for the engine's data. When left out a temporary one is used, and kept only when something is wrong."`
	Lead      time.Duration `default:"10s" help:"Time from the start of the engine to the first event."`
	Tolerance time.Duration `default:"2s" help:"How late a mail may be, in real time."`
	Out       string        `type:"path" placeholder:"FILE" help:"Write the events to this file instead of replaying them; klantreis backtest --events takes it."`
}

func main() {
	var c command
	kong.Parse(&c, kong.Name("replayorders"), kong.Description("Runs real orders through the engine and checks every mail."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	passed, err := c.run(ctx)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "replayorders: %v\n", err)
	}
	if err != nil || !passed {
		os.Exit(1)
	}
}

func (c *command) run(ctx context.Context) (passed bool, err error) {
	if c.CSV == "" {
		if c.CSV, err = replay.FindOlist(); err != nil {
			return false, err
		}
	}
	if c.CSV == "" && c.Orders <= 0 {
		fmt.Println("SKIP: there is no shared/data/olist_orders_sample.csv, here or in a folder above (--orders 300 replays synthetic ones)")
		return true, nil
	}
	options := replay.Options{
		Binary: c.Binary, CSV: c.CSV, Orders: c.Orders, Seed: c.Seed, Speed: c.Speed, Lead: c.Lead, Tolerance: c.Tolerance,
		Data: c.Data, Out: os.Stdout,
	}
	switch {
	case c.Out != "":
		return true, write(options, c.Out)
	case c.Binary == "":
		return false, errors.New("--binary: is needed to replay (--out only writes the events)")
	}
	result, err := replay.Replay(ctx, options)
	if err != nil {
		return false, err
	}
	return result.Passed(), result.Write(os.Stdout)
}

// write writes the events to a file.
func write(o replay.Options, name string) error {
	script, err := replay.Prepare(o)
	if err != nil {
		return err
	}
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("write events: %w", err)
	}
	return errors.Join(script.Write(file), file.Close())
}
