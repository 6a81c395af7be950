package app

import (
	"context"
	"time"

	"klantreis/internal/store"
	"klantreis/journey"
)

// Unsubscribe implements api.Preferences. It is the customer who objects, by an event like any other, and the address that
// is suppressed: others may have the same one, the customer may have been erased, and come back under another id.
//
// A mail that was claimed before may still be on its way to the provider. It answers only when there is none any more.
func (p *preferences) Unsubscribe(ctx context.Context, token, source string) (bool, error) {
	r, found, err := p.read(ctx, token)
	if err != nil || !found {
		return false, err
	}
	choice := store.Choice{Unsubscribe: r.addressHash, CustomerID: r.State.CustomerID}
	if r.known && !r.objected() {
		choice.Events = []journey.Event{p.statement(&r, journey.ConsentWithdrawn, map[string]any{"source": source})}
	}
	if len(choice.Events) > 0 || r.address == "" {
		if err := p.keep.choose(ctx, choice); err != nil {
			return false, err
		}
	}
	return true, p.keep.handedOver(ctx, r.State.CustomerID)
}

// statement is what a reader says about messages, as an event. It never lies before what they said last, whatever clock that
// was stamped by.
func (p *preferences) statement(r *reading, name string, properties map[string]any) journey.Event {
	properties["message_id"] = r.messageID
	event := p.keep.event(r.UserID, name, properties)
	event.Timestamp = afterConsents(event.Timestamp, r.facts)
	event.ReceivedAt = event.Timestamp
	return event
}

// Subscribe implements api.Preferences. Who holds the link reads that mailbox, so it is a confirmed consent. It also ends an
// objection to everything, since the person themselves takes it back.
func (p *preferences) Subscribe(ctx context.Context, token string) (bool, error) {
	r, found, err := p.read(ctx, token)
	if err != nil || !found || !r.known {
		return found, err
	}
	event := p.statement(&r, journey.ConsentGiven, map[string]any{"source": "preference-page", "confirmed": true})
	// Of two statements at one instant the objection counts.
	event.Timestamp = event.Timestamp.Add(time.Microsecond)
	event.ReceivedAt = event.Timestamp
	return true, p.keep.choose(ctx, store.Choice{Events: []journey.Event{event}, Readmit: r.addressHash, Relent: r.UserID})
}
