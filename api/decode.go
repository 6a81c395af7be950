package api

import (
	"errors"

	"klantreis/journey"
)

// DecodeEvent reads an event that was not posted but stands in a file: one JSON object in Segment's form, with its type.
// Its instants are journey time. It was received at receivedAt or, without one, when it happened, which its timestamp (or
// originalTimestamp) has to say. MessageID stays empty when the event has none, and Seq is zero.
//
// What the API would refuse is an error, which names the field.
func DecodeEvent(text []byte) (journey.Event, error) {
	b, problem := parseEvent(text)
	if problem != nil {
		return journey.Event{}, problem.err()
	}
	f := &fields{values: b.fields}
	received := firstTime(f.instant("receivedAt"), f.instant("timestamp"), f.instant("originalTimestamp"))
	at := receipt{clock: journey.Clock{Started: true}, journey: received}
	event, problem := at.event(b.items[0], "")
	if problem == nil {
		problem = f.problem
	}
	if problem == nil && firstTime(f.instant("timestamp"), f.instant("originalTimestamp")).IsZero() {
		problem = &Problem{Code: codeMissing, Field: "timestamp", Message: "is required: a file does not say otherwise when it happened"}
	}
	if problem != nil {
		return journey.Event{}, problem.err()
	}
	event.MessageID = f.id("messageId", maxMessageIDCharacters)
	return event, nil
}

func (p *Problem) err() error {
	if p.Field == "" {
		return errors.New(p.Message)
	}
	return errors.New(p.Field + ": " + p.Message)
}
