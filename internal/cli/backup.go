package cli

import (
	"context"
	"fmt"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
)

// Backup copies a record on SQLite.
type Backup struct {
	config.Record `embed:""`
	// File is where the copy goes.
	File string `arg:"" placeholder:"FILE" help:"The copy; it must not be there yet."`
}

// Run implements the command.
func (c *Backup) Run(ctx context.Context, streams Streams) error {
	if err := app.Backup(ctx, c.Record, time.Now, c.File); err != nil {
		return err
	}
	_, err := fmt.Fprintf(streams.Out, "the record was copied to %s\n", c.File)
	return err
}
