package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"klantreis/internal/access"
	"klantreis/journey"
)

// sourcePage is the source of what readers do on the pages that mails link to, and sourceShop of what the shop's people do.
const (
	sourcePage = "page"
	sourceShop = "shop"
)

// Choice is what a customer chose about our messages, or somebody for them.
type Choice struct {
	// By is who noted it for the customer. Zero when they chose themselves, which is not in the audit log but in the ledger.
	By access.Actor
	// Events say it. They belong to customers whom the record knows.
	Events []journey.Event
	// CustomerID is our own id of the customer. Empty when the record knows them no more.
	CustomerID string
	// Unsubscribe is the address that must not be mailed any more, and Readmit one that may be again, as hashed. May be empty.
	Unsubscribe, Readmit string
	// Object is the shop's id of a customer who objects to everything, and Relent of one who does not any more. May be empty.
	Object, Relent string
}

var (
	suppressOneSQL = sqlText(`INSERT INTO suppressions (address, reason, since, source, customer_id) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (address, reason) DO NOTHING`)
	takeBackSQL = sqlText(`DELETE FROM suppressions WHERE address = $1 AND reason = $2 AND source <> 'provider'`)
)

// Choose stores a choice in one transaction: the events, what they say in the ledger, and the suppressions. Once it has
// returned without an error, no mail that the choice forbids is claimed any more. It answers like Ingest.
func (s *Store) Choose(ctx context.Context, c Choice, version int64, interest func(journey.Event) journey.Interest) error {
	err := s.writeEvents(ctx, func(ctx context.Context, t tx) error {
		turned, err := s.suppressChoice(ctx, t, c)
		if err != nil {
			return err
		}
		fresh, err := s.dropDuplicates(ctx, t, c.Events)
		if err != nil {
			return err
		}
		if err := s.insertEvents(ctx, t, fresh, version, interest); err != nil || c.By == (access.Actor{}) {
			return err
		}
		return s.noteChoice(ctx, t, c, turned, len(fresh))
	})
	if err != nil {
		return fmt.Errorf("store a choice: %w", err)
	}
	return nil
}

// noteChoice writes into the audit log who noted that a customer objects to everything, or does not any more; or who imported
// what many said.
func (s *Store) noteChoice(ctx context.Context, t tx, c Choice, turned bool, stored int) error {
	objects := c.Object != ""
	if !objects && c.Relent == "" {
		return s.note(ctx, t, c.By, "consent.import", "", nil, values{"added": stored})
	}
	return s.note(ctx, t, c.By, "customer.objection", c.CustomerID, values{"objects": objects != turned}, values{"objects": objects})
}

// suppressChoice answers whether the person objects now and did not before, or the other way about.
func (s *Store) suppressChoice(ctx context.Context, t tx, c Choice) (turned bool, err error) {
	object, err := s.holdPerson(ctx, t, c.Object)
	if err != nil {
		return false, err
	}
	relent, err := s.holdPerson(ctx, t, c.Relent)
	if err != nil {
		return false, err
	}
	for _, step := range []struct {
		q    statement
		hash string
		more []any
	}{
		{suppressOneSQL, c.Unsubscribe, []any{string(journey.AddressUnsubscribed), micros(s.now()), sourcePage, c.CustomerID}},
		{suppressOneSQL, object, []any{string(journey.PersonObjected), micros(s.now()), sourceShop, c.CustomerID}},
		{takeBackSQL, c.Readmit, []any{string(journey.AddressUnsubscribed)}},
		{takeBackSQL, relent, []any{string(journey.PersonObjected)}},
	} {
		if step.hash == "" {
			continue
		}
		n, err := t.exec(ctx, step.q, append([]any{step.hash}, step.more...)...)
		if err != nil {
			return false, fmt.Errorf("suppress: %w", err)
		}
		turned = turned || n > 0 && (step.hash == object || step.hash == relent)
	}
	return turned, nil
}

// holdPersonSQL keeps a customer from being merged, and lets decisions go on.
var holdPersonSQL = sqlText(`SELECT user_id FROM customers WHERE id = COALESCE((SELECT customer_id FROM customer_aliases WHERE user_id = $1),
	(SELECT id FROM customers WHERE user_id = $1)) FOR KEY SHARE`)

// holdPerson returns what stands for a person by the shop's id that they have by now: they may have been merged since it was
// looked up. They are not merged before the transaction ends, so that a merge that comes next sees what it says of them.
func (s *Store) holdPerson(ctx context.Context, t tx, userID string) (string, error) {
	if userID == "" {
		return "", nil
	}
	userID = storableText(userID)
	for range lockBothTries { // the row is gone when a merge was waited for
		found, err := all(ctx, t, scanText, holdPersonSQL, userID)
		if err != nil {
			return "", fmt.Errorf("hold a person: %w", err)
		}
		if len(found) > 0 {
			return s.hashPerson(ctx, t, found[0])
		}
	}
	return s.hashPerson(ctx, t, userID)
}

