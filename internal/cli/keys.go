package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
)

// Keys are the commands about write keys.
type Keys struct {
	Create KeysCreate `cmd:"" help:"Make a key and print it; it cannot be printed again."`
	List   KeysList   `cmd:"" help:"List the keys of the record."`
	Revoke KeysRevoke `cmd:"" help:"Make a key invalid, within seconds everywhere."`
}

// keyring is where the keys are.
type keyring struct {
	Record config.Record `embed:""`
	Redis  config.Redis  `embed:"" prefix:"redis-"`
}

func (c keyring) open(ctx context.Context, use func(*app.KeyRing) error) error {
	ring, err := app.OpenKeyRing(ctx, config.Config{Record: c.Record, Redis: c.Redis}, time.Now)
	if err != nil {
		return err
	}
	return errors.Join(use(ring), ring.Close())
}

// KeysCreate makes a key.
type KeysCreate struct {
	keyring `embed:""`
	// Name is the name of the key.
	Name string `arg:"" help:"Name that tells the key apart, such as the system that gets it."`
}

// Run implements the command.
func (c *KeysCreate) Run(ctx context.Context, streams Streams) error {
	return c.open(ctx, func(ring *app.KeyRing) error {
		key, err := ring.Create(ctx, actor(), c.Name)
		if err != nil {
			return err
		}
		fmt.Fprintln(streams.Err, "this key is shown once; only its hash is kept")
		_, err = fmt.Fprintln(streams.Out, key)
		return err
	})
}

// KeysList lists the keys.
type KeysList struct {
	keyring `embed:""`
	// JSON prints a list for programs.
	JSON bool `name:"json" help:"Print JSON."`
}

// listedKey is one key, as JSON has it.
type listedKey struct {
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"createdAt"`
	RevokedAt time.Time `json:"revokedAt,omitzero"`
}

// Run implements the command.
func (c *KeysList) Run(ctx context.Context, streams Streams) error {
	return c.open(ctx, func(ring *app.KeyRing) error {
		keys, err := ring.List(ctx)
		if err != nil {
			return err
		}
		list := make([]listedKey, len(keys))
		for i, key := range keys {
			list[i] = listedKey{Name: key.Name, CreatedAt: key.CreatedAt, RevokedAt: key.RevokedAt}
		}
		if c.JSON {
			return printJSON(streams.Out, list)
		}
		return printKeys(streams.Out, list)
	})
}

func printKeys(w io.Writer, list []listedKey) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "NAME\tMADE\tREVOKED")
	for _, key := range list {
		revoked := "-"
		if !key.RevokedAt.IsZero() {
			revoked = key.RevokedAt.Format(time.RFC3339)
		}
		fmt.Fprintf(columns, "%s\t%s\t%s\n", key.Name, key.CreatedAt.Format(time.RFC3339), revoked)
	}
	return columns.Flush()
}

// KeysRevoke revokes a key.
type KeysRevoke struct {
	keyring `embed:""`
	// Name is the name of the key.
	Name string `arg:"" help:"Name of the key."`
}

// Run implements the command.
func (c *KeysRevoke) Run(ctx context.Context, streams Streams) error {
	return c.open(ctx, func(ring *app.KeyRing) error {
		if err := ring.Revoke(ctx, actor(), c.Name); errors.Is(err, app.ErrNoKey) {
			return fmt.Errorf("there is no key %q in the record", c.Name)
		} else if err != nil {
			return err
		}
		_, err := fmt.Fprintf(streams.Out, "%s is revoked\n", c.Name)
		return err
	})
}
