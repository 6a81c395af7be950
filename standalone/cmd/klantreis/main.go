// Command klantreis is the all-in-one binary: Temporal, Redis, the record and a mail sandbox run inside it. It also has
// the commands of the production binary.
package main

import (
	"os"

	"github.com/alecthomas/kong"

	"klantreis/internal/cli"
	"klantreis/standalone/allinone"
)

// commands are the commands of the production binary and one more, which runs when none is named.
type commands struct {
	Run allinone.Command `cmd:"" default:"withargs" help:"Run everything in this process, with its data in one folder."`
	cli.Commands
}

func main() {
	var c commands
	os.Exit(cli.Run("klantreis", "Klantreis walks customers through a journey map. Without a command it runs all in one process.",
		&c, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, kong.Vars{}))
}
