package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	shopkit "klantreis/internal/shop"
	"klantreis/internal/shop/shopify"
	"klantreis/internal/store"
	"klantreis/journey"
)

// connection is one shop that is connected.
type connection struct {
	name, kind string
	adapter    shopkit.Adapter
	// walks is false when the shop cannot be asked what changed.
	walks bool
	// since is when it was first connected. What happened before is history, which starts nothing.
	since time.Time
}

// shops takes what shops tell.
type shops struct {
	connections map[string]*connection
	record      *store.Store
	maps        *Maps
	clock       journey.Clock
	now         func() time.Time
	woken       func()
	log         *slog.Logger
	counted     *prometheus.CounterVec
	sleep       func(ctx context.Context, d time.Duration) error
	// eraser erases whom a shop asks to have erased.
	eraser customerEraser
}

func newShops(a *App, woken func()) *shops {
	return &shops{
		connections: map[string]*connection{}, record: a.record, maps: a.maps, now: a.Now, woken: woken, log: a.Log,
		sleep: sleep, eraser: &Erasures{record: a.record, now: a.Now},
		counted: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "klantreis_shop_deliveries_total",
			Help: "Webhooks of shops by connection and what came of them: stored, unsigned, malformed or failed.",
		}, []string{"connection", "result"}),
	}
}

// setShops makes the adapters of the shops that the configuration names.
func (a *App) setShops(context.Context) error {
	a.shops = newShops(a, a.bus.Woken)
	if !a.Roles.API {
		return nil
	}
	if c := a.cfg.Woo; c.On() {
		if err := a.shops.add(a.wooCommerce(c)); err != nil {
			return err
		}
	}
	if c := a.cfg.Shopify; c.On() {
		adapter := shopify.New(shopify.Options{
			Connection: c.Name, URL: c.URL, Version: c.Version, Now: a.Now,
			Secrets: []string{string(c.Secret), string(c.FormerSecret)}, Token: string(c.Token), ClientID: c.ClientID,
		})
		if err := a.shops.add(&connection{name: c.Name, kind: shopify.Kind, adapter: adapter, walks: c.CanAsk()}); err != nil {
			return err
		}
	}
	return nil
}

// add connects a shop. No two may have one name.
func (s *shops) add(c *connection) error {
	if s.connections[c.name] != nil {
		return fmt.Errorf("two shops are connected by the name %s: give one another name", c.name)
	}
	s.connections[c.name] = c
	return nil
}

// connectShops makes the connections known to the record.
func (a *App) connectShops(ctx context.Context) error {
	a.shops.clock = a.clock
	for _, c := range a.shops.connections {
		if err := a.record.ConnectShop(ctx, c.name, c.kind); err != nil {
			return err
		}
	}
	known, err := a.record.ShopConnections(ctx)
	for _, one := range known {
		if c := a.shops.connections[one.Name]; c != nil {
			c.since = one.Since
		}
	}
	return err
}

// observe stores what a shop told. Customers whom it says are one person are merged before the events are stored, as for
// any events: should the process die between, the shop tells it again, and it is carried out again.
func (s *shops) observe(ctx context.Context, c *connection, changes []shopkit.Change) error {
	if len(changes) == 0 {
		return nil
	}
	foreseen, err := s.record.ForeseeShop(ctx, c.name, changes)
	if err != nil {
		return err
	}
	m := merger{record: s.record, maps: s.maps, woken: s.woken}
	if slices.ContainsFunc(foreseen, func(e journey.Event) bool { return e.Type == journey.TypeAlias }) {
		if err := m.aliasesFirst(ctx, foreseen); err != nil {
			s.log.WarnContext(ctx, "merge customers; trying again after their events are stored", "error", err)
		}
	}
	stamp := func(events []journey.Event) []journey.Event { return s.stamp(c, events) }
	err = judge(ctx, s.maps, s.log, func(version int64, interest func(journey.Event) journey.Interest) error {
		_, err := s.record.ObserveShop(ctx, c.name, changes, stamp, version, interest)
		return err
	})
	if err != nil {
		return err
	}
	s.woken()
	return m.aliases(ctx, foreseen, storeWithin)
}

// stamp gives events their receipt, and their instants in journey time. What happened before the shop was connected is
// history.
func (s *shops) stamp(c *connection, events []journey.Event) []journey.Event {
	real := s.now().UTC().Truncate(time.Microsecond)
	received := s.clock.Journey(real)
	stamped := slices.Clone(events)
	for i := range stamped {
		e := &stamped[i]
		at, since, limit := e.Timestamp.UTC(), c.since, real
		if s.clock.Started {
			since, limit = s.clock.Journey(c.since), received
		}
		if at.IsZero() || at.After(limit) {
			at = limit
		}
		e.Imported = at.Before(since)
		e.Age = limit.Sub(at)
		if !s.clock.Started {
			at = s.clock.Journey(at)
		}
		e.Timestamp, e.ReceivedAt = at, received
		if e.Timestamp.After(received) {
			e.Timestamp = received
		}
	}
	return stamped
}

// book holds how far the walks through the shops have come, in the record.
type book struct{ record *store.Store }

// Lease implements shopkit.Book.
func (b book) Lease(ctx context.Context, name, holder string, within time.Duration) (shopkit.Lease, bool, error) {
	c, ok, err := b.record.LeaseShop(ctx, name, holder, within)
	return shopkit.Lease{Place: c.Place, Since: c.Since, Ended: c.ReconciledAt}, ok, err
}

// Came implements shopkit.Book.
func (b book) Came(ctx context.Context, name, holder string, page shopkit.Page, within time.Duration) (bool, error) {
	return b.record.ShopCame(ctx, name, holder, page, within)
}

// Free implements shopkit.Book.
func (b book) Free(ctx context.Context, name, holder string) error {
	return b.record.FreeShop(ctx, name, holder)
}

// Failed implements shopkit.Book.
func (b book) Failed(ctx context.Context, name, message string) error {
	return b.record.ShopFailed(ctx, name, message)
}

// walker returns what asks a shop what changed.
func (s *shops) walker(c *connection) *shopkit.Walker {
	return &shopkit.Walker{
		Connection: c.name, Adapter: c.adapter, Book: book{s.record}, Holder: rand.Text(), Now: s.now, Sleep: s.sleep, Log: s.log,
		Observe: func(ctx context.Context, changes []shopkit.Change) error {
			ctx, cancel := context.WithTimeout(ctx, storeWithin)
			defer cancel()
			return s.observe(ctx, c, changes)
		},
	}
}

// walkShops asks every shop every hour what changed, and gives on what they tell of products.
func (a *App) walkShops(ctx context.Context, group interface{ Go(func() error) }) {
	if len(a.shops.connections) > 0 {
		group.Go(func() error { return a.shops.spreadNews(ctx) })
	}
	// A shop may ask for it long after it was connected.
	group.Go(func() error { return a.shops.carryOut(ctx) })
	for _, c := range a.shops.connections {
		if c.walks {
			group.Go(func() error { a.shops.walker(c).Run(ctx); return nil })
		}
	}
}

// sleep waits, or returns early with an error when ctx is done.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
