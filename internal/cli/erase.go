package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/app"
)

// Erase erases a customer.
type Erase struct {
	config.Record `embed:""`
	// Customer is the shop's id of the customer.
	Customer string `arg:"" help:"The shop's id of the customer (userId)."`
	// Reason is why.
	Reason string `name:"reason" placeholder:"TEXT" help:"Why; kept in the audit log, so it must name nobody."`
	// Suppress keeps them suppressed.
	Suppress bool `name:"suppress" help:"Keep their addresses and the person suppressed, as hashes, as if they had objected. What they did object to stays so in any case."`
	// Yes answers the question.
	Yes bool `name:"yes" short:"y" help:"Erase without asking."`
}

// Run implements the command.
func (c *Erase) Run(ctx context.Context, streams Streams) error {
	if err := c.ask(streams); err != nil {
		return err
	}
	return withErasures(ctx, c.Record, func(e *app.Erasures) error {
		erasure, err := e.Erase(ctx, actor(), c.Customer, c.Reason, c.Suppress)
		if err != nil {
			return noSuchCustomer(c.Customer, err)
		}
		fmt.Fprintf(streams.Out, "erased from the record; our own id was %s\n", erasure.CustomerID)
		if erasure.DoneAt.IsZero() {
			fmt.Fprintln(streams.Out, "workers do the rest: klantreis erasures tells how far it is")
		}
		return nil
	})
}

// ask has the id typed once more.
func (c *Erase) ask(streams Streams) error {
	if c.Yes {
		return nil
	}
	if streams.In == nil {
		return errors.New("nobody can be asked here: --yes erases without asking")
	}
	fmt.Fprintf(streams.Err, "This removes everything that is known of the customer, for good. Type %s again to do so: ", c.Customer)
	// Without a line there is no answer, and whatever was read is none.
	line, _ := bufio.NewReader(io.LimitReader(streams.In, 1000)).ReadString('\n')
	if strings.TrimSpace(line) != c.Customer {
		return errors.New("that is another id; nothing was erased")
	}
	return nil
}

// Erasures tells of erasures.
type Erasures struct {
	config.Record `embed:""`
	// JSON prints an object for programs.
	JSON bool `name:"json" help:"Print JSON."`
	// Limit is how many are listed.
	Limit int `name:"limit" default:"100" help:"Most erasures to list; the newest are."`
	// Keep writes the list for a restore.
	Keep bool `name:"keep" xor:"what" help:"Print what a record that is set back to a backup needs to know of erasures: hashes, one JSON object on a line. Keep it beside the backups."`
	// Again reads it.
	Again string `name:"again" xor:"what" placeholder:"FILE" help:"After a restore: erase again who is on such a list."`
}

// Run implements the command.
func (c *Erasures) Run(ctx context.Context, streams Streams) error {
	return withErasures(ctx, c.Record, func(e *app.Erasures) error {
		switch {
		case c.Keep:
			return c.keep(ctx, streams, e)
		case c.Again != "":
			return c.again(ctx, streams, e)
		default:
			return c.list(ctx, streams, e)
		}
	})
}

func (c *Erasures) keep(ctx context.Context, streams Streams, e *app.Erasures) error {
	list, err := e.Hashes(ctx)
	if err != nil {
		return err
	}
	out := json.NewEncoder(streams.Out)
	for _, line := range list {
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func (c *Erasures) again(ctx context.Context, streams Streams, e *app.Erasures) error {
	file, err := os.Open(c.Again)
	if err != nil {
		return fmt.Errorf("--again: %w", err)
	}
	list, err := readLines(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("--again %s: %w", c.Again, err)
	}
	n, err := e.Again(ctx, actor(), list)
	fmt.Fprintf(streams.Out, "%d customers were erased again; workers do the rest\n", n)
	return err
}

func readLines(r io.Reader) ([]app.ErasedLine, error) {
	var list []app.ErasedLine
	for in := json.NewDecoder(r); ; {
		var line app.ErasedLine
		err := in.Decode(&line)
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		list = append(list, line)
	}
}

func (c *Erasures) list(ctx context.Context, streams Streams, e *app.Erasures) error {
	if c.Limit < 1 {
		return errors.New("--limit: must be at least 1")
	}
	erasures, counted, err := e.List(ctx, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(streams.Out, map[string]any{"erasures": erasures, "counted": counted})
	}
	columns := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "ERASURE\tCUSTOMER\tBEGUN\tSTATE")
	for _, one := range erasures {
		fmt.Fprintf(columns, "%s\t%s\t%s\t%s\n", one.ID, one.CustomerID, one.BegunAt.Format(time.DateTime), erasureWords(one))
	}
	return columns.Flush()
}

// erasureWords say how far an erasure is, and what could not be done.
func erasureWords(e api.Erasure) string {
	var words []string
	for _, s := range e.Steps {
		switch {
		case s.Trouble != "":
			words = append(words, s.Step+": "+s.Trouble)
		case s.DoneAt.IsZero():
			words = append(words, s.Step+": to be done")
		}
	}
	state := "done"
	if e.DoneAt.IsZero() {
		state = "under way"
	}
	return strings.Join(append([]string{state}, words...), "; ")
}
