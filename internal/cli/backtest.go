package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"time"

	"klantreis/activities"
	"klantreis/config"
	"klantreis/internal/app"
	"klantreis/internal/backtest"
	"klantreis/internal/eventfile"
	"klantreis/journey"
)

// Backtest plays all customers through a map, and through another one to compare it with.
type Backtest struct {
	// Map is the file or folder.
	Map string `arg:"" placeholder:"MAP" help:"Journey map: a file, or a folder with map files and templates."`
	// Against is the map to compare with.
	Against string `name:"against" placeholder:"MAP" help:"Map to compare with; with the record it is the live map unless you say otherwise."`
	// Events is the file. When empty the events come from the record.
	Events string `name:"events" type:"existingfile" placeholder:"FILE" help:"Events, one JSON object in Segment's form on a line; their timestamps are journey time."`
	// Since is from when on decisions count.
	Since string `name:"since" placeholder:"90d" help:"Take the events of the record, or count of a file, only what happens since then: an instant (RFC 3339), or how long before the end."`
	// Until is the end.
	Until string `name:"until" placeholder:"30d" help:"When to end: an instant (RFC 3339), or how long after the last event of a file (after now, for the record)."`
	// JSON prints the report as JSON.
	JSON bool `name:"json" help:"Print the report as JSON."`

	Record config.Record `embed:""`
}

// gcPercent lets the process use more memory between collections than a server would: it ends when it is done.
const gcPercent = 300

// trial is what is played.
type trial struct {
	customers   iter.Seq2[backtest.Customer, error]
	last        time.Time // the end of what is known
	events      int64     // about how many
	against     *activities.Published
	againstName string
	rhythm      journey.Rhythm
	close       func() error
}

// Run implements the command.
func (c *Backtest) Run(ctx context.Context, streams Streams) error {
	if c.Events == "" && c.Since == "" {
		return errors.New("say which events to take: those of a file with --events, or those of the record with --since 90d")
	}
	published, err := readMap(c.Map)
	if err != nil {
		return err
	}
	debug.SetGCPercent(gcPercent)
	began := time.Now()
	t, err := c.open(ctx, streams)
	if err != nil {
		return err
	}
	report, err := c.play(ctx, streams, published, t)
	if err = errors.Join(err, t.close()); err != nil {
		return err
	}
	tellCost(streams.Err, report, time.Since(began))
	if c.JSON {
		out := json.NewEncoder(streams.Out)
		out.SetIndent("", "  ")
		if err := out.Encode(report); err != nil {
			return fmt.Errorf("print the report: %w", err)
		}
		return nil
	}
	zone, err := time.LoadLocation(published.Map.Timezone)
	if err != nil {
		zone = time.UTC
	}
	return printReport(streams.Out, report, zone, c.Map, t.againstName)
}

// open opens the source of the events.
func (c *Backtest) open(ctx context.Context, streams Streams) (*trial, error) {
	var t *trial
	var err error
	if c.Events != "" {
		t, err = c.openFile(streams)
	} else {
		t, err = c.openRecord(ctx, streams)
	}
	if err != nil || c.Against == "" {
		return t, err
	}
	if t.against, err = readMap(c.Against); err != nil {
		return nil, errors.Join(err, t.close())
	}
	t.againstName = c.Against
	return t, nil
}

func (c *Backtest) openFile(streams Streams) (*trial, error) {
	bar, err := fileBar(streams.Err, c.Events)
	if err != nil {
		return nil, err
	}
	// The bar finishes itself, before anything else is told.
	file, err := openEvents(c.Events, streams.Err, bar.set)
	if err != nil {
		return nil, err
	}
	if len(file.Customers) == 0 {
		return nil, errors.Join(fmt.Errorf("%s: no event has a userId, so there is no customer", c.Events), file.Close())
	}
	return &trial{
		customers: fromFile(file), last: file.Last, events: int64(file.Events),
		close: file.Close,
	}, nil
}

func fromFile(file *eventfile.File) iter.Seq2[backtest.Customer, error] {
	return func(yield func(backtest.Customer, error) bool) {
		for i, userID := range file.Customers {
			events := func() ([]journey.Event, error) { return file.Read(i) }
			if !yield(backtest.Customer{ID: userID, UserID: userID, Events: events}, nil) {
				return
			}
		}
	}
}

func (c *Backtest) openRecord(ctx context.Context, streams Streams) (*trial, error) {
	record, err := app.OpenRecorded(ctx, c.Record, time.Now)
	if err != nil {
		return nil, err
	}
	if n := record.Visitors; n > 0 {
		fmt.Fprintf(streams.Err, "%s left out, of visitors who are no customers\n", count(int(n), "event"))
	}
	t := &trial{
		customers: record.Customers(ctx), last: record.Now, events: record.Events, rhythm: record.Rhythm,
		close: record.Close,
	}
	if c.Against != "" {
		return t, nil
	}
	live, version, err := record.LiveMap(ctx)
	if err != nil {
		return nil, errors.Join(err, record.Close())
	}
	if live != nil {
		t.against, t.againstName = live, fmt.Sprintf("the live map, version %d", version)
	}
	return t, nil
}

// play plays everybody.
func (c *Backtest) play(ctx context.Context, streams Streams, published *activities.Published, t *trial) (backtest.Report, error) {
	o := backtest.Options{Map: published.Map, Customers: t.customers, Rhythm: t.rhythm, Until: t.last}
	if t.against != nil {
		o.Against = t.against.Map
	}
	var err error
	if c.Until != "" {
		if o.Until, err = instantFrom("--until", c.Until, t.last, 1); err != nil {
			return backtest.Report{}, err
		}
	}
	if c.Since != "" {
		if o.Since, err = instantFrom("--since", c.Since, t.last, -1); err != nil {
			return backtest.Report{}, err
		}
	}
	bar := eventsBar(streams.Err, t.events)
	o.Progress = bar.add
	report, err := backtest.Run(ctx, o)
	bar.finish()
	return report, err
}
