package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"klantreis/activities"
	"klantreis/journey"
)

var claimSQL = sqlText(`UPDATE messages SET status = 'claimed', token = $2, claimed_at = $3 WHERE id = $1`)

// Claim implements activities.Ledger.
//
// A claim that is there already is never given twice, not even to its own token: an attempt that did not hear that it
// got the claim cannot be told from one that sent the message and died. A webhook may be called twice, so its claim is.
func (s *Store) Claim(ctx context.Context, messageID, token string, now time.Time, check func(context.Context, activities.Handover) (journey.Reason, error)) (activities.Claim, error) {
	var claim activities.Claim
	err := s.change(ctx, messageID, func(ctx context.Context, t tx, m ledgerMessage) error {
		claim = activities.Claim{Status: activities.ClaimSettled, Reason: m.reason}
		if m.settled() {
			return nil
		}
		handover, lost, err := s.readHandover(ctx, t, m)
		if err != nil {
			return err
		}
		if lost {
			found, err := s.takeLost(ctx, t, m, handover)
			if err != nil || found {
				claim.Reason = journey.ReasonSent
				return err
			}
		}
		if m.status == statusClaimed && m.Kind != journey.KindWebhook {
			claim = activities.Claim{Status: activities.ClaimUnconfirmed, Handover: handover, Token: m.token, ClaimedAt: m.claimedAt}
			claim.Reception, err = readReception(ctx, t, m.claimedAt)
			return err
		}
		reason, err := check(ctx, handover)
		if err != nil {
			return err
		}
		if reason != "" {
			claim.Reason = reason
			detail := ""
			if reason == journey.ReasonSuppressed {
				detail = string(handover.Suppressed)
			}
			return settleNow(ctx, t, m, statusNotSent, reason, detail, now)
		}
		claim = activities.Claim{Status: activities.Claimed, Handover: handover}
		_, err = t.exec(ctx, claimSQL, m.ID, token, micros(now))
		return err
	})
	return claim, err
}

var (
	// handoverEventsSQL also finds what an ingest that had looked its customer up before a merge stored after it: nobody may
	// have given it to the customer yet, see giveRest.
	handoverEventsSQL = sqlText(`SELECT 0 AS parked, ` + eventColumns + ` FROM events e
			WHERE e.customer_id = $1 AND e.consumed_step IS NULL
		UNION ALL SELECT 0 AS parked, ` + eventColumns + ` FROM customer_aliases a JOIN events e ON e.customer_id = a.former_id
			WHERE a.customer_id = $1 AND a.former_id <> '' AND e.consumed_step IS NULL
		UNION ALL SELECT 1 AS parked, ` + eventColumns + ` FROM parked_events p JOIN events e ON e.seq = p.seq
			WHERE e.customer_id = $1 AND e.consumed_step = -1
		ORDER BY 1, 2`)
	// handoverSQL also asks, at no cost, whether there are lost sends at all.
	handoverSQL = sqlText(`SELECT c.user_id, c.phase, c.phase_since, c.facts, c.received_seq, c.received_at, (SELECT COALESCE(MAX(version), 0) FROM maps),
			EXISTS (SELECT 1 FROM lost_sends WHERE settled = ''), ` + runColumns + `
		FROM runs r JOIN customers c ON c.id = r.customer_id LEFT JOIN events e ON e.seq = r.trigger_seq WHERE r.id = $1`)
)

// readHandover gathers what is known of a message whose row is locked, and tells whether it may be among lost sends. The
// events must be read before the run: a decision may commit in between, and an event that it consumed is then either among
// the events or has shown its effect on the run. The other way round it could be in neither.
func (s *Store) readHandover(ctx context.Context, t tx, m ledgerMessage) (h activities.Handover, lost bool, err error) {
	unconsumed, parked, err := readUnseen(ctx, t, m.customerID)
	if err != nil {
		return h, false, fmt.Errorf("read events: %w", err)
	}
	found, err := all(ctx, t, scanHandover, handoverSQL, m.RunID)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return h, false, fmt.Errorf("read run %s: %w", m.RunID, err)
	}
	if _, _, err := followReceipts(ctx, t, found[0].receipts, unconsumed); err != nil {
		return h, false, err
	}
	h, lost = found[0].Handover, found[0].lostSends && m.Kind != journey.KindWebhook
	h.Message, h.CustomerID, h.Unconsumed, h.Parked = m.Message, m.customerID, unconsumed, parked
	if m.Kind == journey.KindWebhook {
		return h, lost, nil
	}
	if h.SendKey, err = s.sendKey(ctx, t, h); err != nil {
		return h, false, err
	}
	return h, lost, s.readSuppressed(ctx, t, &h)
}

// readUnseen reads the events of a customer that no decision has consumed, and those that are parked and can be read.
func readUnseen(ctx context.Context, t tx, customerID string) (unconsumed, parked []journey.Event, err error) {
	_, err = all(ctx, t, func(row scanner) (struct{}, error) {
		var aside int
		var stored storedEvent
		if err := row.Scan(append([]any{&aside}, stored.into()...)...); err != nil {
			return struct{}{}, err
		}
		event, err := stored.event()
		switch {
		case aside == 0:
			unconsumed = append(unconsumed, event)
			return struct{}{}, err
		case err == nil:
			parked = append(parked, event)
		}
		return struct{}{}, nil
	}, handoverEventsSQL, customerID)
	return unconsumed, parked, err
}

// foundHandover is what one row tells of a hand-over.
type foundHandover struct {
	activities.Handover
	// lostSends is true when the provider reported any message that the record does not know.
	lostSends bool
	// receipts is how far the receipts of the events that were consumed have come.
	receipts journey.Receipts
}

// readSuppressed reads whether the address and the person may be mailed.
func (s *Store) readSuppressed(ctx context.Context, t tx, h *activities.Handover) (err error) {
	if h.AddressHash, err = s.hashAddress(ctx, t, h.Facts.Email()); err != nil {
		return err
	}
	person, err := s.hashPerson(ctx, t, h.UserID)
	if err != nil {
		return err
	}
	h.Suppressed, err = strictest(ctx, t, h.AddressHash, person)
	return err
}

func scanHandover(row scanner) (foundHandover, error) {
	var h foundHandover
	var run storedRun
	var since, receivedAt int64
	var facts []byte
	into := append([]any{&h.UserID, &h.Phase, &since, &facts, &h.receipts.Seq, &receivedAt, &h.MapVersion, &h.lostSends}, run.into()...)
	if err := row.Scan(into...); err != nil {
		return h, err
	}
	h.PhaseSince, h.receipts.At = instant(since), instant(receivedAt)
	var err error
	h.Run, err = run.get()
	return h, errors.Join(err, unreadable("facts", json.Unmarshal(facts, &h.Facts)))
}
