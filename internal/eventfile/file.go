// Package eventfile reads a file of events, one JSON object in Segment's form on a line, customer by customer.
//
// Of a file of any length it keeps an index only, some fifty bytes an event; the events themselves are read again when
// their customer's turn comes. The package must not know what events mean.
package eventfile

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"time"

	"klantreis/api"
	"klantreis/journey"
)

// Options are who is told while a file is opened. Both may be nil.
type Options struct {
	// Progress is told how many bytes of the file are done, now and then.
	Progress func(done int64)
	// Rejected is told of every line that cannot be used, with its number and why.
	Rejected func(line int, why string)
}

// Counts are what was found in a file.
type Counts struct {
	// Events are the events that belong to a customer.
	Events int
	// Visitors are the events of devices that never met a customer.
	Visitors int
	// Duplicates are events whose messageId was there before. They are left out, as the API does.
	Duplicates int
	// Rejected are the lines that the API would not take.
	Rejected int
}

// File is an open file of events. Close it after use. It is safe for concurrent use.
type File struct {
	Counts
	// First and Last are when the first and the last event of a customer were received.
	First, Last time.Time
	// Customers are the customers' userIds, in the order in which they were first heard of.
	Customers []string

	file    *os.File
	entries []entry
	own     [][]int32 // by customer: the places of their events among the entries, in order of arrival
}

// Open reads a file through and finds out whose the events are. An anonymousId belongs to the first userId that it meets,
// in order of arrival, with its earlier events; the previousId of an alias counts as one, unless it is a known userId.
func Open(name string, o Options) (*File, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open events: %w", err)
	}
	x, err := readIndex(file, o)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("read events: %w", err)
	}
	slices.SortStableFunc(x.entries, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	x.resolve()
	f := &File{Counts: x.counts, file: file, entries: x.entries}
	f.group(x)
	return f, nil
}

// group gathers the events of each customer.
func (f *File) group(x *index) {
	place := make([]int32, len(x.names)) // by userId: one more than the customer's place
	for i := range f.entries {
		e := &f.entries[i]
		if e.owner == 0 {
			f.Visitors++
			continue
		}
		if f.Events++; f.Events == 1 {
			f.First = instant(e.at)
		}
		f.Last = instant(e.at)
		if place[e.owner] == 0 {
			f.Customers = append(f.Customers, x.names[e.owner])
			f.own = append(f.own, nil)
			place[e.owner] = int32(len(f.own))
		}
		customer := place[e.owner] - 1
		f.own[customer] = append(f.own[customer], int32(i))
	}
}

// Read returns the events of a customer, by the place among Customers, in order of arrival. Their Seq is the order of
// arrival of the whole file. A visitor's events that became the customer's are Dormant, because their age counts until
// then.
func (f *File) Read(customer int) ([]journey.Event, error) {
	own := f.own[customer]
	events := make([]journey.Event, 0, len(own))
	var line []byte
	for _, i := range own {
		e := &f.entries[i]
		line = slices.Grow(line[:0], int(e.length))[:e.length]
		if _, err := f.file.ReadAt(line, e.offset); err != nil {
			return nil, fmt.Errorf("read event at byte %d: %w", e.offset, err)
		}
		event, err := api.DecodeEvent(line)
		if err != nil {
			return nil, fmt.Errorf("read event at byte %d again (was the file changed?): %w", e.offset, err)
		}
		event.Seq, event.Dormant = int64(i)+1, e.adopted
		events = append(events, event)
	}
	return events, nil
}

// Find returns the place of a customer among Customers.
func (f *File) Find(userID string) (place int, found bool) {
	place = slices.Index(f.Customers, userID)
	return place, place >= 0
}

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }

func instant(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
