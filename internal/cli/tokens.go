package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"klantreis/internal/access"
	"klantreis/internal/app"
)

// Tokens are the commands about API tokens.
type Tokens struct {
	Create TokensCreate `cmd:"" help:"Make a token and print it; it cannot be printed again."`
	List   TokensList   `cmd:"" help:"List the tokens."`
	Revoke TokensRevoke `cmd:"" help:"Make a token invalid, at once."`
}

// TokensCreate makes a token.
type TokensCreate struct {
	people `embed:""`
	// Name is the name of the token.
	Name string `arg:"" help:"Name that tells the token apart, such as the system that gets it."`
	// Scope is what it may do.
	Scope []string `name:"scope" required:"" placeholder:"SCOPE,..." help:"What it may do, such as customers:read; several with commas between them."`
}

// Run implements the command.
func (c *TokensCreate) Run(ctx context.Context, streams Streams) error {
	scopes := make([]access.Permission, len(c.Scope))
	for i, scope := range c.Scope {
		scopes[i] = access.Permission(strings.TrimSpace(scope))
		if !scopes[i].Known() {
			return fmt.Errorf("there is no scope %q; there are:\n%s", scope, knownScopes())
		}
	}
	return c.open(ctx, func(p *app.People) error {
		token, err := p.CreateToken(ctx, c.Name, scopes)
		if errors.Is(err, app.ErrUserTaken) {
			return fmt.Errorf("there is or was a token %q", c.Name)
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(streams.Err, "this token is shown once; only its hash is kept")
		_, err = fmt.Fprintln(streams.Out, token)
		return err
	})
}

func knownScopes() string {
	var lines strings.Builder
	for _, rule := range access.Rules() {
		fmt.Fprintf(&lines, "  %-16s %s\n", rule.Permission, rule.Words)
	}
	return strings.TrimRight(lines.String(), "\n")
}

// TokensList lists the tokens.
type TokensList struct {
	people `embed:""`
	// JSON prints a list for programs.
	JSON bool `name:"json" help:"Print JSON."`
}

// listedToken is one token, as JSON has it.
type listedToken struct {
	Name      string              `json:"name"`
	Scopes    []access.Permission `json:"scopes"`
	CreatedAt time.Time           `json:"createdAt"`
	UsedAt    time.Time           `json:"usedAt,omitzero"`
	RevokedAt time.Time           `json:"revokedAt,omitzero"`
}

// Run implements the command.
func (c *TokensList) Run(ctx context.Context, streams Streams) error {
	return c.open(ctx, func(p *app.People) error {
		tokens, err := p.Tokens(ctx)
		if err != nil {
			return err
		}
		list := make([]listedToken, len(tokens))
		for i, t := range tokens {
			list[i] = listedToken{Name: t.Name, Scopes: t.Scopes, CreatedAt: t.CreatedAt, UsedAt: t.UsedAt, RevokedAt: t.RevokedAt}
		}
		if c.JSON {
			return printJSON(streams.Out, list)
		}
		columns := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(columns, "NAME\tMADE\tLAST USED\tREVOKED\tSCOPES")
		for _, t := range list {
			fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t%s\n", t.Name, when(t.CreatedAt), when(t.UsedAt), when(t.RevokedAt), strings.Trim(fmt.Sprint(t.Scopes), "[]"))
		}
		return columns.Flush()
	})
}

// TokensRevoke revokes a token.
type TokensRevoke struct {
	people `embed:""`
	// Name is the name of the token.
	Name string `arg:"" help:"Name of the token."`
}

// Run implements the command.
func (c *TokensRevoke) Run(ctx context.Context, streams Streams) error {
	return c.open(ctx, func(p *app.People) error {
		if err := p.RevokeToken(ctx, c.Name); errors.Is(err, app.ErrNoUser) {
			return fmt.Errorf("there is no valid token %q", c.Name)
		} else if err != nil {
			return err
		}
		_, err := fmt.Fprintf(streams.Out, "%s is revoked\n", c.Name)
		return err
	})
}
