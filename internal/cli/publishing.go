package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/app"
	"klantreis/internal/bundle"
)

// Publication is what all commands that publish a map have in common: a report, and a question.
type Publication struct {
	// Yes answers the question.
	Yes bool `name:"yes" short:"y" help:"Publish without asking, unless the guard asks."`
	// Confirm answers the guard.
	Confirm int `name:"confirm" placeholder:"N" help:"Publish without asking if the number that the guard asks for is at most this."`
	// Guard says from which number on it must be confirmed.
	Guard config.Guard `embed:""`
	// Needs are what some maps need.
	Needs config.Needs `embed:""`
	// Dry only reports.
	Dry bool `name:"dry-run" help:"Only report what would happen."`
	// JSON prints the report for programs.
	JSON bool `name:"json" help:"Print the report as JSON."`
	// Author is who publishes, and Note why.
	Author string `name:"author" env:"KLANTREIS_AUTHOR,USER" help:"Who publishes; kept with the version."`
	Note   string `name:"note" help:"Why; kept with the version."`
}

// publish reports what a map would do, asks, and publishes it.
func (c *Publication) publish(ctx context.Context, streams Streams, p *app.Publisher, b bundle.Bundle, origin string) error {
	review, err := p.Review(ctx, b)
	if err != nil {
		return err
	}
	for _, warning := range review.Warnings {
		fmt.Fprintln(streams.Err, warning)
	}
	if err := try(ctx, streams, p, review, origin); err != nil {
		return err
	}
	if c.JSON {
		if err := printJSON(streams.Out, review.Report); err != nil {
			return err
		}
	} else {
		printReview(streams.Out, review)
	}
	if c.Dry || review.Report.Same {
		return nil
	}
	confirmed, err := c.ask(streams, review.Report)
	if err != nil {
		return err
	}
	version, published, err := p.Publish(ctx, review, app.How{By: actor(), Origin: origin, Author: c.Author, Note: c.Note, Confirmed: confirmed})
	switch {
	case errors.Is(err, app.ErrOvertaken):
		return fmt.Errorf("%w; run the command again to see what this one would do now", err)
	case err != nil:
		return err
	case !published:
		fmt.Fprintf(streams.Err, "version %d is this map already\n", version)
	default:
		fmt.Fprintf(streams.Err, "published version %d\n", version)
	}
	return nil
}

// shownEvents is from how many events on it takes so long to play them that a bar shows how far it is.
const shownEvents = 20_000

// try tries the map on what is recorded. A pause sends nothing, and is often urgent.
func try(ctx context.Context, streams Streams, p *app.Publisher, review *app.Review, origin string) error {
	if origin == app.OriginPause {
		return nil
	}
	var shown *bar
	err := p.Try(ctx, review, func(done, all int) {
		if shown == nil && all >= shownEvents {
			b := eventsBar(streams.Err, int64(all))
			shown = &b
		}
		if shown != nil {
			shown.set(int64(min(done, all)))
		}
	})
	if shown != nil {
		shown.finish()
	}
	return err
}

// ask answers up to which number of the report it is confirmed.
func (c *Publication) ask(streams Streams, report api.MapReport) (int, error) {
	switch {
	case c.Confirm > 0:
		return c.Confirm, nil // Publish refuses when it is too small.
	case report.Confirm > c.Guard.Most:
		what, would := count(report.DueAtOnce, "customer")+" become due at once", count(report.DueAtOnce, "customer")+" would become due at once"
		if report.Confirm > report.DueAtOnce {
			would = count(report.Confirm, "message") + " more would have been sent"
			what = would
		}
		answer := question(streams, fmt.Sprintf("%s. To publish the map all the same, type that number: ", what))
		if answer != strconv.Itoa(report.Confirm) {
			return 0, fmt.Errorf("not published: %s; confirm them with --confirm %d", would, report.Confirm)
		}
	case !c.Yes:
		if answer := strings.ToLower(question(streams, "Publish? [y/N] ")); answer != "y" && answer != "yes" {
			return 0, fmt.Errorf("not published; answer y, or give --yes")
		}
	}
	return report.Confirm, nil
}

// question reads one line. Without anybody who answers it is empty.
func question(streams Streams, text string) string {
	if streams.In == nil {
		return ""
	}
	fmt.Fprint(streams.Err, text)
	// What cannot be read is no answer.
	line, _ := bufio.NewReader(io.LimitReader(streams.In, 1000)).ReadString('\n')
	return strings.TrimSpace(line)
}

func printReview(w io.Writer, review *app.Review) {
	report := review.Report
	switch {
	case report.Same:
		fmt.Fprintf(w, "version %d, which is live, is this map already\n", report.Live)
		return
	case report.Live == 0:
		fmt.Fprintln(w, "this is the first map")
		return
	case len(report.Changes) == 0:
		fmt.Fprintf(w, "compared with version %d, which is live, no step changes place or wait\n", report.Live)
	default:
		fmt.Fprintf(w, "compared with version %d, which is live:\n", report.Live)
		for _, c := range report.Changes {
			fmt.Fprintln(w, "  "+c.Words)
		}
	}
	fmt.Fprintf(w, "%d of %s under way are affected\n", report.Changing, count(report.Waiting, "run"))
	for _, a := range report.Affected {
		fmt.Fprintln(w, "  "+a.Words)
	}
	if report.DueAtOnce > 0 {
		fmt.Fprintf(w, "%s become due at once\n", count(report.DueAtOnce, "customer"))
	}
	if report.Backtest != nil {
		fmt.Fprintln(w, report.Backtest.Words)
	}
}
