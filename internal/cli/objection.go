package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
)

// Objection notes that a customer wants nothing but what belongs to an order.
type Objection struct {
	config.Record `embed:""`
	// Customer is the shop's id of the customer.
	Customer string `arg:"" help:"The shop's id of the customer (userId)."`
	// Lift takes it back.
	Lift bool `name:"lift" help:"They do not object any more; what they said about consent counts again."`
}

// Run implements the command.
func (c *Objection) Run(ctx context.Context, streams Streams) error {
	err := app.Object(ctx, c.Record, time.Now, actor(), c.Customer, c.Lift)
	if errors.Is(err, app.ErrNoCustomer) {
		return fmt.Errorf("there is no customer %q in the record", c.Customer)
	}
	if err != nil {
		return err
	}
	text := "%s gets nothing any more but what belongs to an order\n"
	if c.Lift {
		text = "%s does not object to everything any more\n"
	}
	_, err = fmt.Fprintf(streams.Out, text, c.Customer)
	return err
}
