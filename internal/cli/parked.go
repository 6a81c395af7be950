package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
)

// Parked are the commands about events that were put aside.
type Parked struct {
	List  ParkedList  `cmd:"" help:"List the parked events, and the customers about whom nothing can be decided."`
	Retry ParkedRetry `cmd:"" help:"Have parked events handled again, as old as they are."`
}

// parking is where they are.
type parking struct {
	config.Record `embed:""`
}

func (c parking) open(ctx context.Context, use func(*app.Parking) error) error {
	p, err := app.OpenParking(ctx, c.Record, time.Now)
	if err != nil {
		return err
	}
	return errors.Join(use(p), p.Close())
}

// mostParked is how many are listed.
const mostParked = 1000

// ParkedList lists parked events.
type ParkedList struct {
	parking `embed:""`
	// JSON prints an object for programs.
	JSON bool `name:"json" help:"Print JSON."`
	// After leaves out the events up to one.
	After int64 `help:"Leave out the events up to this id." placeholder:"ID"`
}

// Run implements the command.
func (c *ParkedList) Run(ctx context.Context, streams Streams) error {
	return c.open(ctx, func(p *app.Parking) error {
		events, err := p.Parked(ctx, c.After, mostParked)
		if err != nil {
			return err
		}
		customers, err := p.Troubled(ctx, mostParked)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(streams.Out, map[string]any{"parked": events, "customers": customers})
		}
		columns := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(columns, "ID\tPARKED\tCUSTOMER\tEVENT\tWHAT IS WRONG")
		for _, e := range events {
			fmt.Fprintf(columns, "%d\t%s\t%s\t%s\t%s: %s\n", e.ID, e.ParkedAt.Format(time.RFC3339), field(e.UserID), field(e.Name), e.Code, field(e.Detail))
		}
		if err := columns.Flush(); err != nil || len(customers) == 0 {
			return err
		}
		fmt.Fprintln(streams.Out, "\nNothing can be decided about these customers, whatever their events; it is tried again and again:")
		columns = tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(columns, "CUSTOMER\tSINCE\tTRIES\tWHAT IS WRONG")
		for _, t := range customers {
			fmt.Fprintf(columns, "%s\t%s\t%d\t%s\n", field(t.UserID), t.Since.Format(time.RFC3339), t.Tries, field(t.Trouble))
		}
		return columns.Flush()
	})
}

// ParkedRetry has parked events handled again.
type ParkedRetry struct {
	parking `embed:""`
	// IDs are the events.
	IDs []int64 `arg:"" optional:"" name:"id" help:"Ids of the events."`
	// All means all of them.
	All bool `help:"All parked events."`
}

// Run implements the command.
func (c *ParkedRetry) Run(ctx context.Context, streams Streams) error {
	if c.All == (len(c.IDs) > 0) {
		return errors.New("name the events by their ids, or say --all")
	}
	return c.open(ctx, func(p *app.Parking) error {
		if c.All {
			n, err := p.RetryAll(ctx, actor())
			if err == nil {
				_, err = fmt.Fprintf(streams.Out, "%d events are handled again\n", n)
			}
			return err
		}
		return retryEach(ctx, p, c.IDs, streams.Out)
	})
}

func retryEach(ctx context.Context, p *app.Parking, ids []int64, out io.Writer) error {
	var missing []error
	for _, id := range ids {
		found, err := p.Retry(ctx, actor(), id)
		switch {
		case err != nil:
			return err
		case !found:
			missing = append(missing, fmt.Errorf("there is no parked event %d", id))
		default:
			fmt.Fprintf(out, "event %d is handled again\n", id)
		}
	}
	return errors.Join(missing...)
}
