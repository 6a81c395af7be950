package cli

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
)

// Suppressions are the commands about addresses that must not be mailed.
type Suppressions struct {
	List SuppressionsList `cmd:"" help:"List why and since when addresses must not be mailed, newest first."`
	Lift SuppressionsLift `cmd:"" help:"Let an address be mailed again."`
}

// suppressed is where they are.
type suppressed struct {
	config.Record `embed:""`
}

func (c suppressed) open(ctx context.Context, use func(*app.Suppressions) error) error {
	s, err := app.OpenSuppressions(ctx, c.Record, time.Now)
	if err != nil {
		return err
	}
	return errors.Join(use(s), s.Close())
}

// SuppressionsList lists suppressions.
type SuppressionsList struct {
	suppressed `embed:""`
	// Address is the only one to look at.
	Address string `arg:"" optional:"" help:"Look at this address only."`
	// Limit is how many are listed.
	Limit int `help:"How many at most." default:"100"`
	// JSON prints a list for programs.
	JSON bool `name:"json" help:"Print JSON."`
}

// Run implements the command.
func (c *SuppressionsList) Run(ctx context.Context, streams Streams) error {
	return c.open(ctx, func(s *app.Suppressions) error {
		list, err := s.Suppressions(ctx, c.Address, "", c.Limit)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(streams.Out, list)
		}
		columns := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(columns, "SINCE\tREASON\tSOURCE\tCUSTOMER")
		for _, one := range list {
			fmt.Fprintf(columns, "%s\t%s\t%s\t%s\n", one.Since.Format(time.RFC3339), one.Reason, field(one.Source), field(one.UserID))
		}
		return columns.Flush()
	})
}

// SuppressionsLift lets an address be mailed again.
type SuppressionsLift struct {
	suppressed `embed:""`
	// Address is the address.
	Address string `arg:"" help:"The address that works again."`
	// Objections lifts what the reader said, too.
	Objections bool `help:"Also when its reader complained or unsubscribed; only when they ask for it."`
	// By says who lifts it.
	By string `name:"by" env:"KLANTREIS_AUTHOR,USER" help:"Who lifts it; kept with the decision."`
}

// Run implements the command.
func (c *SuppressionsLift) Run(ctx context.Context, streams Streams) error {
	return c.open(ctx, func(s *app.Suppressions) error {
		lifted, err := s.LiftSuppression(ctx, actor(), c.Address, c.Objections, c.By)
		if err != nil {
			return err
		}
		if len(lifted.Taken)+len(lifted.Left) == 0 {
			return fmt.Errorf("%s is not suppressed", c.Address)
		}
		for _, reason := range lifted.Taken {
			fmt.Fprintf(streams.Out, "lifted: %s\n", reason)
		}
		for _, reason := range lifted.Left {
			fmt.Fprintf(streams.Out, "still holds: %s (its reader said so; --objections lifts it)\n", reason)
		}
		return nil
	})
}
