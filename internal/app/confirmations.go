package app

import (
	"context"
	"strings"
	"time"

	"klantreis/activities"
	"klantreis/api"
	"klantreis/internal/link"
	"klantreis/internal/store"
	"klantreis/journey"
)

// confirmFor is how long after its mail a consent can be confirmed, in journey time.
const confirmFor = 30 * 24 * time.Hour

// confirmationLinks makes and reads the tokens with which a consent is confirmed.
func (a *App) confirmationLinks() link.Signer { return a.signer("confirm") }

// confirmationID is the MessageID of the event that confirms what a message asked for.
func confirmationID(messageID string) string { return "confirm/" + messageID }

// requested returns the message to which a token leads, and whether it was answered before.
func (p *preferences) requested(ctx context.Context, token string) (h activities.Handover, done, found bool, err error) {
	messageID, ok := p.confirmations.ID(token)
	if !ok {
		return h, false, false, nil
	}
	h, found, err = p.record.Planned(ctx, messageID)
	if err != nil || !found || h.Run.Trigger.Name != journey.ConsentRequested {
		return h, false, false, err
	}
	id := confirmationID(messageID)
	known, err := p.record.KnownConsents(ctx, []string{id})
	if err != nil {
		return h, false, false, err
	}
	tooOld := p.clock.Journey(p.now()).After(h.Message.PlannedAt.Add(confirmFor))
	return h, known[id], known[id] || !tooOld, nil
}

// Confirmation implements api.Preferences.
func (p *preferences) Confirmation(ctx context.Context, token string) (api.Confirmation, bool, error) {
	h, done, found, err := p.requested(ctx, token)
	if err != nil || !found {
		return api.Confirmation{}, false, err
	}
	m, err := p.live(ctx)
	if err != nil {
		return api.Confirmation{}, false, err
	}
	c := api.Confirmation{Done: done, Locale: h.Facts.Locale}
	if m == nil {
		return c, true, nil
	}
	c.Shop, c.Locale = m.Shop.Name, pageLocale(h.Facts.Locale, m.Locale)
	for _, said := range consenting(h.Run.Trigger).Statements() {
		for _, t := range m.Topics {
			if t.ID == said.Topic {
				c.Topics = append(c.Topics, titles(t))
			}
		}
	}
	return c, true, nil
}

// consenting is what a request asks for, as if it were said.
func consenting(request journey.Event) journey.Event {
	return journey.Event{Type: journey.TypeTrack, Name: journey.ConsentGiven, Properties: request.Properties}
}

// Confirm implements api.Preferences. The ledger knows for good what was confirmed, so that a link that is followed again
// much later takes no objection back.
func (p *preferences) Confirm(ctx context.Context, token string) (bool, error) {
	h, done, found, err := p.requested(ctx, token)
	if err != nil || !found || done {
		return found, err
	}
	properties := map[string]any{
		"source": "double-opt-in", "confirmed": true, "message_id": h.Message.ID,
		"proof": map[string]any{"request": h.Run.Trigger.MessageID, "requested_at": h.Run.Trigger.Timestamp.Format(time.RFC3339)},
	}
	for name, value := range h.Run.Trigger.Properties {
		if strings.HasPrefix(name, "class") || strings.HasPrefix(name, "topic") || name == "text_version" || name == "locale" || name == "channel" {
			properties[name] = value
		}
	}
	event := p.keep.event(h.UserID, journey.ConsentGiven, properties)
	event.MessageID = confirmationID(h.Message.ID)
	event.Timestamp = afterConsents(event.Timestamp, h.Facts.Told(h.Unconsumed)).Add(time.Microsecond)
	event.ReceivedAt = event.Timestamp
	return true, p.keep.choose(ctx, store.Choice{Events: []journey.Event{event}, Readmit: h.AddressHash})
}
