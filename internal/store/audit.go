package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"klantreis/internal/access"
)

// Change is one line of the audit log.
type Change struct {
	// Seq orders changes. The record gives it out.
	Seq int64
	// At is the real instant.
	At time.Time
	// By is who made it.
	By access.Actor
	// Action is what was done, such as "map.publish", and Target to what.
	Action, Target string
	// Was and Became are what was before and after, as JSON objects. Empty when there was nothing.
	Was, Became json.RawMessage
}

// values are what stood, or stands, in a place that changed. They hold no secret, and nothing about a customer but our own
// ids, because the audit log outlives both.
type values map[string]any

var insertAuditSQL = sqlText(`INSERT INTO audit (at, kind, name, origin, action, target, was, became)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`)

// note writes a change into the audit log, in the transaction that makes it: one is not there without the other.
func (s *Store) note(ctx context.Context, t tx, by access.Actor, action, target string, was, became values) error {
	if by == (access.Actor{}) {
		by.Kind = access.Process
	}
	before, err := asText(was)
	if err != nil {
		return err
	}
	after, err := asText(became)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, insertAuditSQL, micros(s.now()), string(by.Kind), storableText(by.Name), storableText(by.From),
		action, storableText(target), before, after); err != nil {
		return fmt.Errorf("note it in the audit log: %w", err)
	}
	return nil
}

func asText(v values) (string, error) {
	if v == nil {
		return "", nil
	}
	return storableJSON(v)
}

// AuditFilter says which changes are wanted.
type AuditFilter struct {
	// Before keeps those with a smaller Seq. Zero means all.
	Before int64
	// Since keeps those from an instant on. Zero means all.
	Since time.Time
	// Name and Action keep those of one actor and of one kind. Empty means all.
	Name, Action string
	// Limit is how many at most.
	Limit int
}

var auditSQL = sqlText(`SELECT seq, at, kind, name, origin, action, target, was, became FROM audit
	WHERE seq < $1 AND at >= $2 AND (CAST($3 AS TEXT) = '' OR name = CAST($3 AS TEXT))
	AND (CAST($4 AS TEXT) = '' OR action = CAST($4 AS TEXT)) ORDER BY seq DESC LIMIT $5`)

// Audit returns changes, newest first.
func (s *Store) Audit(ctx context.Context, f AuditFilter) ([]Change, error) {
	if f.Before == 0 {
		f.Before = math.MaxInt64
	}
	var changes []Change
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		changes, err = all(ctx, t, scanChange, auditSQL, f.Before, micros(f.Since), storableText(f.Name), storableText(f.Action), f.Limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	return changes, nil
}

func scanChange(row scanner) (Change, error) {
	var c Change
	var at int64
	var kind, was, became string
	err := row.Scan(&c.Seq, &at, &kind, &c.By.Name, &c.By.From, &c.Action, &c.Target, &was, &became)
	c.At, c.By.Kind = instant(at), access.Kind(kind)
	if was != "" {
		c.Was = json.RawMessage(was)
	}
	if became != "" {
		c.Became = json.RawMessage(became)
	}
	return c, err
}
