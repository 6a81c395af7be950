package store

import (
	"context"
	"fmt"
	"time"

	"klantreis/internal/shop"
)

// ShopConnection is how a connection to a shop fares. Instants are real; zero when that did not happen.
type ShopConnection struct {
	// Name is the name of the connection, and Kind the shop system.
	Name, Kind string
	// Since is when it was first there.
	Since time.Time
	// Place is where the walk through the shop goes on.
	Place string
	// DeliveredAt is when a webhook came last, to the minute.
	DeliveredAt time.Time
	// ReconciledAt is when the last walk through the shop ended.
	ReconciledAt time.Time
	// Warning says what is wrong although the shop answers.
	Warning string
	// Error is what went wrong last, and ErrorAt when. It is kept when it is over: ReconciledAt is later then.
	Error   string
	ErrorAt time.Time
}

var (
	connectShopSQL = sqlText(`INSERT INTO shop_connections (name, kind, since) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`)
	shopsSQL       = sqlText(`SELECT name, kind, since, place, delivered_at, reconciled_at, warning, error, error_at
		FROM shop_connections ORDER BY name`)
	leaseShopSQL = sqlText(`UPDATE shop_connections SET lease_holder = $2, lease_until = $4
		WHERE name = $1 AND (lease_until <= $3 OR lease_holder = $2)`)
	shopPlaceSQL = sqlText(`UPDATE shop_connections SET place = $3, lease_until = $4,
		reconciled_at = CASE WHEN CAST($5 AS BIGINT) = 0 THEN reconciled_at ELSE $5 END,
		warning = CASE WHEN CAST($5 AS BIGINT) = 0 THEN warning ELSE $6 END
		WHERE name = $1 AND lease_holder = $2`)
	freeShopSQL      = sqlText(`UPDATE shop_connections SET lease_until = 0 WHERE name = $1 AND lease_holder = $2`)
	shopDeliveredSQL = sqlText(`UPDATE shop_connections SET delivered_at = $2 WHERE name = $1 AND delivered_at <= $3`)
	shopFailedSQL    = sqlText(`UPDATE shop_connections SET error = $2, error_at = $3 WHERE name = $1`)
)

// ConnectShop makes a connection known. It is known since the first time.
func (s *Store) ConnectShop(ctx context.Context, name, kind string) error {
	return s.changeShop(ctx, "connect", name, connectShopSQL, kind, micros(s.now()))
}

// ShopConnections returns all connections that were ever known, by name.
func (s *Store) ShopConnections(ctx context.Context) (list []ShopConnection, err error) {
	err = s.read(ctx, func(ctx context.Context, t tx) (err error) {
		list, err = all(ctx, t, scanShopConnection, shopsSQL)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read connections: %w", err)
	}
	return list, nil
}

func scanShopConnection(row scanner) (ShopConnection, error) {
	var c ShopConnection
	var since, delivered, reconciled, failed int64
	err := row.Scan(&c.Name, &c.Kind, &since, &c.Place, &delivered, &reconciled, &c.Warning, &c.Error, &failed)
	for _, at := range []struct {
		into *time.Time
		from int64
	}{{&c.Since, since}, {&c.DeliveredAt, delivered}, {&c.ReconciledAt, reconciled}, {&c.ErrorAt, failed}} {
		if at.from != 0 {
			*at.into = instant(at.from)
		}
	}
	return c, err
}

// LeaseShop gives the walk through a shop to a holder for some time, unless another one has it. It returns where it goes on.
func (s *Store) LeaseShop(ctx context.Context, name, holder string, within time.Duration) (c ShopConnection, leased bool, err error) {
	err = s.write(ctx, func(ctx context.Context, t tx) error {
		now := s.now()
		n, err := t.exec(ctx, leaseShopSQL, name, holder, micros(now), micros(now.Add(within)))
		if leased = n > 0; err != nil || !leased {
			return err
		}
		list, err := all(ctx, t, scanShopConnection, shopsSQL)
		for _, one := range list {
			if one.Name == name {
				c = one
			}
		}
		return err
	})
	if err != nil {
		return ShopConnection{}, false, fmt.Errorf("lease %s: %w", name, err)
	}
	return c, leased, nil
}

// ShopCame notes how far the walk through a shop has come, and holds the lease for longer. At the end of the walk it notes
// the warning too. It answers false when somebody else has the lease by now.
func (s *Store) ShopCame(ctx context.Context, name, holder string, page shop.Page, within time.Duration) (held bool, err error) {
	err = s.write(ctx, func(ctx context.Context, t tx) error {
		now, ended := s.now(), int64(0)
		if page.Done {
			ended = micros(now)
		}
		n, err := t.exec(ctx, shopPlaceSQL, name, holder, storableText(page.Cursor), micros(now.Add(within)), ended, storableText(page.Warning))
		held = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("note how far %s has come: %w", name, err)
	}
	return held, nil
}

// FreeShop gives a lease back.
func (s *Store) FreeShop(ctx context.Context, name, holder string) error {
	return s.changeShop(ctx, "free", name, freeShopSQL, holder)
}

// shopDeliveredEvery is how often it is noted that webhooks come: not for each, because all would wait for one row.
const shopDeliveredEvery = time.Minute

// ShopDelivered notes that a webhook came.
func (s *Store) ShopDelivered(ctx context.Context, name string) error {
	now := s.now()
	return s.changeShop(ctx, "note a delivery of", name, shopDeliveredSQL, micros(now), micros(now.Add(-shopDeliveredEvery)))
}

// ShopFailed notes what went wrong with a connection.
func (s *Store) ShopFailed(ctx context.Context, name, message string) error {
	return s.changeShop(ctx, "note an error of", name, shopFailedSQL, storableText(message), micros(s.now()))
}

func (s *Store) changeShop(ctx context.Context, what, name string, q statement, args ...any) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		_, err := t.exec(ctx, q, append([]any{name}, args...)...)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", what, name, err)
	}
	return nil
}
