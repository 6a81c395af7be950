package app

import (
	"context"
	"time"

	"klantreis/api"
	"klantreis/internal/store"
	"klantreis/journey"
)

// handovers finds what became of the messages that decisions planned, by message. The record of it is the only one that has
// it for all: no decision is taken about the message of a run that ended, nor about a webhook, for which no run waits.
func handovers(ctx context.Context, record *store.Store, m *journey.Map, loc *time.Location, decisions []store.Decided) (map[string]api.Handover, error) {
	var ids []string
	for _, d := range decisions {
		if plans(d.Decision) {
			ids = append(ids, d.MessageID)
		}
	}
	ends, err := record.MessageEnds(ctx, ids)
	if err != nil {
		return nil, err
	}
	found := make(map[string]api.Handover, len(ends))
	for id, end := range ends {
		found[id] = api.Handover{
			Status: end.Status, At: end.SettledAt, Reason: end.Reason, Detail: end.Detail, Words: handoverWords(end, m, loc),
		}
	}
	return found, nil
}

// plans tells whether a decision planned a message.
func plans(d journey.Decision) bool {
	return d.MessageID != "" && (d.Kind == journey.DecidedSend || d.Kind == journey.DecidedWebhook)
}

// handoverWords says what became of a message in a sentence.
func handoverWords(end store.MessageEnd, m *journey.Map, loc *time.Location) string {
	detail := map[string]any{}
	if end.Reason == journey.ReasonSuppressed && end.Detail != "" {
		detail["suppressed"] = end.Detail
	}
	why := journey.Decision{Reason: end.Reason, Detail: detail}.Why(m, loc)
	switch {
	case end.Reason == "":
		return "Not handed over yet."
	case end.Sent():
		return "Handed over: " + why + "."
	case end.Reason == journey.ReasonUnknown:
		return "Perhaps handed over: " + why + "."
	}
	return "Not handed over: " + why + "."
}
