package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
	"klantreis/internal/lists"
)

// Import brings in what other systems know of who may be mailed.
type Import struct {
	Consents     ImportConsents     `cmd:"" help:"Import consents and objections from a CSV file; they start nothing."`
	Suppressions ImportSuppressions `cmd:"" help:"Import addresses that must not be mailed from a CSV file, or from a list that SendGrid exports."`
}

// ImportConsents imports consents.
type ImportConsents struct {
	config.Record `embed:""`
	// File is the list.
	File string `arg:"" type:"existingfile" help:"CSV with the columns userId or email, class or topic, given and at, and if known confirmed, source, text_version and locale."`
	// DryRun stores nothing.
	DryRun bool `name:"dry-run" help:"Only say what would be imported."`
}

// Run implements the command.
func (c *ImportConsents) Run(ctx context.Context, streams Streams) error {
	file, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("read the list: %w", err)
	}
	defer file.Close()
	list, faults, err := lists.Consents(file)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	result, err := app.ImportConsents(ctx, c.Record, time.Now, actor(), list, c.DryRun)
	if err != nil {
		return err
	}
	result.Faults = append(faults, result.Faults...)
	return told(streams, c.File, "consent", c.DryRun, result)
}

// ImportSuppressions imports suppressed addresses.
type ImportSuppressions struct {
	config.Record `embed:""`
	// File is the list.
	File string `arg:"" type:"existingfile" help:"CSV with the columns email and reason (bounced, invalid, complained or unsubscribed), and if known at; or a list that SendGrid exports."`
	// List says which of SendGrid's lists it is.
	List string `name:"list" enum:",blocks,bounces,invalid,spam,unsubscribes" default:"" help:"Which of SendGrid's lists the file is: bounces, blocks, spam, invalid or unsubscribes."`
	// DryRun stores nothing.
	DryRun bool `name:"dry-run" help:"Only say what would be imported."`
}

// Run implements the command.
func (c *ImportSuppressions) Run(ctx context.Context, streams Streams) error {
	file, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("read the list: %w", err)
	}
	defer file.Close()
	list, faults, err := lists.Suppressions(file, c.List)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	result, err := app.ImportSuppressions(ctx, c.Record, time.Now, actor(), list, c.DryRun)
	if err != nil {
		return err
	}
	result.Faults = append(faults, result.Faults...)
	if c.List == "blocks" {
		fmt.Fprintln(streams.Out, "a block says something about one mail, and keeps nothing from its address")
	}
	return told(streams, c.File, "suppression", c.DryRun, result)
}

// errSomeFaults says that some lines could not be used.
var errSomeFaults = errors.New("some lines could not be imported; correct them and import the file again")

// told says what came of a list, line by line where something is wrong.
func told(streams Streams, file, what string, dryRun bool, result app.Imported) error {
	for _, fault := range result.Faults {
		fmt.Fprintf(streams.Err, "%s:%d: %s\n", file, fault.Line, field(fault.Message))
	}
	text := "imported %s, %d known already, %d not usable\n"
	if dryRun {
		text = "would import %s, %d known already, %d not usable\n"
	}
	if _, err := fmt.Fprintf(streams.Out, text, count(result.New, what), result.Known, len(result.Faults)); err != nil {
		return err
	}
	if len(result.Faults) > 0 {
		return errSomeFaults
	}
	return nil
}
