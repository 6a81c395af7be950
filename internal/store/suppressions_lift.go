package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"klantreis/internal/access"
	"klantreis/journey"
)

// Suppressed is one reason why one address must not be mailed. The address itself is not kept.
type Suppressed struct {
	Suppression
	// UserID is the shop's id of the customer whose mail led to it. Empty when the record does not know them any more.
	UserID string
	// Cursor names its place in the list.
	Cursor string
}

var listSuppressionsSQL = sqlText(`SELECT s.address, s.reason, s.since, s.source, COALESCE(c.user_id, '')
	FROM suppressions s LEFT JOIN customers c ON c.id = s.customer_id
	WHERE (s.since, s.address, s.reason) < ($1, $2, $3) AND (CAST($4 AS TEXT) = '' OR s.address = CAST($4 AS TEXT))
	ORDER BY s.since DESC, s.address DESC, s.reason DESC LIMIT $5`)

// Suppressions returns at most limit suppressions, newest first: those after a cursor, and all when it is empty; of one address,
// or of all when it is empty.
func (s *Store) Suppressions(ctx context.Context, address, after string, limit int) ([]Suppressed, error) {
	since, hash, reason := parseCursor(after)
	var list []Suppressed
	err := s.read(ctx, func(ctx context.Context, t tx) error {
		only, err := s.hashAddress(ctx, t, address)
		if err != nil {
			return err
		}
		list, err = all(ctx, t, func(row scanner) (one Suppressed, err error) {
			var hash string
			var since int64
			err = row.Scan(&hash, &one.Reason, &since, &one.Source, &one.UserID)
			one.Since, one.Cursor = instant(since), fmt.Sprintf("%d.%s.%s", since, hash, one.Reason)
			return one, err
		}, listSuppressionsSQL, since, hash, reason, only, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list suppressions: %w", err)
	}
	return list, nil
}

// parseCursor reads a cursor. One that is none stands before all.
func parseCursor(cursor string) (since int64, hash, reason string) {
	parts := strings.SplitN(storableText(cursor), ".", 3)
	if since, err := strconv.ParseInt(parts[0], 10, 64); err == nil && len(parts) == 3 {
		return since, parts[1], parts[2]
	}
	return math.MaxInt64, "", ""
}

// Lift is what is to be lifted.
type Lift struct {
	// Address is to be mailed again.
	Address string
	// Objections lifts also what its reader said: that they do not want our mails. Otherwise only that nothing arrives is
	// lifted.
	Objections bool
	// By says who wants it.
	By string
	// Actor is who does it, for the audit log.
	Actor access.Actor
}

var (
	liftSQL = sqlText(`DELETE FROM suppressions WHERE address = $1 AND reason = ANY($2) RETURNING reason, customer_id`)
	keptSQL = sqlText(`SELECT reason FROM suppressions WHERE address = $1 ORDER BY reason`)
)

// lifted is a suppression that was taken back.
type lifted struct {
	reason     journey.SuppressionReason
	customerID string
}

// Lift lets an address be mailed again, and records a decision about each reason that held it back. It returns the reasons that
// were lifted and those that are left.
func (s *Store) Lift(ctx context.Context, l Lift) (taken, left []journey.SuppressionReason, err error) {
	reasons := []string{string(journey.AddressBounced), string(journey.AddressInvalid)}
	if l.Objections {
		reasons = append(reasons, string(journey.AddressComplained), string(journey.AddressUnsubscribed))
	}
	err = s.write(ctx, func(ctx context.Context, t tx) error {
		taken, left = nil, nil
		hash, err := s.hashAddress(ctx, t, l.Address)
		if err != nil {
			return err
		}
		rows, err := all(ctx, t, func(row scanner) (one lifted, err error) {
			err = row.Scan(&one.reason, &one.customerID)
			return one, err
		}, liftSQL, hash, reasons)
		if err != nil {
			return err
		}
		for _, one := range rows {
			taken = append(taken, one.reason)
			if err := s.noteLifted(ctx, t, one, l.By); err != nil {
				return err
			}
		}
		slices.Sort(taken)
		left, err = all(ctx, t, func(row scanner) (reason journey.SuppressionReason, err error) {
			err = row.Scan(&reason)
			return reason, err
		}, keptSQL, hash)
		if err != nil || len(taken) == 0 {
			return err
		}
		return s.note(ctx, t, l.Actor, "suppression.lift", hash, values{"reasons": slices.Concat(taken, left)}, values{"reasons": slices.Concat(left)})
	})
	if err != nil {
		return nil, nil, fmt.Errorf("lift suppressions: %w", err)
	}
	return taken, left, nil
}

// noteLifted records the decision of the person who lifted a suppression, with the customer whose mail had led to it.
func (s *Store) noteLifted(ctx context.Context, t tx, one lifted, by string) error {
	clock, err := readClock(ctx, t)
	if err != nil {
		return err
	}
	return saveDecisions(ctx, t, one.customerID, 0, []journey.Decision{{
		At: clock.Journey(s.now()).UTC().Truncate(time.Microsecond), Kind: journey.DecidedLifted, Reason: journey.ReasonByHand,
		Detail: map[string]any{"suppressed": string(one.reason), "by": storableText(by)},
	}})
}
