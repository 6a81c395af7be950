// Command klantreis is the production binary: it runs against PostgreSQL, Redis, Temporal and SendGrid.
package main

import (
	"os"

	"github.com/alecthomas/kong"

	"klantreis/internal/cli"
)

func main() {
	var commands cli.Commands
	os.Exit(cli.Run("klantreis", "Klantreis walks customers through a journey map.", &commands, os.Args[1:],
		cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, kong.Vars{}))
}
