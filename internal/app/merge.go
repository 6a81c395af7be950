package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"klantreis/activities"
	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/store"
	"klantreis/journey"
)

// ErrNoCustomer says that the record knows no such customer.
var ErrNoCustomer = store.ErrNotFound

// merger makes two customers one.
type merger struct {
	record *store.Store
	maps   *Maps
	woken  func()
}

// merge makes two customers one as the live map joins them, and hints that they may be woken.
func (m merger) merge(ctx context.Context, merging store.Merging) (bool, error) {
	joiner, err := m.joiner(ctx)
	if err != nil {
		return false, err
	}
	merged, err := m.record.Merge(ctx, merging, joiner)
	if merged {
		m.woken()
	}
	return merged, err
}

// joiner returns the live map. Before the first one, and when this program cannot use it, customers are joined without.
func (m merger) joiner(ctx context.Context) (store.Joiner, error) {
	version, err := m.record.LiveVersion(ctx)
	if err != nil {
		return nil, err
	}
	if version == 0 {
		return new(journey.Map), nil
	}
	live, err := m.maps.Published(ctx, version)
	if errors.Is(err, activities.ErrUnusable) {
		return new(journey.Map), nil
	}
	if err != nil {
		return nil, err
	}
	return live.Map, nil
}

// aliasesFirst merges what can be merged soon, before the events are stored.
func (m merger) aliasesFirst(ctx context.Context, events []journey.Event) error {
	ctx, cancel := context.WithTimeout(ctx, mergeFirstWithin)
	defer cancel()
	return m.aliases(ctx, events, mergeEachWithin)
}

// aliases merges the customers that alias events say are one person, each within some time. An alias of a device, or of an id
// that nobody has, is none of its business, and so is one about somebody who was erased since. It goes on after a failure, and
// returns the first.
func (m merger) aliases(ctx context.Context, events []journey.Event, each time.Duration) error {
	var joining []journey.Event
	for _, e := range events {
		if e.Type == journey.TypeAlias && e.UserID != "" && e.PreviousID != "" && e.UserID != e.PreviousID {
			joining = append(joining, e)
		}
	}
	if len(joining) == 0 {
		return nil
	}
	joining, err := m.record.WithoutErased(ctx, joining)
	if err != nil {
		return err
	}
	var pairs []store.Merging
	var users []string
	for _, e := range joining {
		pairs = append(pairs, store.Merging{From: e.PreviousID, Into: e.UserID, MakeInto: true})
		users = append(users, e.PreviousID, e.UserID)
	}
	known, err := m.record.CustomerIDs(ctx, users)
	if err != nil {
		return err
	}
	var first error
	for _, pair := range pairs {
		if known[pair.From] == "" || known[pair.From] == known[pair.Into] {
			continue
		}
		if err := m.mergeWithin(ctx, pair, each); err != nil && !errors.Is(err, store.ErrNotFound) && first == nil {
			first = fmt.Errorf("alias: %w", err)
		}
	}
	return first
}

func (m merger) mergeWithin(ctx context.Context, pair store.Merging, each time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, each)
	defer cancel()
	_, err := m.merge(ctx, pair)
	return err
}

// Merge implements api.Merger.
func (m merger) Merge(ctx context.Context, by access.Actor, fromUserID, intoUserID string) (bool, error) {
	merged, err := m.merge(ctx, store.Merging{From: fromUserID, Into: intoUserID, By: by})
	if errors.Is(err, store.ErrNotFound) {
		return false, api.ErrNoCustomer
	}
	return merged, err
}

// MergeCustomers makes two customers of the record one, for a command. It answers false when they are one already, and
// ErrNoCustomer when the record does not know one of them.
func MergeCustomers(ctx context.Context, cfg config.Record, now func() time.Time, by access.Actor, fromUserID, intoUserID string) (bool, error) {
	record, err := store.Open(ctx, string(cfg.Database), now)
	if err != nil {
		return false, err
	}
	merged := false
	if err = record.CheckSchema(ctx); err == nil {
		m := merger{record: record, maps: newMaps(record), woken: func() {}} // dispatchers look by themselves
		merged, err = m.merge(ctx, store.Merging{From: fromUserID, Into: intoUserID, By: by})
	}
	return merged, errors.Join(err, record.Close())
}
