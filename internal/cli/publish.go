package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
	"klantreis/internal/bundle"
)

// Publish publishes a map.
type Publish struct {
	config.Record `embed:""`
	Publication   `embed:""`
	// Map is the file or folder.
	Map string `arg:"" placeholder:"MAP" help:"Journey map: a file, or a folder with map files and templates."`
}

// Run implements the command.
func (c *Publish) Run(ctx context.Context, streams Streams) error {
	b, err := bundle.Read(c.Map)
	if err != nil {
		return err
	}
	return publishing(ctx, c.Record, &c.Publication, func(p *app.Publisher) error {
		return c.publish(ctx, streams, p, b, app.OriginPublish)
	})
}

// Rollback publishes an older version again.
type Rollback struct {
	config.Record `embed:""`
	Publication   `embed:""`
	// Version is the version.
	Version int64 `arg:"" help:"The version to return to; it gets a new number."`
}

// Run implements the command.
func (c *Rollback) Run(ctx context.Context, streams Streams) error {
	if c.Version < 1 {
		return fmt.Errorf("%d is no version: they count from 1", c.Version)
	}
	if c.Note == "" {
		c.Note = app.NoteOfRollback(c.Version)
	}
	return publishing(ctx, c.Record, &c.Publication, func(p *app.Publisher) error {
		b, _, err := p.Map(ctx, c.Version)
		if err != nil {
			return err
		}
		return c.publish(ctx, streams, p, b, app.OriginRollback)
	})
}

// Pause holds a touchpoint, or everything.
type Pause struct {
	config.Record `embed:""`
	Publication   `embed:""`
	Place         `embed:""`
}

// Run implements the command. It does not ask: a pause is often urgent, and makes nothing due.
func (c *Pause) Run(ctx context.Context, streams Streams) error {
	c.Yes = true
	return c.turn(ctx, streams, c.Record, &c.Publication, true)
}

// Resume lets a touchpoint, or everything, go on.
type Resume struct {
	config.Record `embed:""`
	Publication   `embed:""`
	Place         `embed:""`
}

// Run implements the command.
func (c *Resume) Run(ctx context.Context, streams Streams) error {
	return c.turn(ctx, streams, c.Record, &c.Publication, false)
}

// Place is what is paused or resumed.
type Place struct {
	// Touchpoint is the id of a touchpoint.
	Touchpoint string `arg:"" optional:"" help:"Id of the touchpoint."`
	// All stands for the whole map.
	All bool `name:"all" help:"Everything."`
}

// turn publishes the live map with the switch turned in its text.
func (p *Place) turn(ctx context.Context, streams Streams, record config.Record, publication *Publication, paused bool) error {
	if p.All == (p.Touchpoint != "") {
		return fmt.Errorf("name a touchpoint, or give --all")
	}
	origin, what := app.OriginResume, "not paused"
	if paused {
		origin, what = app.OriginPause, "paused already"
	}
	return publishing(ctx, record, publication, func(publisher *app.Publisher) error {
		live, version, err := publisher.Map(ctx, 0)
		if err != nil {
			return err
		}
		switched, changed, err := live.Switch(p.Touchpoint, paused)
		if err != nil {
			return err
		}
		if !changed {
			_, err := fmt.Fprintf(streams.Out, "it is %s in version %d, which is live\n", what, version)
			return err
		}
		return publication.publish(ctx, streams, publisher, switched, origin)
	})
}

// publishing opens the record for a command.
func publishing(ctx context.Context, record config.Record, c *Publication, command func(*app.Publisher) error) error {
	p, err := app.OpenPublisher(ctx, app.PublisherOptions{Record: record, Guard: c.Guard, Needs: c.Needs, Now: time.Now})
	if err != nil {
		return err
	}
	return errors.Join(command(p), p.Close())
}