var joinObjectionsSQL = sqlText(`INSERT INTO suppressions (address, reason, since, source, customer_id)
	SELECT CAST($2 AS TEXT), reason, since, source, customer_id FROM suppressions WHERE address = $1
	ON CONFLICT (address, reason) DO NOTHING`)

// joinObjections lets what one person objected to count for the one whom they are merged into.
func (s *Store) joinObjections(ctx context.Context, t tx, fromUserID, intoUserID string) error {
	from, err := s.hashPerson(ctx, t, fromUserID)
	if err != nil {
		return err
	}
	into, err := s.hashPerson(ctx, t, intoUserID)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, joinObjectionsSQL, from, into); err != nil {
		return fmt.Errorf("join objections: %w", err)
	}
	return nil
}

// Reader is a customer who has a link of ours, as they are now.
type Reader struct {
	Customer
	// Unseen are the stored events that no decision has seen yet, those that are parked first, else in order of arrival.
	Unseen []journey.Event
	// Objected is PersonObjected when they objected to everything. Empty otherwise.
	Objected journey.SuppressionReason
}

var readerSQL = sqlText(`SELECT id, user_id, phase, phase_since, facts, next_wake, step FROM customers
	WHERE id = COALESCE((SELECT MAX(customer_id) FROM customer_aliases WHERE former_id = $1), $1)`)

// Reader returns a customer by our own id, and false when the record knows none. The id of a customer who was merged into
// another one stands for that one.
func (s *Store) Reader(ctx context.Context, customerID string) (reader Reader, found bool, err error) {
	err = s.read(ctx, func(ctx context.Context, t tx) error {
		customers, err := all(ctx, t, scanCustomer, readerSQL, storableText(customerID))
		if err != nil || len(customers) == 0 {
			return err
		}
		reader, found = Reader{Customer: customers[0]}, true
		unconsumed, parked, err := readUnseen(ctx, t, reader.State.CustomerID)
		if err != nil {
			return err
		}
		reader.Unseen = append(parked, unconsumed...)
		person, err := s.hashPerson(ctx, t, reader.UserID)
		if err != nil {
			return err
		}
		reader.Objected, err = strictest(ctx, t, person)
		return err
	})
	if err != nil {
		return Reader{}, false, fmt.Errorf("read the customer of a link: %w", err)
	}
	return reader, found, nil
}

// SuppressionOfHash returns why an address must not be mailed, by what stands for it; "" when it may be.
func (s *Store) SuppressionOfHash(ctx context.Context, hash string) (reason journey.SuppressionReason, err error) {
	err = s.read(ctx, func(ctx context.Context, t tx) (err error) {
		reason, err = strictest(ctx, t, hash)
		return err
	})
	return reason, err
}

// handingOverSQL waits for the claims that are being made just now: each holds the row of its message from before it reads
// the customer's events until it is made.
var handingOverSQL = sqlText(`SELECT status, claimed_at FROM messages
	WHERE customer_id = $1 AND consumed_step IS NULL AND status IN ('planned', 'claimed') AND class <> $2
	ORDER BY id FOR NO KEY UPDATE`)

// HandingOver tells whether a mail to the customer, other than a transactional one, is under way to the provider: it was
// claimed after a real instant, by the clock of whoever claimed it, and nobody said yet what became of it. A claim that is made
// later sees all that was stored before the call. The id of a customer who was merged into another one stands for that one.
func (s *Store) HandingOver(ctx context.Context, customerID string, since time.Time) (bool, error) {
	busy := false
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		for range lockBothTries { // messages that a merge moves while they are waited for are somebody else's
			id, err := survivor(ctx, t, customerID)
			if err != nil {
				return err
			}
			if busy, err = claimedSince(ctx, t, id, since); err != nil || busy {
				return err
			}
			if now, err := survivor(ctx, t, customerID); err != nil || now == id {
				return err
			}
		}
		busy = true // nobody can say
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("look for mails that are being handed over: %w", err)
	}
	return busy, nil
}

func claimedSince(ctx context.Context, t tx, customerID string, since time.Time) (bool, error) {
	claims, err := all(ctx, t, func(row scanner) (bool, error) {
		var status string
		var claimed int64
		err := row.Scan(&status, &claimed)
		return status == statusClaimed && instant(claimed).After(since), err
	}, handingOverSQL, customerID, string(journey.Transactional))
	return slices.Contains(claims, true), err
}
