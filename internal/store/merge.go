package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"klantreis/internal/access"
	"klantreis/journey"
)

// Joiner is the part of the core that says what becomes of two customers who are one person. *journey.Map is one.
type Joiner interface {
	// Join returns what is known of into, once from was merged into it.
	Join(into, from journey.State) journey.State
	// JoinRuns returns the runs that end, with those to which they give way, and the new numbers of those that need one.
	JoinRuns(runs []journey.JoinedRun) (ended map[string]string, numbers map[string]int)
}

// Merging says which customers are one person, by the shop's ids.
type Merging struct {
	// From is who is merged, and Into who stays.
	From, Into string
	// MakeInto makes Into when there is no such customer.
	MakeInto bool
	// By is the person who says so, for the audit log. The zero Actor when an event says so.
	By access.Actor
}

// Merge makes two customers one, in one transaction under the locks of both. Everything of From becomes Into's: events,
// runs, messages, decisions, exposures, tasks and devices; what is known of both is joined. Both are woken: Into to go on
// with what From left, and From, whose id the record knows no more, to end its workflow.
//
// It answers false when they are one customer already, and ErrNotFound when the record does not know one of them. The
// shop's id of From means Into from then on.
func (s *Store) Merge(ctx context.Context, m Merging, j Joiner) (bool, error) {
	merged := false
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		into, from, err := s.lockBoth(ctx, t, m)
		merged = err == nil && into.id != from.id
		if !merged {
			return err
		}
		clock, err := readClock(ctx, t)
		if err != nil {
			return err
		}
		g := merge{tx: t, into: into, from: from, real: s.now(), at: clock.Journey(s.now()).UTC().Truncate(time.Microsecond)}
		if err := s.joinObjections(ctx, t, from.userID, into.userID); err != nil {
			return err
		}
		if err := g.do(ctx, j); err != nil || m.By == (access.Actor{}) {
			return err
		}
		return s.note(ctx, t, m.By, "customer.merge", into.id, values{"customers": []string{into.id, from.id}}, values{"customers": []string{into.id}})
	})
	if err != nil {
		return false, fmt.Errorf("merge customers: %w", err)
	}
	return merged, nil
}

// mergedCustomer is a customer's row while a merge holds it.
type mergedCustomer struct {
	id, userID string
	step       int64
	state      journey.State
}

// lockBothSQL lets nobody refer to the rows meanwhile.
var lockBothSQL = sqlText(`SELECT id, user_id, step, phase, phase_since, facts FROM customers WHERE id = ANY($1)
	ORDER BY id FOR UPDATE`)

// lockBothTries is how often a customer may turn out to have been merged with yet another one before it is locked.
const lockBothTries = 5

// lockBoth locks both customers. They have the same id when they are one.
func (s *Store) lockBoth(ctx context.Context, t tx, m Merging) (into, from mergedCustomer, err error) {
	for range lockBothTries {
		intoID, fromID, err := s.findBoth(ctx, t, m)
		if err != nil || intoID == fromID {
			return mergedCustomer{id: intoID}, mergedCustomer{id: fromID}, err
		}
		locked, err := all(ctx, t, scanMergedCustomer, lockBothSQL, []string{intoID, fromID})
		if err != nil {
			return into, from, fmt.Errorf("lock: %w", err)
		}
		if len(locked) < 2 {
			continue
		}
		if locked[0].id == intoID {
			return locked[0], locked[1], nil
		}
		return locked[1], locked[0], nil
	}
	return into, from, errors.New("they are being merged with others")
}

// findBoth returns our own ids of both.
func (s *Store) findBoth(ctx context.Context, t tx, m Merging) (into, from string, err error) {
	fromUser, intoUser := storableText(m.From), storableText(m.Into)
	known, err := pairs(ctx, t, selectCustomersSQL, []string{fromUser, intoUser})
	if err != nil {
		return "", "", fmt.Errorf("find: %w", err)
	}
	if known[intoUser] == "" && known[fromUser] != "" && m.MakeInto {
		made, err := s.makeCustomers(ctx, t, []string{intoUser})
		if err != nil {
			return "", "", err
		}
		known[intoUser] = made[intoUser]
	}
	if known[intoUser] == "" || known[fromUser] == "" {
		return "", "", ErrNotFound
	}
	return known[intoUser], known[fromUser], nil
}

func scanMergedCustomer(row scanner) (mergedCustomer, error) {
	var c mergedCustomer
	var since int64
	var facts []byte
	if err := row.Scan(&c.id, &c.userID, &c.step, &c.state.Phase, &since, &facts); err != nil {
		return c, err
	}
	c.state.CustomerID, c.state.PhaseSince = c.id, instant(since)
	return c, json.Unmarshal(facts, &c.state.Facts)
}

// knownCustomersSQL is selectCustomersSQL without the ids that were only announced.
var knownCustomersSQL = sqlText(`SELECT user_id, id FROM customers WHERE user_id = ANY($1)
	UNION ALL SELECT user_id, customer_id FROM customer_aliases WHERE user_id = ANY($1) AND former_id <> ''`)

// CustomerIDs returns our own ids of customers by the shop's ids, of those that the record knows. An id that an alias
// announced is nobody's yet.
func (s *Store) CustomerIDs(ctx context.Context, userIDs []string) (map[string]string, error) {
	asked := make([]string, len(userIDs))
	for i, id := range userIDs {
		asked[i] = storableText(id)
	}
	var ids map[string]string
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		ids, err = pairs(ctx, t, knownCustomersSQL, asked)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find customers: %w", err)
	}
	return ids, nil
}
