package app

import (
	"context"
	"math"
	"slices"
	"time"

	"klantreis/api"
	"klantreis/internal/store"
	"klantreis/journey"
)

// customers reads customers' cards from the record.
type customers struct {
	record *store.Store
	maps   *Maps
	clock  journey.Clock
}

// Customer implements api.Customers.
func (c customers) Customer(ctx context.Context, userID string) (api.Customer, bool, error) {
	customer, found, err := c.record.CustomerByUserID(ctx, userID)
	if err != nil || !found {
		return api.Customer{}, found, err
	}
	state := customer.State
	messages, err := c.record.Messages(ctx, state.CustomerID)
	if err != nil {
		return api.Customer{}, false, err
	}
	card := api.Customer{UserID: customer.UserID, Phase: state.Phase, PhaseSince: state.PhaseSince, Facts: state.Facts}
	for _, r := range state.Runs {
		if r.Status == journey.RunActive {
			card.Runs = append(card.Runs, api.Run{
				ID: r.ID, Touchpoint: r.Touchpoint, Key: r.Key, StartedAt: r.StartedAt, Step: r.Step, EnteredAt: r.EnteredAt, Due: r.Due,
			})
		}
	}
	for _, m := range slices.Backward(messages) {
		card.Messages = append(card.Messages, api.Message{
			ID: m.ID, RunID: m.RunID, Touchpoint: m.Touchpoint, Step: m.Step, Kind: m.Kind, Template: m.Template, Persona: m.Persona,
			Channel: m.Channel, Class: m.Class, PlannedAt: m.PlannedAt, Sent: accepted(m.Reason), SettledAt: m.SettledAt, Reason: m.Reason,
			Delivery: c.delivery(&m),
		})
	}
	if card.Suppression, err = c.suppression(ctx, state.Facts.Email(), customer.UserID); err != nil {
		return api.Customer{}, false, err
	}
	err = c.addWork(ctx, state.CustomerID, &card)
	return card, true, err
}

// accepted tells whether a message that ended for a reason is with its receiver.
func accepted(r journey.Reason) bool {
	return r == journey.ReasonSent || r == journey.ReasonResent || r == journey.ReasonCalled
}

// addWork adds to a card what there is to do and what the messages were for.
func (c customers) addWork(ctx context.Context, customerID string, card *api.Customer) error {
	tasks, err := c.record.OpenTasks(ctx, customerID)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		card.Tasks = append(card.Tasks, api.Task{
			ID: t.ID, RunID: t.RunID, Touchpoint: t.Touchpoint, Step: t.Step, Title: t.Task.Title, Note: t.Task.Note,
			Priority: t.Task.Urgency, Owner: t.Task.Owner, CreatedAt: t.CreatedAt, Due: t.Due,
		})
	}
	exposures, err := c.record.Exposures(ctx, customerID)
	for _, x := range slices.Backward(exposures) {
		card.Exposures = append(card.Exposures, api.Exposure{
			RunID: x.RunID, Touchpoint: x.Touchpoint, Key: x.Key, Arm: x.Arm, Variant: x.Variant, At: x.At, Until: x.Until,
			ReachedAt: x.ReachedAt, Value: x.Value,
		})
	}
	return err
}

// Decisions implements api.Customers.
func (c customers) Decisions(ctx context.Context, userID string, f api.DecisionFilter) ([]api.Decision, bool, error) {
	customer, found, err := c.record.CustomerByUserID(ctx, userID)
	if err != nil || !found {
		return nil, found, err
	}
	before := f.Before
	if before == 0 {
		before = math.MaxInt64
	}
	decisions, err := c.record.DecisionsBefore(ctx, before, customer.State.CustomerID, f.Touchpoint, f.Limit)
	if err != nil {
		return nil, false, err
	}
	m := liveMap(ctx, c.record, c.maps)
	loc := location(m, customer.State.Facts)
	handedOver, err := handovers(ctx, c.record, m, loc, decisions)
	if err != nil {
		return nil, false, err
	}
	list := make([]api.Decision, len(decisions))
	for i, d := range decisions {
		list[i] = api.Decision{
			Seq: d.Seq, At: d.At, Kind: d.Kind, Reason: d.Reason, Words: d.Words(m, loc), Phase: d.Phase, Touchpoint: d.Touchpoint,
			RunID: d.RunID, Step: d.Step, MessageID: d.MessageID, EventSeq: d.EventSeq, Detail: d.Detail,
		}
		if plans(d.Decision) {
			list[i].Handover = handedOver[d.MessageID]
		}
	}
	return list, true, nil
}

// liveMap returns the live map, in whose words decisions are told. Nil when it cannot be had: they can be told without.
func liveMap(ctx context.Context, record *store.Store, maps *Maps) *journey.Map {
	version, err := record.LiveVersion(ctx)
	if err != nil {
		return nil
	}
	published, err := maps.Published(ctx, version)
	if err != nil {
		return nil
	}
	return published.Map
}

// location returns a customer's time zone.
func location(m *journey.Map, facts journey.Facts) *time.Location {
	if m == nil {
		return time.UTC
	}
	return m.Location(facts)
}
