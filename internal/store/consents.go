package store

import (
	"context"
	"fmt"
	"time"

	"klantreis/journey"
)

// The consent ledger keeps every statement about messages as it was made, in the transaction that stores its event. What
// counts now is among the customer's facts; the ledger is the proof. Nothing in it is ever changed, but that a merge gives it
// to the customer who stays. A visitor's statements belong to whom the device was given later.

// Consent is one statement in the ledger.
type Consent struct {
	// Seq is its place in the order of all.
	Seq int64
	// Class is the message class, and Topic the topic; one of them is empty.
	Class journey.Class
	Topic string
	// Channel is how messages come.
	Channel string
	// Given is true for a consent and false for an objection, and Confirmed when the customer confirmed it.
	Given, Confirmed bool
	// SaidAt is when it was said, in journey time, and RecordedAt when we stored it, in real time.
	SaidAt, RecordedAt time.Time
	// Source is where it was said, TextVersion under which text, and Locale in which language. May be empty.
	Source, TextVersion, Locale string
	// Proof is what else proves it, as a JSON object. May be empty.
	Proof string
	// MessageID is that of the event that says it.
	MessageID string
}

// consentRow is a statement on its way into the ledger.
type consentRow struct {
	Pos         int     `json:"pos"`
	CustomerID  *string `json:"customer_id"`
	AnonymousID string  `json:"anonymous_id"`
	MessageID   string  `json:"message_id"`
	Channel     string  `json:"channel"`
	Class       string  `json:"class"`
	Topic       string  `json:"topic"`
	Given       int     `json:"given"`
	Confirmed   int     `json:"confirmed"`
	Trait       int     `json:"trait"`
	SaidAt      int64   `json:"said_at"`
	Source      string  `json:"source"`
	TextVersion string  `json:"text_version"`
	Locale      string  `json:"locale"`
	Proof       string  `json:"proof"`
}

// insertConsentsSQL leaves out traits that say what they said before, as the facts do: shops repeat them with every
// identify. An objection is repeated only when nothing else was said meanwhile.
var insertConsentsSQL = sqlText(`INSERT INTO consents (customer_id, anonymous_id, message_id, channel, class, topic, given, confirmed,
		trait, said_at, recorded_at, source, text_version, locale, proof)
	SELECT customer_id, anonymous_id, message_id, channel, class, topic, given, confirmed,
		trait, said_at, CAST($2 AS BIGINT), source, text_version, locale, proof
	FROM json_to_recordset($1::json) AS r (pos bigint, customer_id text, anonymous_id text, message_id text, channel text,
		class text, topic text, given smallint, confirmed smallint, trait smallint, said_at bigint, source text,
		text_version text, locale text, proof text)
	WHERE NOT (r.trait = 1 AND EXISTS (SELECT 1 FROM consents c WHERE c.customer_id = r.customer_id AND c.class = r.class
		AND c.given = r.given AND c.seq = (SELECT MAX(n.seq) FROM consents n
			WHERE n.customer_id = r.customer_id AND n.class = r.class AND (n.trait = 1 OR r.given = 0))))
	ORDER BY pos`)

// recordConsents writes what events say about messages into the ledger. Owners are those of the events, "" for a visitor's.
func (s *Store) recordConsents(ctx context.Context, t tx, events []journey.Event, owners []string) error {
	var rows []consentRow
	for i, event := range events {
		for _, said := range event.Statements() {
			row, err := s.newConsentRow(ctx, t, event, said)
			if err != nil {
				return err
			}
			row.Pos = len(rows)
			if owners[i] != "" {
				row.CustomerID = &owners[i]
			}
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := t.exec(ctx, insertConsentsSQL, records{rows}, micros(s.now())); err != nil {
		return fmt.Errorf("record consents: %w", err)
	}
	return s.readmitConsenting(ctx, t, events, owners)
}

// maxConsentText is how many bytes of each text a statement keeps, and maxProof how many of what the sender gives as proof.
const (
	maxConsentText = 200
	maxProof       = 2000
)

func (s *Store) newConsentRow(ctx context.Context, t tx, event journey.Event, said journey.Statement) (consentRow, error) {
	from := event.Properties
	if said.Trait {
		from = nil
	}
	row := consentRow{
		AnonymousID: event.AnonymousID, MessageID: event.MessageID, Channel: "email", Class: string(said.Class), Topic: said.Topic,
		Given: flag(said.Given), Confirmed: flag(said.Confirmed), Trait: flag(said.Trait), SaidAt: event.Timestamp.UnixMicro(),
		Source: consentSource(event, said), TextVersion: consentText(from, "text_version"), Locale: consentText(from, "locale"),
	}
	if channel := consentText(from, "channel"); channel != "" {
		row.Channel = channel
	}
	var err error
	row.Proof, err = s.proof(ctx, t, event, from)
	return row, err
}
