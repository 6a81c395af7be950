package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"klantreis/api"
	"klantreis/internal/store"
	"klantreis/journey"
)

// Choose implements api.Preferences. Only what differs from what holds is a statement of the reader.
func (p *preferences) Choose(ctx context.Context, token string, c api.ReaderChoice) (bool, error) {
	r, found, err := p.read(ctx, token)
	if err != nil || !found || !r.known {
		return found, err
	}
	m, err := p.live(ctx)
	if err != nil {
		return false, err
	}
	events := p.topics(&r, m, c)
	if changed := p.changed(&r, c); changed != nil {
		event := p.statement(&r, journey.PreferencesChanged, changed)
		for _, last := range []time.Time{r.facts.Preferences.WeeklyAt, r.facts.Preferences.NotBeforeAt} {
			if !event.Timestamp.After(last) {
				event.Timestamp = last.Add(time.Microsecond)
				event.ReceivedAt = event.Timestamp
			}
		}
		events = append(events, event)
	}
	if c.Language != "" && !speaks(r.facts.Locale, c.Language, m) {
		identify := p.keep.event(r.UserID, journey.TypeIdentify, nil)
		identify.Type, identify.Traits = journey.TypeIdentify, map[string]any{"locale": c.Language}
		events = append(events, identify)
	}
	if len(events) == 0 {
		return true, nil
	}
	if err := p.keep.choose(ctx, store.Choice{Events: events}); err != nil {
		return false, err
	}
	return true, p.keep.handedOver(ctx, r.State.CustomerID)
}

// speaks tells whether a reader gets our pages and mails in a language already.
func speaks(locale, language string, m *journey.Map) bool {
	if m != nil {
		locale = pageLocale(locale, m.Locale)
	}
	return strings.HasPrefix(strings.ToLower(locale), language)
}

// topics are the statements about topics of the live map.
func (p *preferences) topics(r *reading, m *journey.Map, c api.ReaderChoice) []journey.Event {
	if m == nil {
		return nil
	}
	var taken, left []any
	for _, t := range m.Topics {
		wanted, shown := c.Topics[t.ID]
		before, said := r.facts.Topic(t.ID)
		switch {
		case !shown, wanted == (before || !said):
		case wanted:
			taken = append(taken, t.ID)
		default:
			left = append(left, t.ID)
		}
	}
	var events []journey.Event
	if len(left) > 0 {
		events = append(events, p.statement(r, journey.ConsentWithdrawn, map[string]any{"source": api.SourcePage, "topics": left}))
	}
	if len(taken) > 0 {
		events = append(events, p.statement(r, journey.ConsentGiven, map[string]any{"source": api.SourcePage, "topics": taken, "confirmed": true}))
	}
	for i := range events {
		for _, id := range slices.Concat(taken, left) {
			name, _ := id.(string)
			if last := r.facts.Topics[name].At; !events[i].Timestamp.After(last) {
				events[i].Timestamp = last.Add(time.Microsecond)
			}
		}
		events[i].ReceivedAt = events[i].Timestamp
	}
	return events
}

// changed are the properties of a Preferences Changed. Nil when nothing changes.
func (p *preferences) changed(r *reading, c api.ReaderChoice) map[string]any {
	changed := map[string]any{}
	if c.Weekly != r.facts.Preferences.Weekly {
		changed["frequency"] = journey.FrequencyNormal
		if c.Weekly {
			changed["frequency"] = journey.FrequencyWeekly
		}
	}
	switch now := p.clock.Journey(p.now()); {
	case c.NotNow:
		changed["not_before"] = now.Add(notNowFor).UTC().Format(time.RFC3339)
	case c.Now && r.facts.Preferences.NotBefore.After(now):
		changed["not_before"] = ""
	}
	if len(changed) == 0 {
		return nil
	}
	changed["source"] = api.SourcePage
	return changed
}
