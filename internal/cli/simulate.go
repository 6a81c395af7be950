package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"klantreis/activities"
	"klantreis/internal/eventfile"
	"klantreis/internal/simulate"
	"klantreis/journey"
)

// Simulate plays one customer through a map in virtual time.
type Simulate struct {
	// Map is the file or folder.
	Map string `arg:"" placeholder:"MAP" help:"Journey map: a file, or a folder with map files and templates."`
	// Events is the file.
	Events string `arg:"" type:"existingfile" placeholder:"EVENTS" help:"Events, one JSON object in Segment's form on a line; their timestamps are journey time."`
	// Customer picks one of the file.
	Customer string `name:"customer" placeholder:"ID" help:"The userId to play, when the file has several."`
	// Until ends the simulation.
	Until string `name:"until" default:"365d" placeholder:"30d" help:"When to end: an instant (RFC 3339), or how long after the customer's last event."`
	// JSON prints lines of JSON.
	JSON bool `name:"json" help:"Print one JSON object for each line."`
	// Mails is the folder for the mails.
	Mails string `name:"mails" type:"path" placeholder:"DIR" help:"Write the mails into this folder, as HTML and as text."`
	// ShowMails prints the mails.
	ShowMails bool `name:"show-mails" help:"Show the text of each mail below its line."`
}

// Run implements the command.
func (c *Simulate) Run(streams Streams) error {
	published, err := readMap(c.Map)
	if err != nil {
		return err
	}
	file, err := openEvents(c.Events, streams.Err, nil)
	if err != nil {
		return err
	}
	userID, events, err := c.choose(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	until, err := instantFrom("--until", c.Until, events[len(events)-1].ReceivedAt, 1)
	if err != nil {
		return err
	}
	t := &timeline{published: published, log: streams.Err}
	if c.Mails != "" {
		t.folder = filepath.Clean(c.Mails)
	}
	if err := t.play(userID, before(events, until), until); err != nil {
		return err
	}
	if c.JSON {
		return t.writeJSON(streams.Out, c.ShowMails)
	}
	return t.writeText(streams.Out, c.ShowMails)
}

// mostNamed is how many customers of a file are named as a help.
const mostNamed = 5

// choose returns the customer and all of their events.
func (c *Simulate) choose(file *eventfile.File) (string, []journey.Event, error) {
	place := 0
	switch n := len(file.Customers); {
	case n == 0:
		return "", nil, fmt.Errorf("%s: no event has a userId, so there is no customer", c.Events)
	case c.Customer != "":
		found := false
		if place, found = file.Find(c.Customer); !found {
			return "", nil, fmt.Errorf("%s: there is no customer %q (there are: %s)", c.Events, c.Customer, firstOf(file.Customers))
		}
	case n > 1:
		return "", nil, fmt.Errorf("%s: has %d customers; choose one with --customer (there are: %s)", c.Events, n, firstOf(file.Customers))
	}
	events, err := file.Read(place)
	return file.Customers[place], events, err
}

func firstOf(names []string) string {
	if len(names) > mostNamed {
		return strings.Join(names[:mostNamed], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}

// before returns the events that were received up to an instant.
func before(events []journey.Event, end time.Time) []journey.Event {
	for i := range events {
		if events[i].ReceivedAt.After(end) {
			return events[:i]
		}
	}
	return events
}

// play plays the customer and keeps what happens.
func (t *timeline) play(userID string, events []journey.Event, until time.Time) error {
	c := simulate.New(simulate.Options{
		Map: t.published.Map, CustomerID: userID, HandOver: t.handOver, Seen: t.see,
	})
	err := errors.Join(c.Replay(events), c.Finish(until))
	if err = errors.Join(err, t.fault); err != nil {
		return err
	}
	t.end(userID, c)
	return nil
}

// nowhere is where the links of a mail lead that is not sent.
var nowhere = activities.Links{
	Answer:      func(messageID string) string { return "https://example.com/a/" + messageID },
	Preferences: func(h activities.Handover) string { return "https://example.com/u/" + h.Message.ID },
	Confirm:     func(messageID string) string { return "https://example.com/c/" + messageID },
}

// handOver renders a message as it would be sent. One that cannot be rendered is not sent.
func (t *timeline) handOver(d simulate.Delivery) journey.Reason {
	mail, err := activities.Compose(t.published, activities.Handover{Message: d.Message, Facts: d.State.Facts, Run: d.Run}, nowhere)
	if err != nil {
		fmt.Fprintf(t.log, "%s: %v\n", d.At.Format(time.RFC3339), err)
		return journey.ReasonTemplate
	}
	t.mail = mail
	if t.folder != "" && t.fault == nil {
		t.mails++
		t.fault = writeMail(t.folder, t.mails, d.Message.Template, mail)
	}
	return ""
}
