// Package cli is the command line: it reads flags and environment, runs one command, and tells people how it went.
//
// The all-in-one binary adds its own command to these. The package must not do any work itself.
package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// Commands are the commands of every binary.
type Commands struct {
	Serve  Serve  `cmd:"" help:"Run the API, the dispatcher and a worker in one process."`
	API    API    `cmd:"" name:"api" help:"Run the API only."`
	Worker Worker `cmd:"" help:"Run a worker, and a dispatcher beside it, only."`

	Dispatcher Dispatcher `cmd:"" help:"Run a dispatcher only."`

	Migrate  Migrate  `cmd:"" help:"Bring the record to the form that this version needs."`
	Check    Check    `cmd:"" help:"Check a journey map and its templates, and print everything that is wrong."`
	Simulate Simulate `cmd:"" help:"Play one customer of a file of events through a map, in virtual time."`
	Backtest Backtest `cmd:"" help:"Play all customers of a file or of the record through a map, and compare it with another."`
	Schema   Schema   `cmd:"" help:"Print the JSON Schema of the journey map, for editors."`
	Send     Send     `cmd:"" help:"Post a file of events, one JSON object on a line; goes on where an interrupted run stopped."`
	Publish  Publish  `cmd:"" help:"Publish a journey map, after a look at who is affected."`
	Maps     Maps     `cmd:"" help:"List the versions of the journey map."`
	Rollback Rollback `cmd:"" help:"Publish an older version of the journey map again."`
	Pause    Pause    `cmd:"" help:"Hold a touchpoint, or everything, until it is resumed."`
	Resume   Resume   `cmd:"" help:"Let a touchpoint, or everything, go on."`
	Why      Why      `cmd:"" help:"Tell what was decided about a customer, and why."`
	Rebuild  Rebuild  `cmd:"" help:"Wake every waiting customer, after Temporal lost its data."`
	Backup   Backup   `cmd:"" help:"Copy a record on SQLite to a file, while it is in use."`
	Restore  Restore  `cmd:"" name:"restore-check" help:"After a restore: find what was sent since the backup, so that it is not sent again."`
	Keys     Keys     `cmd:"" help:"Make, list and revoke the keys with which shops post events."`
	Parked   Parked   `cmd:"" help:"List events with which nothing could be decided, and have them handled again."`
	Users    Users    `cmd:"" help:"Say who may sign in, and what they may do."`
	Tokens   Tokens   `cmd:"" help:"Make, list and revoke the tokens with which programs use the API."`
	Audit    Audit    `cmd:"" help:"Tell who changed what."`
	Merge    Merge    `cmd:"" help:"Make two customers one, who turned out to be one person."`
	Version  Version  `cmd:"" help:"Print the version."`

	Suppressions Suppressions `cmd:"" help:"List why addresses must not be mailed, and let one be mailed again."`
	Export       Export       `cmd:"" help:"Write everything that is known of a customer, as JSON."`
	Erase        Erase        `cmd:"" help:"Erase a customer, for good."`
	Erasures     Erasures     `cmd:"" help:"List erasures and how far they are, keep what a restore needs to know of them, and erase again after one."`
	Objection    Objection    `cmd:"" help:"Note that a customer wants nothing but what belongs to an order, or lift that."`
	Import       Import       `cmd:"" help:"Import consents, or addresses that must not be mailed."`
}

// Streams are where a command reads and writes.
type Streams struct {
	// In is where answers to questions come from. Nil when nobody can be asked.
	In io.Reader
	// Out takes results, Err takes progress and the log.
	Out, Err io.Writer
}

// Run parses the arguments into commands (a pointer to a struct with kong's tags) and runs the one that is chosen. It
// returns the exit code.
func Run(name, description string, commands any, args []string, streams Streams, vars kong.Vars) int {
	exit := -1
	parser, err := kong.New(commands,
		kong.Name(name), kong.Description(description), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Writers(streams.Out, streams.Err), kong.Exit(func(code int) { exit = code }), vars,
		kong.Resolvers(kong.ResolverFunc(secretFile)),
	)
	if err != nil {
		panic(err) // the tags of the commands are wrong
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintf(streams.Err, "%s: %v\n", name, err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	streams.Out = &plainWriter{w: streams.Out}
	if err := parsed.Run(streams); err != nil {
		fmt.Fprintf(&plainWriter{w: streams.Err}, "%s: %v\n", name, err)
		return 1
	}
	return 0
}

// Logger returns a logger that writes text.
func Logger(w io.Writer, level string) *slog.Logger {
	var least slog.Level
	// The flag's enum admits nothing that fails here; the zero level is info.
	_ = least.UnmarshalText([]byte(level))
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: least}))
}

// Version prints the version.
type Version struct{}

// Run implements the command.
func (Version) Run(streams Streams) error {
	version, revision := "development", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := info.Main.Version; v != "" && v != "(devel)" {
			version = v
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value
			}
		}
	}
	_, err := fmt.Fprintf(streams.Out, "klantreis %s%s\n", version, revision)
	return err
}
