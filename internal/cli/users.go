package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/app"
)

// Users are the commands about who may sign in.
type Users struct {
	Add      UsersAdd      `cmd:"" help:"Let somebody sign in."`
	List     UsersList     `cmd:"" help:"List the users."`
	Role     UsersRole     `cmd:"" help:"Give a user another role, which ends their sessions."`
	Password UsersPassword `cmd:"" help:"Give a user another password, which ends their sessions."`
	Disable  UsersDisable  `cmd:"" help:"Keep a user out, which ends their sessions."`
	Enable   UsersEnable   `cmd:"" help:"Let a user in again who was disabled."`
}

// people is where users and tokens are.
type people struct {
	config.Record `embed:""`
}

func (c people) open(ctx context.Context, use func(*app.People) error) error {
	p, err := app.OpenPeople(ctx, c.Record, time.Now, actor())
	if err != nil {
		return err
	}
	return errors.Join(use(p), p.Close())
}

// user names a user.
type user struct {
	people `embed:""`
	// Name is the name to sign in with.
	Name string `arg:"" help:"Name to sign in with, such as an address."`
}

// change opens the record and says which user is not there.
func (c user) change(ctx context.Context, use func(*app.People) error) error {
	err := c.open(ctx, use)
	if errors.Is(err, app.ErrNoUser) {
		return fmt.Errorf("there is no user %q", c.Name)
	}
	return err
}

// Typed is a password from the standard input, or a made one.
type Typed struct {
	// Stdin reads it.
	Stdin bool `name:"stdin" help:"Read the password from the standard input instead of making one."`
}

// password returns the password, and prints it when it was made.
func (c Typed) password(streams Streams) (typed string, tell func() error, err error) {
	if !c.Stdin {
		made := app.GeneratePassword()
		return made, func() error {
			fmt.Fprintln(streams.Err, "this password is shown once; only its hash is kept")
			_, err := fmt.Fprintln(streams.Out, made)
			return err
		}, nil
	}
	if streams.In == nil {
		return "", nil, errors.New("there is no standard input to read the password from")
	}
	const most = 4096
	line, err := bufio.NewReader(io.LimitReader(streams.In, most)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", nil, fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), func() error { return nil }, nil
}

// UsersAdd adds a user.
type UsersAdd struct {
	user  `embed:""`
	Typed `embed:""`
	// Role says what they may do.
	Role string `name:"role" required:"" enum:"viewer,service,marketer,admin" help:"What they may do: ${enum}. Each includes those before it."`
}

// Run implements the command.
func (c *UsersAdd) Run(ctx context.Context, streams Streams) error {
	typed, tell, err := c.password(streams)
	if err != nil {
		return err
	}
	err = c.open(ctx, func(p *app.People) error { return p.Add(ctx, c.Name, access.Role(c.Role), typed) })
	if errors.Is(err, app.ErrUserTaken) {
		return fmt.Errorf("there is or was a user %q", c.Name)
	}
	if err != nil {
		return err
	}
	return tell()
}

// UsersRole changes a role.
type UsersRole struct {
	user `embed:""`
	// Role says what they may do.
	Role string `arg:"" enum:"viewer,service,marketer,admin" help:"What they may do: ${enum}."`
}

// Run implements the command.
func (c *UsersRole) Run(ctx context.Context, streams Streams) error {
	if err := c.change(ctx, func(p *app.People) error { return p.SetRole(ctx, c.Name, access.Role(c.Role)) }); err != nil {
		return err
	}
	_, err := fmt.Fprintf(streams.Out, "%s is %s\n", c.Name, c.Role)
	return err
}

// UsersPassword changes a password.
type UsersPassword struct {
	user  `embed:""`
	Typed `embed:""`
}

// Run implements the command.
func (c *UsersPassword) Run(ctx context.Context, streams Streams) error {
	typed, tell, err := c.password(streams)
	if err != nil {
		return err
	}
	if err := c.change(ctx, func(p *app.People) error { return p.SetPassword(ctx, c.Name, typed) }); err != nil {
		return err
	}
	return tell()
}

// UsersDisable keeps a user out.
type UsersDisable struct {
	user `embed:""`
}

// Run implements the command.
func (c *UsersDisable) Run(ctx context.Context, streams Streams) error {
	return c.turn(ctx, streams, true, "is disabled")
}

// UsersEnable lets a user in again.
type UsersEnable struct {
	user `embed:""`
}

// Run implements the command.
func (c *UsersEnable) Run(ctx context.Context, streams Streams) error {
	return c.turn(ctx, streams, false, "may sign in")
}

func (c user) turn(ctx context.Context, streams Streams, disabled bool, words string) error {
	if err := c.change(ctx, func(p *app.People) error { return p.SetDisabled(ctx, c.Name, disabled) }); err != nil {
		return err
	}
	_, err := fmt.Fprintf(streams.Out, "%s %s\n", c.Name, words)
	return err
}

// UsersList lists the users.
type UsersList struct {
	people `embed:""`
	// JSON prints a list for programs.
	JSON bool `name:"json" help:"Print JSON."`
}

// listedUser is one user, as JSON has it.
type listedUser struct {
	Name       string      `json:"name"`
	Role       access.Role `json:"role"`
	CreatedAt  time.Time   `json:"createdAt"`
	PasswordAt time.Time   `json:"passwordAt"`
	DisabledAt time.Time   `json:"disabledAt,omitzero"`
}

// Run implements the command.
func (c *UsersList) Run(ctx context.Context, streams Streams) error {
	return c.open(ctx, func(p *app.People) error {
		users, err := p.Users(ctx)
		if err != nil {
			return err
		}
		list := make([]listedUser, len(users))
		for i, u := range users {
			list[i] = listedUser{Name: u.Name, Role: u.Role, CreatedAt: u.CreatedAt, PasswordAt: u.PasswordAt, DisabledAt: u.DisabledAt}
		}
		if c.JSON {
			return printJSON(streams.Out, list)
		}
		columns := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(columns, "NAME\tROLE\tADDED\tPASSWORD SET\tDISABLED")
		for _, u := range list {
			fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t%s\n", u.Name, u.Role, when(u.CreatedAt), when(u.PasswordAt), when(u.DisabledAt))
		}
		return columns.Flush()
	})
}

// when prints an instant; a dash for none.
func when(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.Format(time.RFC3339)
}
