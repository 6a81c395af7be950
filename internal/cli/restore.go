package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
)

// Restore looks what was sent since a backup to which the record was set back.
type Restore struct {
	config.Record `embed:""`
	// Reports are files of the provider's reports.
	Reports []string `name:"reports" placeholder:"FILE" help:"Reports since the backup, as SendGrid's event webhook posts them; - reads standard input. May be given more than once."`
	// Settle records them.
	Settle bool `name:"settle" help:"Record what the reports say, so that nothing of it is sent again."`
	// JSON prints an object for programs.
	JSON bool `name:"json" help:"Print JSON."`
}

// errUnsettled makes the command fail, so that a script does not go on and start the workers.
var errUnsettled = errors.New("the record does not know what the provider has; before workers start, run this again with --settle")

// Run implements the command.
func (c *Restore) Run(ctx context.Context, streams Streams) error {
	reports, closeAll, err := openAll(c.Reports, streams.In)
	if err != nil {
		return err
	}
	check, err := app.CheckRestore(ctx, c.Record, time.Now, Logger(streams.Err, "warn"), reports, c.Settle)
	if err = errors.Join(err, closeAll()); err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(streams.Out, listedCheck{Reports: check.Reports, Ours: check.Ours, Settled: c.Settle, Open: listSends(check.Open), Held: listSends(check.Held)})
	} else {
		err = printCheck(streams.Out, check, c.Settle)
	}
	if err == nil && len(check.Open) > 0 && !c.Settle {
		err = errUnsettled
	}
	return err
}

// openAll opens files to be read one after the other.
func openAll(names []string, in io.Reader) (io.Reader, func() error, error) {
	var readers []io.Reader
	var files []*os.File
	closeAll := func() error {
		var errs []error
		for _, f := range files {
			errs = append(errs, f.Close())
		}
		return errors.Join(errs...)
	}
	for _, name := range names {
		if name == "-" && in != nil {
			readers = append(readers, in)
			continue
		}
		file, err := os.Open(name)
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("--reports: %w", err), closeAll())
		}
		files = append(files, file)
		readers = append(readers, file)
	}
	return io.MultiReader(readers...), closeAll, nil
}

// listedCheck is what was found, as JSON has it.
type listedCheck struct {
	Reports int          `json:"reports"`
	Ours    int          `json:"ours"`
	Settled bool         `json:"settled"`
	Open    []listedSend `json:"open"`
	Held    []listedSend `json:"held"`
}

// listedSend is one message.
type listedSend struct {
	MessageID  string    `json:"messageId"`
	Touchpoint string    `json:"touchpoint"`
	UserID     string    `json:"userId,omitempty"`
	Address    string    `json:"address,omitempty"`
	SentAt     time.Time `json:"sentAt"`
	Planned    bool      `json:"planned"`
}

func listSends(found []app.Unrecorded) []listedSend {
	list := make([]listedSend, len(found))
	for i, u := range found {
		list[i] = listedSend{MessageID: u.MessageID, Touchpoint: u.Touchpoint, UserID: u.UserID, Address: u.Address, SentAt: u.SentAt, Planned: u.Planned}
	}
	return list
}

func printCheck(w io.Writer, check app.RestoreCheck, settled bool) error {
	fmt.Fprintf(w, "%s read, %d about messages of this record\n", count(check.Reports, "report"), check.Ours)
	if len(check.Open) > 0 {
		words := "not known to the record as sent; they would be sent again:"
		if settled {
			words = "settled as sent; they will not be sent again:"
		}
		fmt.Fprintf(w, "\n%s %s\n", count(len(check.Open), "message"), words)
		if err := printSends(w, check.Open); err != nil {
			return err
		}
	}
	if len(check.Held) > 0 {
		fmt.Fprintf(w, "\n%s lost by the record, known from reports before; they will not be sent again:\n", count(len(check.Held), "message"))
		if err := printSends(w, check.Held); err != nil {
			return err
		}
	}
	if len(check.Open)+len(check.Held) > 0 {
		return nil
	}
	_, err := fmt.Fprintln(w, "the record knows everything that was reported")
	return err
}

func printSends(w io.Writer, found []app.Unrecorded) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "SENT\tTOUCHPOINT\tCUSTOMER\tMESSAGE\tIN THE RECORD")
	for _, u := range found {
		customer, known := u.UserID, "unknown"
		if customer == "" {
			customer = u.Address
		}
		if customer == "" {
			customer = "-"
		}
		if u.Planned {
			known = "planned"
		}
		fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t%s\n", u.SentAt.UTC().Format(time.RFC3339), field(u.Touchpoint), field(customer), field(u.MessageID), known)
	}
	return columns.Flush()
}
