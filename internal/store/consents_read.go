package store

import (
	"context"
	"fmt"

	"klantreis/journey"
)

const consentColumns = `seq, class, topic, channel, given, confirmed, said_at, recorded_at, source, text_version, locale, proof, message_id`

var (
	// consentsSQL takes the statements of the customer's devices along that were made before they were theirs.
	consentsSQL = sqlText(`SELECT ` + consentColumns + ` FROM (
			SELECT * FROM consents WHERE customer_id = $1
			UNION ALL SELECT * FROM consents WHERE customer_id IS NULL
				AND anonymous_id IN (SELECT anonymous_id FROM devices WHERE customer_id = $1)
		) AS c WHERE seq < $2 ORDER BY seq DESC LIMIT $3`)
	knownConsentsSQL = sqlText(`SELECT DISTINCT message_id FROM consents WHERE message_id = ANY($1)`)
)

// Consents returns the statements of a customer before one of them, newest first, at most limit.
func (s *Store) Consents(ctx context.Context, customerID string, before int64, limit int) ([]Consent, error) {
	var consents []Consent
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		consents, err = all(ctx, t, scanConsent, consentsSQL, customerID, before, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read consents: %w", err)
	}
	return consents, nil
}

func scanConsent(row scanner) (Consent, error) {
	var c Consent
	var given, confirmed int
	var said, recorded int64
	err := row.Scan(&c.Seq, &c.Class, &c.Topic, &c.Channel, &given, &confirmed, &said, &recorded, &c.Source, &c.TextVersion,
		&c.Locale, &c.Proof, &c.MessageID)
	c.Given, c.Confirmed = given == 1, confirmed == 1
	c.SaidAt, c.RecordedAt = eventInstant(said), instant(recorded)
	return c, err
}

// KnownConsents returns those of the MessageIDs under which the ledger has a statement. It does not forget, unlike what
// deduplicates events.
func (s *Store) KnownConsents(ctx context.Context, messageIDs []string) (map[string]bool, error) {
	known := map[string]bool{}
	err := s.read(ctx, func(ctx context.Context, t tx) error {
		found, err := all(ctx, t, scanText, knownConsentsSQL, messageIDs)
		for _, id := range found {
			known[id] = true
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for consents: %w", err)
	}
	return known, nil
}

var (
	consentEmailsSQL = statement{
		postgres: `SELECT id, COALESCE(facts::json->'traits'->>'email', '') FROM customers WHERE id = ANY($1)`,
		sqlite:   `SELECT id, COALESCE(facts->>'$.traits.email', '') FROM customers WHERE id IN (SELECT value FROM json_each(?1))`,
	}
	// readmitOursSQL takes back what a consent outweighs: that this customer unsubscribed on our pages, before that. What another
	// one said about the same mailbox, what a list says and what an erasure left is not theirs to take back.
	readmitOursSQL = sqlText(`DELETE FROM suppressions
		WHERE address = ANY($1) AND reason = 'unsubscribed' AND source = $3 AND customer_id = $4 AND since <= $2`)
)

// readmitConsenting lets the addresses of customers be mailed again who consent after they unsubscribed with us. Traits and
// history do not do that: neither is a statement that somebody makes now.
func (s *Store) readmitConsenting(ctx context.Context, t tx, events []journey.Event, owners []string) error {
	for i, event := range events {
		if event.Name != journey.ConsentGiven || event.Type != journey.TypeTrack || event.Imported || owners[i] == "" || !givesClass(event) {
			continue
		}
		emails, err := pairs(ctx, t, consentEmailsSQL, []string{owners[i]})
		if err != nil {
			return fmt.Errorf("read the address of who consents: %w", err)
		}
		var hashes []string
		for _, address := range []string{emails[owners[i]], event.Email()} {
			hash, err := s.hashAddress(ctx, t, address)
			if err != nil {
				return err
			}
			if hash != "" {
				hashes = append(hashes, hash)
			}
		}
		if len(hashes) == 0 {
			continue
		}
		if _, err := t.exec(ctx, readmitOursSQL, hashes, micros(s.now().Add(-event.Age)), sourcePage, owners[i]); err != nil {
			return fmt.Errorf("readmit an address: %w", err)
		}
	}
	return nil
}

// givesClass tells whether an event consents to a class of messages.
func givesClass(event journey.Event) bool {
	for _, said := range event.Statements() {
		if said.Class != "" && said.Given {
			return true
		}
	}
	return false
}
