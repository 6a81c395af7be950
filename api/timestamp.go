package api

import (
	"time"

	"klantreis/journey"
)

// timeLayouts are the forms of ISO 8601 that clients send. Each also takes a fraction of a second; without an offset it
// is UTC.
var timeLayouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	time.DateOnly,
}

// parseTime reads an instant in ISO 8601.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range timeLayouts {
		// An offset can carry the first instants of the year 1 below it, where nothing can write them down.
		if t, err := time.Parse(layout, text); err == nil && t.UTC().Year() >= 0 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// receipt is the moment at which a request came, and what holds for all of its events.
type receipt struct {
	clock journey.Clock
	// real is the moment; journey is the same one in journey time.
	real, journey time.Time
	// sentAt is when the client sent the body, by its own clock. Zero when it does not say.
	sentAt time.Time
	// context goes under the context of each event, and takes so many bytes there.
	context      map[string]any
	contextBytes int
	// imported is true when the events are history: their timestamps are taken as they are.
	imported bool
}

func newReceipt(clock journey.Clock, now time.Time) receipt {
	now = now.UTC().Truncate(time.Microsecond)
	return receipt{clock: clock, real: now, journey: clock.Journey(now)}
}

// stamps are the instants that a client gives an event; each is zero when absent.
type stamps struct {
	timestamp, original, sentAt time.Time
}

// stamp returns when an event happened, in journey time and never after its receipt, and how old it was at receipt.
func (r *receipt) stamp(s stamps) (at time.Time, age time.Duration) {
	if r.clock.Started {
		at = earlier(firstTime(s.timestamp, s.original, r.journey), r.journey)
		return at, r.journey.Sub(at)
	}
	real := earlier(r.correct(s), r.real)
	return earlier(r.clock.Journey(real), r.journey), r.real.Sub(real)
}

// correct takes the error of the client's clock out of a real instant: what the client measures well is how long before
// sending the event happened.
func (r *receipt) correct(s stamps) time.Time {
	if r.imported {
		return firstTime(s.timestamp, s.original, r.real)
	}
	original := firstTime(s.original, s.timestamp)
	sentAt := firstTime(s.sentAt, r.sentAt)
	if !original.IsZero() && !sentAt.IsZero() {
		return r.real.Add(-sentAt.Sub(original))
	}
	return firstTime(s.timestamp, s.original, r.real)
}

// firstTime returns the first instant that is not zero.
func firstTime(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
