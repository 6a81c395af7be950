// Package simulate plays one customer through a journey map in virtual time: events arrive in their order, waits end and
// messages are handed over the moment they fall due, and every decision is taken by the map itself.
//
// It stands for everything that surrounds Decide in production: the record, the timer and the provider. It must not do
// any I/O nor look at a clock.
package simulate

import (
	"fmt"
	"time"

	"klantreis/journey"
)

// Options say who is simulated, and under which map. Map and CustomerID are required.
type Options struct {
	// Map decides. It may be shared by any number of customers.
	Map *journey.Map
	// CustomerID is the customer's id. Holdouts depend on it.
	CustomerID string
	// Rhythm is how often the shop's customers order. The zero Rhythm is the default.
	Rhythm journey.Rhythm
	// HandOver is asked for every message that is about to be handed over, and answers why the provider refuses it, or ""
	// to accept it. When nil every message is accepted.
	HandOver func(Delivery) journey.Reason
	// Seen is told everything that becomes visible, in order. May be nil.
	Seen func(Entry)
}

// Delivery is a message in the moment of its handover. It is valid during the call only.
type Delivery struct {
	// Message is what was planned.
	Message journey.Message
	// At is the instant of the handover.
	At time.Time
	// State is the customer then.
	State journey.State
	// Run is the run that planned the message, with its trigger.
	Run journey.Run
}

// Customer is one customer in virtual time. New makes one. It is not safe for concurrent use.
type Customer struct {
	Options
	state journey.State // its runs are those under way, its exposures those that are open
	now   time.Time
	next  time.Time // the next due instant; zero when nothing waits for time
	seq   int64     // of the last event that arrived

	unseen  []journey.Event            // arrived, and not consumed by a decision yet
	past    map[string][]journey.Event // consumed, by name, in order of arrival
	last    map[runKey]journey.Run     // the newest run that ended
	started map[string]time.Time       // when the newest run of each touchpoint began
	open    []journey.Message          // planned, and not handed over yet
}

// mapVersion is the version that runs note: a simulation has one map from beginning to end.
const mapVersion = 1

// New returns a customer of whom nothing is known yet.
func New(o Options) *Customer {
	return &Customer{
		Options: o,
		state:   journey.State{CustomerID: o.CustomerID},
		past:    map[string][]journey.Event{},
		last:    map[runKey]journey.Run{},
		started: map[string]time.Time{},
	}
}

// State returns what is known of the customer. Its Runs are those under way, and must not be changed.
func (c *Customer) State() journey.State { return c.state }

// Now returns the virtual instant.
func (c *Customer) Now() time.Time { return c.now }

// Next returns the next instant at which something happens of its own accord. Zero when nothing waits for time.
func (c *Customer) Next() time.Time { return c.next }

// Feed lets events arrive in the order given, each when it was received, or at its timestamp when it has no ReceivedAt.
// Events of one instant arrive together. One that was received earlier than the one before it arrives with that one.
func (c *Customer) Feed(events ...journey.Event) error {
	for len(events) > 0 {
		at, n := arrival(events[0]), 1
		for n < len(events) && !arrival(events[n]).After(at) {
			n++
		}
		if err := c.Arrive(at, events[:n]...); err != nil {
			return err
		}
		events = events[n:]
	}
	return nil
}

func arrival(e journey.Event) time.Time {
	if e.ReceivedAt.IsZero() {
		return e.Timestamp
	}
	return e.ReceivedAt
}

// Arrive lets events arrive together at an instant, after everything that falls due before it. What falls due at that
// very instant sees them. An instant that has passed already means now. Events without a Seq are given the next one.
//
// As in production, events that cannot change anything are only stored, and are read by the next decision.
func (c *Customer) Arrive(at time.Time, events ...journey.Event) error {
	if at.Before(c.now) {
		at = c.now
	}
	if err := c.fallBefore(at); err != nil {
		return err
	}
	c.now = at
	wakes, newcomer := false, c.seq == 0
	for i := range events {
		c.store(events[i])
		in := c.Map.Interest(events[i])
		wakes = wakes || in.Wakes || in.Newcomer && newcomer
	}
	if !wakes {
		return nil
	}
	return c.decide()
}

// store keeps an event for the next decision, in order of arrival. Nothing is from the future.
func (c *Customer) store(e journey.Event) {
	if e.Seq == 0 {
		e.Seq = c.seq + 1
	}
	c.seq = max(c.seq, e.Seq)
	if e.ReceivedAt.IsZero() {
		e.ReceivedAt = c.now
	}
	if e.Timestamp.After(e.ReceivedAt) {
		e.Timestamp = e.ReceivedAt
	}
	c.unseen = append(c.unseen, e)
}

// RunUntil lets time pass, up to and including an instant.
func (c *Customer) RunUntil(end time.Time) error {
	if err := c.fallBefore(end.Add(1)); err != nil {
		return err
	}
	if end.After(c.now) {
		c.now = end
	}
	return nil
}

// Finish is RunUntil, and then reads the events that no decision has seen yet, because they could change nothing: contacts
// that are only counted are among them.
func (c *Customer) Finish(end time.Time) error {
	if err := c.RunUntil(end); err != nil || len(c.unseen) == 0 {
		return err
	}
	return c.decide()
}

// fallBefore handles what falls due before an instant, each thing when it does.
func (c *Customer) fallBefore(end time.Time) error {
	for !c.next.IsZero() && c.next.Before(end) {
		if c.next.After(c.now) {
			c.now = c.next
		}
		if err := c.decide(); err != nil {
			return err
		}
		if !c.next.IsZero() && !c.next.After(c.now) {
			return fmt.Errorf("simulate customer %s: woken again for %s, although nothing is left to do then",
				c.CustomerID, c.next.Format(time.RFC3339Nano))
		}
	}
	return nil
}
