package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"klantreis/activities"
	"klantreis/journey"
)

var _ activities.Ledger = (*Store)(nil)

var lockMessageSQL = sqlText(ledgerColumns + ` WHERE m.id = $1 FOR NO KEY UPDATE`)

// change locks a message and runs fn in the same transaction. It answers ErrNotFound when there is no such message.
func (s *Store) change(ctx context.Context, id string, fn func(context.Context, tx, ledgerMessage) error) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		found, err := all(ctx, t, scanLedgerMessage, lockMessageSQL, id)
		if err != nil {
			return fmt.Errorf("lock: %w", err)
		}
		if len(found) == 0 {
			return ErrNotFound
		}
		return fn(ctx, t, found[0])
	})
	if err != nil {
		return fmt.Errorf("message %s: %w", id, err)
	}
	return nil
}

var lookSQL = sqlText(`SELECT status, token FROM messages WHERE id = $1`)

// Look implements activities.Ledger.
func (s *Store) Look(ctx context.Context, messageID string) (waits bool, token string, err error) {
	var status string
	err = s.readOne(ctx, lookSQL, []any{messageID}, &status, &token)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return err == nil && status == statusPlanned, token, err
}

var releaseSQL = sqlText(`UPDATE messages SET status = CASE resent WHEN 1 THEN 'claimed' ELSE 'planned' END,
		token = '', claimed_at = 0, resent = 0
	WHERE id = $1 AND status = 'claimed' AND token = $2`)

// Release implements activities.Ledger. Of a message whose second sending was not taken, the first one may still have
// arrived: it stays claimed, by nobody, so that no decision withdraws it and no check settles it as not sent.
func (s *Store) Release(ctx context.Context, messageID, token string) error {
	return s.change(ctx, messageID, func(ctx context.Context, t tx, _ ledgerMessage) error {
		_, err := t.exec(ctx, releaseSQL, messageID, token)
		return err
	})
}

var (
	reclaimSQL = sqlText(`UPDATE messages SET token = $2, claimed_at = $3, resent = 1 WHERE id = $1`)
	// settleSQL spares the end of a webhook a decision: no run waits for it.
	settleSQL = sqlText(`UPDATE messages SET status = $2, reason = $3, detail = $4, settled_at = $5, token = '',
			consumed_step = CASE kind WHEN 'webhook' THEN 0 ELSE consumed_step END
		WHERE id = $1`)
)

// Reclaim implements activities.Ledger. It gives a message away a second time only once: when that attempt was never
// confirmed either, the message becomes unknown, so that nobody gets three copies, and the answer is false. A second
// sending that was given back does not count.
func (s *Store) Reclaim(ctx context.Context, messageID string, claimedAt time.Time, token string, now time.Time) (bool, error) {
	ours := false
	err := s.change(ctx, messageID, func(ctx context.Context, t tx, m ledgerMessage) error {
		ours = false
		if m.status != statusClaimed || micros(m.claimedAt) != micros(claimedAt) {
			return nil
		}
		if m.resent {
			return settleNow(ctx, t, m, statusUnknown, journey.ReasonUnknown, "sent a second time and never confirmed", now)
		}
		ours = true
		_, err := t.exec(ctx, reclaimSQL, m.ID, token, micros(now))
		return err
	})
	return ours, err
}

// settleNow settles a message at a real instant, which the record's clock turns into journey time.
func settleNow(ctx context.Context, t tx, m ledgerMessage, status string, reason journey.Reason, detail string, now time.Time) error {
	clock, err := readClock(ctx, t)
	if err != nil {
		return err
	}
	return settle(ctx, t, m, status, reason, detail, clock.Journey(now))
}

func settle(ctx context.Context, t tx, m ledgerMessage, status string, reason journey.Reason, detail string, at time.Time) error {
	if _, err := t.exec(ctx, settleSQL, m.ID, status, string(reason), storableText(detail), micros(at)); err != nil {
		return fmt.Errorf("settle as %s: %w", status, err)
	}
	return nil
}

var (
	providerIDSQL = sqlText(`UPDATE messages SET provider_id = $2 WHERE id = $1 AND provider_id = ''`)
	resentSQL     = sqlText(`UPDATE messages SET reason = $2 WHERE id = $1`)
)

// Confirm implements activities.Ledger. The provider's word that it accepted the message counts whoever holds the claim,
// and when it was given back; but a message that is settled stays as it is: a report of the provider may have been
// first, or somebody gave the message up, and a decision may have been taken on that. Only a second sending of a sent
// message is noted as such.
func (s *Store) Confirm(ctx context.Context, messageID, _, providerID string, reason journey.Reason, at time.Time) error {
	return s.change(ctx, messageID, func(ctx context.Context, t tx, m ledgerMessage) error {
		if _, err := t.exec(ctx, providerIDSQL, m.ID, storableText(providerID)); err != nil {
			return fmt.Errorf("note the provider's id: %w", err)
		}
		switch {
		case !m.settled():
			return settle(ctx, t, m, statusSent, reason, "", at)
		case m.status == statusSent && reason == journey.ReasonResent:
			_, err := t.exec(ctx, resentSQL, m.ID, string(reason))
			return err
		}
		return nil
	})
}

// GiveUp implements activities.Ledger. A message that is settled stays as it is.
func (s *Store) GiveUp(ctx context.Context, messageID string, reason journey.Reason, detail string, at time.Time) error {
	return s.change(ctx, messageID, func(ctx context.Context, t tx, m ledgerMessage) error {
		if m.settled() {
			return nil
		}
		status := statusNotSent
		if reason == journey.ReasonUnknown {
			status = statusUnknown
		}
		return settle(ctx, t, m, status, reason, detail, at)
	})
}
