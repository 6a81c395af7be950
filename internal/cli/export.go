package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
)

// Export writes everything that is known of a customer.
type Export struct {
	config.Record `embed:""`
	// Customer is the shop's id of the customer.
	Customer string `arg:"" help:"The shop's id of the customer (userId)."`
	// Out is where it goes.
	Out string `name:"out" placeholder:"FILE" help:"Write it to this file, which must not be there yet and only you may read, instead of printing it."`
}

// Run implements the command.
func (c *Export) Run(ctx context.Context, streams Streams) error {
	return withErasures(ctx, c.Record, func(e *app.Erasures) error {
		if c.Out == "" {
			return noSuchCustomer(c.Customer, e.Export(ctx, c.Customer, streams.Out))
		}
		return writeNew(c.Out, func(w io.Writer) error { return noSuchCustomer(c.Customer, e.Export(ctx, c.Customer, w)) })
	})
}

// withErasures opens the record, and closes it after use.
func withErasures(ctx context.Context, record config.Record, use func(*app.Erasures) error) error {
	e, err := app.OpenErasures(ctx, record, time.Now)
	if err != nil {
		return err
	}
	return errors.Join(use(e), e.Close())
}

// noSuchCustomer says in words that there is no such customer.
func noSuchCustomer(userID string, err error) error {
	if errors.Is(err, app.ErrUnknownCustomer) {
		return fmt.Errorf("there is no customer %q in the record", userID)
	}
	return err
}

// writeNew writes a file that must not be there yet. There is none when it fails.
func writeNew(name string, write func(io.Writer) error) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err = errors.Join(write(file), file.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}
