package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/app"
)

// Audit tells who changed what.
type Audit struct {
	people `embed:""`
	// Since, By and Action say which changes.
	Since  config.Days `name:"since" default:"30d" help:"How far back, in days; 0d is everything."`
	By     string      `name:"by" placeholder:"NAME" help:"Only what this user or token changed."`
	Action string      `name:"action" placeholder:"ACTION" help:"Only changes of this kind, such as map.publish."`
	// Limit is how many.
	Limit int `name:"limit" default:"1000" help:"How many at most, the newest."`
	// JSON prints one object on each line.
	JSON bool `name:"json" help:"Print JSON, one change on a line."`
}

// listedChange is one change, as JSON has it.
type listedChange struct {
	At     time.Time       `json:"at"`
	Kind   access.Kind     `json:"kind"`
	Name   string          `json:"name,omitempty"`
	From   string          `json:"from,omitempty"`
	Action string          `json:"action"`
	Target string          `json:"target"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// Run implements the command.
func (c *Audit) Run(ctx context.Context, streams Streams) error {
	filter := app.AuditFilter{Name: c.By, Action: c.Action, Limit: c.Limit}
	if c.Since > 0 {
		filter.Since = time.Now().Add(-time.Duration(c.Since))
	}
	return c.open(ctx, func(p *app.People) error {
		changes, err := p.Changes(ctx, filter)
		if err != nil {
			return err
		}
		for _, change := range changes {
			if err := c.print(streams.Out, change); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *Audit) print(w io.Writer, change app.AuditChange) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(listedChange{
			At: change.At, Kind: change.By.Kind, Name: change.By.Name, From: change.By.From,
			Action: change.Action, Target: change.Target, Before: change.Was, After: change.Became,
		})
	}
	who := strings.TrimSpace(string(change.By.Kind) + " " + change.By.Name)
	if change.By.From != "" {
		who += " (" + change.By.From + ")"
	}
	_, err := fmt.Fprintf(w, "%s  %s  %s %s  %s -> %s\n", change.At.Format(time.RFC3339), field(who), change.Action, field(change.Target),
		orNothing(change.Was), orNothing(change.Became))
	return err
}

func orNothing(value json.RawMessage) string {
	if len(value) == 0 {
		return "-"
	}
	return string(value)
}
