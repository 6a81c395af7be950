package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"time"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/store"
	"klantreis/journey"
)

// consents reads the ledger, and takes what the shop's people note for a customer.
type consents struct {
	record *store.Store
	keep   chooser
}

// Consents implements api.Consents.
func (c consents) Consents(ctx context.Context, userID string, before int64, limit int) ([]api.Consent, bool, error) {
	customer, found, err := c.record.CustomerByUserID(ctx, userID)
	if err != nil || !found {
		return nil, found, err
	}
	said, err := c.record.Consents(ctx, customer.State.CustomerID, before, limit)
	if err != nil {
		return nil, false, err
	}
	list := make([]api.Consent, len(said))
	for i, one := range said {
		list[i] = api.Consent{
			Seq: one.Seq, Class: one.Class, Topic: one.Topic, Channel: one.Channel, Given: one.Given, Confirmed: one.Confirmed,
			SaidAt: one.SaidAt, RecordedAt: one.RecordedAt, Source: one.Source, TextVersion: one.TextVersion, Locale: one.Locale,
			Proof: json.RawMessage(one.Proof), MessageID: one.MessageID,
		}
	}
	return list, true, nil
}

// Object implements api.Consents. An objection is also a statement about all classes, which the ledger keeps. That it was
// lifted is no consent: it only lets what the customer says otherwise count again. A mail that was claimed before an objection
// may still be on its way to the provider: it answers only when there is none any more.
func (c consents) Object(ctx context.Context, by access.Actor, userID string, lift bool) error {
	customer, found, err := c.record.CustomerByUserID(ctx, userID)
	if err != nil {
		return err
	}
	if !found {
		return api.ErrNoCustomer
	}
	if lift {
		return c.keep.choose(ctx, store.Choice{By: by, CustomerID: customer.State.CustomerID, Relent: customer.UserID})
	}
	event := c.keep.event(customer.UserID, journey.ConsentWithdrawn, map[string]any{"source": "objection"})
	event.Timestamp = afterConsents(event.Timestamp, customer.State.Facts)
	event.ReceivedAt = event.Timestamp
	err = c.keep.choose(ctx, store.Choice{
		By: by, CustomerID: customer.State.CustomerID, Object: customer.UserID, Events: []journey.Event{event},
	})
	if err != nil {
		return err
	}
	return c.keep.handedOver(ctx, customer.State.CustomerID)
}

// afterConsents returns an instant that does not lie before what a customer said, so that an objection of now counts even
// when the clock of the process that took their consent is ahead of ours.
func afterConsents(at time.Time, f journey.Facts) time.Time {
	for _, said := range f.Consents {
		if said.At.After(at) {
			at = said.At
		}
	}
	return at
}

// chooser stores what a customer chose.
type chooser struct {
	record *store.Store
	maps   *Maps
	clock  journey.Clock
	now    func() time.Time
	judge  func(ctx context.Context, keep keepFunc) error
	woken  func()
	// settle is how often it is looked whether a mail under way is settled, and handover how long it may be under way.
	settle, handover time.Duration
}

// choose stores a choice.
func (c chooser) choose(ctx context.Context, choice store.Choice) error {
	err := c.judge(ctx, func(version int64, interest func(journey.Event) journey.Interest) error {
		return c.record.Choose(ctx, choice, version, interest)
	})
	if err == nil {
		c.woken()
	}
	return err
}

// event makes an event of now.
func (c chooser) event(userID, name string, properties map[string]any) journey.Event {
	at := c.clock.Journey(c.now())
	return journey.Event{
		MessageID: "choice/" + rand.Text(), Type: journey.TypeTrack, Name: name, UserID: userID, Timestamp: at, ReceivedAt: at,
		Properties: properties,
	}
}

// chooser returns what stores the choices of customers.
func (a *App) chooser() chooser {
	return chooser{
		record: a.record, maps: a.maps, clock: a.clock, now: a.Now, woken: a.bus.Woken, settle: settleLook, handover: handoverLasts,
		judge: func(ctx context.Context, keep keepFunc) error { return judge(ctx, a.maps, a.Log, keep) },
	}
}

// Object notes, for who gives a command, that a customer of the record objected to everything, or lifts that. It answers ErrNoCustomer
// when the record does not know them.
func Object(ctx context.Context, cfg config.Record, now func() time.Time, by access.Actor, userID string, lift bool) error {
	record, err := store.Open(ctx, string(cfg.Database), now)
	if err != nil {
		return err
	}
	err = record.CheckSchema(ctx)
	if err == nil {
		err = object(ctx, record, now, by, userID, lift)
	}
	return errors.Join(err, record.Close())
}

func object(ctx context.Context, record *store.Store, now func() time.Time, by access.Actor, userID string, lift bool) error {
	keep, err := commandChooser(ctx, record, now)
	if err != nil {
		return err
	}
	err = consents{record: record, keep: keep}.Object(ctx, by, userID, lift)
	if errors.Is(err, api.ErrNoCustomer) {
		return ErrNoCustomer
	}
	return err
}

// commandChooser stores the choices that come by a command. Dispatchers look by themselves.
func commandChooser(ctx context.Context, record *store.Store, now func() time.Time) (chooser, error) {
	clock, err := record.JourneyClock(ctx)
	if err != nil {
		return chooser{}, err
	}
	return chooser{
		record: record, maps: newMaps(record), clock: clock, now: now, woken: func() {}, settle: settleLook, handover: handoverLasts,
		judge: func(_ context.Context, keep keepFunc) error { return keep(store.AnyVersion, wakesAlways) },
	}, nil
}
