package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"klantreis/journey"
)

// ProviderEvent is one report of a mail provider about one message.
type ProviderEvent struct {
	// ID is the provider's own id of the report, by which repeated ones are known.
	ID string
	// MessageID is the message's id in the record.
	MessageID string
	// Kind is the provider's word for what happened: processed, deferred, delivered, dropped, bounce, spamreport, ...
	Kind string
	// At is when it happened, in real time.
	At time.Time
	// Detail is what the provider says about it.
	Detail string
}

// deliveryRank orders the reports that say how a message fares: the highest stands, whatever came first. A delivered
// message can still bounce, and a bounced one be reported as spam. Other reports (open, click, ...) change nothing.
var deliveryRank = map[string]int{"processed": 1, "deferred": 2, "delivered": 3, "dropped": 4, "bounce": 5, "spamreport": 6}

// RecordProviderEvents stores reports of the provider, in any order and however often they come, in one transaction.
// Reports about messages that the record does not know are left out.
//
// Whatever is reported of a message shows that the provider has it: a message that nobody confirmed yet is settled as
// sent, at the journey instant of the report, and its customer is woken, so that the run goes on.
func (s *Store) RecordProviderEvents(ctx context.Context, events []ProviderEvent, journeyAt func(time.Time) time.Time) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		messages, err := lockReported(ctx, t, events)
		if err != nil || len(messages) == 0 {
			return err
		}
		fresh, err := insertReports(ctx, t, events, messages)
		if err != nil || len(fresh) == 0 {
			return err
		}
		if err := saveDeliveries(ctx, t, fresh, messages); err != nil {
			return err
		}
		return s.confirmReported(ctx, t, fresh, messages, journeyAt)
	})
	if err != nil {
		return fmt.Errorf("record %d provider events: %w", len(events), err)
	}
	return nil
}

// reported is a message that a report is about.
type reported struct {
	ledgerMessage
	delivery   string
	deliveryAt int64
}

var lockReportedSQL = sqlText(ledgerReportColumns + ` WHERE m.id = ANY($1) ORDER BY m.id FOR NO KEY UPDATE`)

const ledgerReportColumns = `SELECT m.id, m.customer_id, m.status, m.resent, m.claimed_at, m.delivery, m.delivery_at FROM messages m`

// lockReported returns the known messages that the reports are about, by id, in one order for all callers.
func lockReported(ctx context.Context, t tx, events []ProviderEvent) (map[string]*reported, error) {
	ids := map[string]bool{}
	for _, event := range events {
		ids[event.MessageID] = true
	}
	found, err := all(ctx, t, func(row scanner) (*reported, error) {
		var m reported
		var claimedAt int64
		err := row.Scan(&m.ID, &m.customerID, &m.status, &m.resent, &claimedAt, &m.delivery, &m.deliveryAt)
		m.claimedAt = instant(claimedAt)
		return &m, err
	}, lockReportedSQL, slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return nil, fmt.Errorf("lock messages: %w", err)
	}
	messages := make(map[string]*reported, len(found))
	for _, m := range found {
		messages[m.ID] = m
	}
	return messages, nil
}

// liveAttempt is how old a claim can be whose attempt is still under way. Such an attempt decides when it is done; waking
// the customer as well would cost a decision for nearly every mail, because providers report within milliseconds.
const liveAttempt = time.Minute

// confirmReported settles the messages that nobody confirmed yet, at the earliest report, and wakes those of their
// customers for whom no attempt can be under way any more. A provider may stamp its reports to the second, so a message
// counts as sent no sooner than it was claimed.
func (s *Store) confirmReported(ctx context.Context, t tx, fresh []ProviderEvent, messages map[string]*reported, journeyAt func(time.Time) time.Time) error {
	wakes := newWakeBumps(s.now())
	for _, event := range fresh { // The earliest comes first.
		m := messages[event.MessageID]
		if m.settled() {
			continue
		}
		reason := journey.ReasonSent
		if m.resent {
			reason = journey.ReasonResent
		}
		at := event.At
		if at.Before(m.claimedAt) {
			at = m.claimedAt
		}
		if err := settle(ctx, t, m.ledgerMessage, statusSent, reason, "reported by the provider", journeyAt(at)); err != nil {
			return err
		}
		m.status = statusSent
		if s.now().Sub(m.claimedAt) > liveAttempt {
			wakes.add(m.customerID, 0)
		}
	}
	return wakes.write(ctx, t)
}

var newestReportSQL = sqlText(`SELECT COALESCE(MAX(happened_at), 0) FROM provider_events`)

// LastProviderEvent returns the real instant of the newest report about any message. It is zero before the first.
func (s *Store) LastProviderEvent(ctx context.Context) (time.Time, error) {
	var newest time.Time
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		newest, err = newestReport(ctx, t)
		return err
	})
	return newest, err
}

func newestReport(ctx context.Context, t tx) (time.Time, error) {
	var newest int64
	if err := t.row(ctx, newestReportSQL, nil, &newest); err != nil {
		return time.Time{}, fmt.Errorf("read the newest provider event: %w", err)
	}
	return instant(newest), nil
}
