package cli

import (
	"cmp"
	"os"

	"klantreis/internal/access"
)

// actor is who runs a command, for the audit log.
func actor() access.Actor {
	host, _ := os.Hostname() // What is not known is left out.
	return access.Actor{Kind: access.CommandLine, Name: cmp.Or(os.Getenv("KLANTREIS_AUTHOR"), os.Getenv("USER")), From: host}
}
