package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
)

// Why tells what was decided about a customer.
type Why struct {
	config.Record `embed:""`
	// Customer is the shop's id of the customer.
	Customer string `arg:"" help:"The shop's id of the customer (userId)."`
	// Touchpoint keeps only what is about one touchpoint.
	Touchpoint string `arg:"" optional:"" help:"Only what is about this touchpoint."`
	// Limit is how many decisions are told.
	Limit int `name:"limit" default:"100" help:"Most decisions to tell; the newest are."`
	// JSON prints an object for programs.
	JSON bool `name:"json" help:"Print JSON."`
}

// Run implements the command.
func (c *Why) Run(ctx context.Context, streams Streams) error {
	if c.Limit < 1 {
		return fmt.Errorf("--limit: must be at least 1")
	}
	story, err := app.Why(ctx, c.Record, time.Now, c.Customer, c.Touchpoint, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(streams.Out, story)
	}
	return printStory(streams.Out, story)
}

func printStory(w io.Writer, story app.Story) error {
	fmt.Fprintf(w, "%s, times in %s\n", field(story.UserID), story.Zone)
	if story.Earlier {
		fmt.Fprintln(w, "(there are earlier decisions: --limit shows more)")
	}
	for _, d := range story.Decisions {
		who := d.Title
		if d.Key != "" {
			who += " (" + d.Key + ")"
		}
		if d.Nth > 1 {
			who += fmt.Sprintf(" #%d", d.Nth)
		}
		if who != "" {
			who += ". "
		}
		if _, err := fmt.Fprintf(w, "%s  %s%s\n", d.At.Format(time.DateTime), field(who), field(d.Words)); err != nil {
			return err
		}
		printHandover(w, d)
	}
	return printConsents(w, story.Consents)
}

// printConsents tells what the customer said about messages.
func printConsents(w io.Writer, consents []app.StoryConsent) error {
	if len(consents) > 0 {
		fmt.Fprintln(w, "\nconsent")
	}
	for _, c := range consents {
		verb, more := "objected to", " by "+c.Source
		if c.Given {
			verb = "agreed to"
		}
		if c.TextVersion != "" {
			more += ", text " + c.TextVersion
		}
		if c.Confirmed {
			more += ", confirmed"
		}
		if _, err := fmt.Fprintf(w, "%s  %s %s%s\n", c.At.Format(time.DateTime), verb, field(c.About), field(more)); err != nil {
			return err
		}
	}
	return nil
}

// printHandover says below the plan of a message what became of it: other decisions may lie between.
func printHandover(w io.Writer, d app.StoryDecision) {
	switch h := d.Handover; {
	case h.Words == "":
	case h.At.IsZero():
		fmt.Fprintf(w, "%*s  -> %s\n", len(time.DateTime), "", h.Words)
	default:
		fmt.Fprintf(w, "%*s  -> %s  %s\n", len(time.DateTime), "", h.At.Format(time.DateTime), h.Words)
	}
}

func printJSON(w io.Writer, value any) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(value)
}
