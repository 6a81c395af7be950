package cli

import (
	"context"
	"fmt"
	"io"
	"math"
	"text/tabwriter"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
)

// Maps lists the versions of the map.
type Maps struct {
	config.Record `embed:""`
	// Limit is how many are listed.
	Limit int `name:"limit" default:"20" help:"Most versions to list; the newest are."`
	// JSON prints a list for programs.
	JSON bool `name:"json" help:"Print JSON."`
}

// listedMap is one version, as JSON has it.
type listedMap struct {
	Version     int64     `json:"version"`
	Live        bool      `json:"live"`
	PublishedAt time.Time `json:"publishedAt"`
	Origin      string    `json:"origin"`
	Author      string    `json:"author,omitempty"`
	Note        string    `json:"note,omitempty"`
	Hash        string    `json:"hash"`
}

// Run implements the command.
func (c *Maps) Run(ctx context.Context, streams Streams) error {
	if c.Limit < 1 {
		return fmt.Errorf("--limit: must be at least 1")
	}
	return publishing(ctx, c.Record, &Publication{}, func(p *app.Publisher) error {
		versions, err := p.Versions(ctx, math.MaxInt64, c.Limit)
		if err != nil {
			return err
		}
		list := make([]listedMap, len(versions))
		for i, v := range versions {
			list[i] = listedMap{
				Version: v.Version, Live: i == 0, PublishedAt: v.PublishedAt, Origin: v.Origin, Author: v.Author, Note: v.Note, Hash: v.Hash,
			}
		}
		if c.JSON {
			return printJSON(streams.Out, list)
		}
		return printMaps(streams.Out, list)
	})
}

// shownHash is how many characters of a hash people need to tell versions apart.
const shownHash = 12

func printMaps(w io.Writer, list []listedMap) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "VERSION\tPUBLISHED\tHASH\tBY\tNOTE")
	for _, v := range list {
		version, by := fmt.Sprint(v.Version), v.Origin
		if v.Live {
			version += " (live)"
		}
		if v.Author != "" {
			by += " (" + v.Author + ")"
		}
		fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t%s\n", version, v.PublishedAt.Format(time.RFC3339), v.Hash[:min(shownHash, len(v.Hash))], field(by), field(v.Note))
	}
	return columns.Flush()
}
