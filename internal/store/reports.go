package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"klantreis/activities"
	"klantreis/journey"
)

// Judging is by what the events that follow from reports are judged.
type Judging struct {
	// JourneyAt turns a real instant into journey time.
	JourneyAt func(time.Time) time.Time
	// Interest says whom an event wakes.
	Interest func(journey.Event) journey.Interest
	// Version is the version of the map that says so.
	Version int64
}

// RecordReports stores reports of the provider, in any order and however often they come, in one transaction. Of messages
// that the record does not know it only keeps that they were sent, when they are its own: see noteLost.
//
// Whatever is reported of a message shows that the provider has it: a message that nobody confirmed yet is settled as
// sent, at the journey instant of the report, and its customer is woken, so that the run goes on. The events that a map
// can listen to are stored with the reports, and addresses that must not be mailed any more are suppressed. When a newer
// map is live than the one judged by, nothing is stored, and the answer is ErrNewerMap.
func (s *Store) RecordReports(ctx context.Context, reports []activities.Report, in Judging) error {
	reports = storableReports(reports)
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		messages, err := lockReported(ctx, t, reports)
		if err != nil {
			return err
		}
		if err := s.noteLost(ctx, t, reports, messages); err != nil || len(messages) == 0 {
			return err
		}
		fresh, err := s.insertReports(ctx, t, reports, messages)
		if err != nil || len(fresh) == 0 {
			return err
		}
		return s.act(ctx, t, fresh, messages, in)
	})
	if err != nil {
		return fmt.Errorf("record %d reports: %w", len(reports), err)
	}
	return nil
}

// act does what follows from new reports.
func (s *Store) act(ctx context.Context, t tx, fresh []activities.Report, messages map[string]*reported, in Judging) error {
	wakes := newWakeBumps(s.now())
	if err := saveFates(ctx, t, fresh, messages); err != nil {
		return err
	}
	customerOf := func(r activities.Report) string { return messages[r.MessageID].customerID }
	if err := s.suppress(ctx, t, fresh, customerOf); err != nil {
		return err
	}
	if err := s.confirmReported(ctx, t, fresh, messages, in.JourneyAt, wakes); err != nil {
		return err
	}
	if err := s.tell(ctx, t, fresh, messages, in, wakes); err != nil {
		return err
	}
	return wakes.write(ctx, t)
}

// reported is a message that a report is about.
type reported struct {
	ledgerMessage
	fate fate
}

var lockReportedSQL = sqlText(`SELECT m.id, m.customer_id, m.status, m.resent, m.claimed_at, m.delivery, m.delivery_at,
		m.subscription, m.subscription_at, m.first_opened_at, m.opens, m.machine_opens, m.first_clicked_at, m.clicks
	FROM messages m WHERE m.id = ANY($1) ORDER BY m.id FOR NO KEY UPDATE`)

// lockReported returns the known messages that the reports are about, by id, in one order for all callers.
func lockReported(ctx context.Context, t tx, reports []activities.Report) (map[string]*reported, error) {
	ids := map[string]bool{}
	for _, report := range reports {
		ids[report.MessageID] = true
	}
	found, err := all(ctx, t, func(row scanner) (*reported, error) {
		var m reported
		var claimedAt int64
		f := &m.fate
		err := row.Scan(&m.ID, &m.customerID, &m.status, &m.resent, &claimedAt, &f.Delivery, &f.DeliveryAt, &f.Subscription,
			&f.SubscriptionAt, &f.FirstOpenedAt, &f.Opens, &f.MachineOpens, &f.FirstClickedAt, &f.Clicks)
		m.claimedAt, f.MessageID = instant(claimedAt), m.ID
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
// customers for whom no attempt can be under way any more.
func (s *Store) confirmReported(ctx context.Context, t tx, fresh []activities.Report, messages map[string]*reported, journeyAt func(time.Time) time.Time, wakes *wakeBumps) error {
	for _, report := range fresh { // The earliest comes first.
		m := messages[report.MessageID]
		if m.settled() {
			continue
		}
		reason := journey.ReasonSent
		if m.resent {
			reason = journey.ReasonResent
		}
		if err := settle(ctx, t, m.ledgerMessage, statusSent, reason, "reported by the provider", journeyAt(report.At)); err != nil {
			return err
		}
		m.status = statusSent
		if s.now().Sub(m.claimedAt) > liveAttempt {
			wakes.add(m.customerID, 0)
		}
	}
	return nil
}
