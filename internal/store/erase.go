package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"klantreis/internal/access"
	"klantreis/journey"
)

// An erasure removes a customer from the record in one transaction, under the locks of everybody who could store something
// about them meanwhile: from its commit on there is nobody whom a decision could be about and nothing that could be handed
// over. What lies outside of the record is done after that, step by step, until it is done: see erasures.go. Nothing comes
// back: the record knows hashes of who was erased, see erased.go.

// ErrReasonNames says that the reason of an erasure names the customer. It would outlive the erasure in the audit log.
var ErrReasonNames = errors.New("the reason must not name the customer")

// Erasing says who is to be erased.
type Erasing struct {
	// UserID is the shop's id of the customer. That of a customer who was merged into another one stands for that one.
	UserID string
	// Reason is why, in words that name nobody. May be empty.
	Reason string
	// Suppress keeps the customer's addresses and the person suppressed, as if they had objected.
	Suppress bool
	// By is who erases.
	By access.Actor
	// ID is the id of the erasure that is carried out again, after the record was set back. Empty makes a new one.
	ID string
	// Until is since when the person has been somebody else, so to say, in journey time: an erasure that is carried out again
	// keeps its instant. Zero means now.
	Until time.Time
}

// Erased is an erasure that was begun.
type Erased struct {
	// ID is the id of the erasure, and CustomerID our own id of the customer who was.
	ID, CustomerID string
	// ClaimedAt is when the last mail was claimed of those that may be on their way to the provider, in real time. Zero when
	// there is none.
	ClaimedAt time.Time
}

// settling is how much later than its commit an erasure still counts events as of before it: those that were read from the
// record a moment ago and are stored a moment later.
const settling = time.Second

// Erase removes a customer from the record, for good, and begins what is to be done elsewhere. It answers ErrNotFound when the
// record knows no such customer.
func (s *Store) Erase(ctx context.Context, e Erasing) (Erased, error) {
	var erased Erased
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		for _, q := range s.dialect.alone {
			if _, err := t.inner.ExecContext(ctx, q); err != nil {
				return fmt.Errorf("wait for who stores events: %w", err)
			}
		}
		g := erasure{store: s, tx: t, Erasing: e, real: s.now()}
		err := g.do(ctx)
		erased = Erased{ID: g.ID, CustomerID: g.id, ClaimedAt: g.claimedAt}
		return err
	})
	if err != nil {
		return Erased{}, fmt.Errorf("erase a customer: %w", err)
	}
	return erased, nil
}

// erasure is one erasure on its way through its transaction.
type erasure struct {
	Erasing
	store *Store
	tx    tx
	real  time.Time
	// id is our own id of the customer, and ids are that and those of who was merged into them.
	id  string
	ids []string
	// users are the shop's ids of them, devices their anonymousIds, and addresses where they were or could have been mailed.
	users, devices, addresses []string
	// names are what rejected events may call them, in normal form.
	names map[string]bool
	// facts are what is known of them.
	facts journey.Facts
	// objected is true when they do not want to hear of us any more.
	objected bool
	// claimedAt is that of the last message that may be on its way.
	claimedAt time.Time
}

// do erases. It locks in the order of all others: customers, messages, devices, wake rows.
func (g *erasure) do(ctx context.Context) error {
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"lock", g.lock},
		{"find out who they are", g.identify},
		{"suppress", g.suppress},
		{"count", g.count},
		{"forget message ids", g.hashMessageIDs},
		{"forget rejected events", g.dropRejected},
		{"forget objects of shops", g.dropShopObjects},
		{"remove", g.remove},
		{"note", g.begin},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

// dropShopObjects forgets what shops told of the customer.
func (g *erasure) dropShopObjects(ctx context.Context) error {
	_, err := eraseShopObjects(ctx, g.tx, g.users)
	return err
}

// remove removes all rows that are the customer's.
func (g *erasure) remove(ctx context.Context) error {
	for _, h := range personal {
		for _, q := range h.removals() {
			if _, err := g.tx.exec(ctx, q, g.ids); err != nil {
				return fmt.Errorf("from %s: %w", h.table, err)
			}
		}
	}
	return nil
}

// erasureWork is what the steps of an erasure need to know. It is forgotten when they are done.
type erasureWork struct {
	Addresses []string `json:"addresses,omitempty"`
}

var (
	insertErasureSQL   = sqlText(`INSERT INTO erasures (id, customer_id, begun_at, suppressed, work) VALUES ($1, $2, $3, $4, $5)`)
	insertStepSQL      = sqlText(`INSERT INTO erasure_steps (erasure_id, step, next_at) VALUES ($1, $2, $3)`)
	insertErasedIDSQL  = sqlText(`INSERT INTO erased_customers (customer_id, erasure_id) VALUES ($1, $2) ON CONFLICT (customer_id) DO NOTHING`)
	insertErasedOneSQL = sqlText(`INSERT INTO erased_persons (hash, erasure_id, erased_at) VALUES ($1, $2, $3) ON CONFLICT (hash, erasure_id) DO NOTHING`)
)

// begin notes the erasure, who is not to come back, and what is left to do.
func (g *erasure) begin(ctx context.Context) error {
	if g.ID == "" {
		g.ID = "x_" + strings.ToLower(rand.Text())
	}
	work, err := json.Marshal(erasureWork{Addresses: g.addresses})
	if err != nil {
		return err
	}
	if _, err := g.tx.exec(ctx, insertErasureSQL, g.ID, g.id, micros(g.real), flag(g.objected), string(work)); err != nil {
		return err
	}
	if err := g.remember(ctx); err != nil {
		return err
	}
	for _, step := range g.store.dialect.erasureSteps {
		at := g.real
		if step == StepProvider && !g.claimedAt.IsZero() {
			at = at.Add(handoverEnds)
		}
		if _, err := g.tx.exec(ctx, insertStepSQL, g.ID, step, micros(at)); err != nil {
			return err
		}
	}
	return g.store.note(ctx, g.tx, g.By, "customer.erase", g.id, nil,
		values{"erasure": g.ID, "reason": g.Reason, "suppressed": g.objected, "former": g.ids[1:]})
}

// remember keeps our own ids, and the hashes of the shop's and of devices.
func (g *erasure) remember(ctx context.Context) error {
	for _, id := range g.ids {
		if _, err := g.tx.exec(ctx, insertErasedIDSQL, id, g.ID); err != nil {
			return err
		}
	}
	until := g.Until
	if until.IsZero() {
		clock, err := readClock(ctx, g.tx)
		if err != nil {
			return err
		}
		until = clock.Journey(g.store.now().Add(settling))
	}
	var hashes []string
	for _, user := range g.users {
		hash, err := g.store.hashPerson(ctx, g.tx, user)
		if err != nil {
			return err
		}
		hashes = append(hashes, hash)
	}
	for _, device := range g.devices {
		hash, err := g.store.hashDevice(ctx, g.tx, device)
		if err != nil {
			return err
		}
		hashes = append(hashes, hash)
	}
	for _, hash := range hashes {
		if _, err := g.tx.exec(ctx, insertErasedOneSQL, hash, g.ID, until.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}
