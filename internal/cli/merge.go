package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
)

// Merge makes two customers one.
type Merge struct {
	config.Record `embed:""`
	// From is who is merged, and Into who stays.
	From string `arg:"" help:"The shop's id of the customer who is merged; it stands for the other one from then on."`
	Into string `arg:"" help:"The shop's id of the customer who stays."`
}

// Run implements the command.
func (c *Merge) Run(ctx context.Context, streams Streams) error {
	merged, err := app.MergeCustomers(ctx, c.Record, time.Now, actor(), c.From, c.Into)
	if errors.Is(err, app.ErrNoCustomer) {
		return fmt.Errorf("there is no customer %q or %q in the record", c.From, c.Into)
	}
	if err != nil {
		return err
	}
	text := "%s and %s are one customer already\n"
	if merged {
		text = "%s was merged into %s\n"
	}
	_, err = fmt.Fprintf(streams.Out, text, c.From, c.Into)
	return err
}
