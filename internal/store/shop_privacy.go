package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"klantreis/internal/access"
	"klantreis/internal/shop"
)

// PrivacyRequest is a privacy request of a shop, as the record has it.
type PrivacyRequest struct {
	shop.PrivacyRequest
	// Connection is the name of the connection that it came from.
	Connection string
	// ReceivedAt is when it came, in real time.
	ReceivedAt time.Time
}

var (
	queuePrivacySQL = sqlText(`INSERT INTO shop_privacy_requests (id, connection, kind, user_ids, received_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO NOTHING`)
	openPrivacySQL = sqlText(`SELECT id, connection, kind, user_ids, received_at FROM shop_privacy_requests
		WHERE done_at = 0 ORDER BY received_at, id LIMIT $1`)
	donePrivacySQL = sqlText(`UPDATE shop_privacy_requests SET done_at = $2, user_ids = '[]' WHERE id = $1 AND done_at = 0`)
)

// QueuePrivacyRequest keeps a privacy request until it is done. One that came before is left as it is.
func (s *Store) QueuePrivacyRequest(ctx context.Context, connection string, request shop.PrivacyRequest) error {
	ids, err := json.Marshal(request.UserIDs)
	if err == nil {
		err = s.write(ctx, func(ctx context.Context, t tx) error {
			_, err := t.exec(ctx, queuePrivacySQL, privacyID(connection, request.ID), connection, string(request.Kind), storableText(string(ids)), micros(s.now()))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("queue a privacy request of %s: %w", connection, err)
	}
	return nil
}

// privacyID stands for a request: two shops may give the same id.
func privacyID(connection, id string) string { return connection + "/" + storableText(id) }

// PrivacyRequests returns the oldest requests that are not done.
func (s *Store) PrivacyRequests(ctx context.Context, limit int) (open []PrivacyRequest, err error) {
	err = s.read(ctx, func(ctx context.Context, t tx) (err error) {
		open, err = all(ctx, t, scanPrivacyRequest, openPrivacySQL, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read privacy requests: %w", err)
	}
	return open, nil
}

func scanPrivacyRequest(row scanner) (PrivacyRequest, error) {
	var p PrivacyRequest
	var ids string
	var received int64
	if err := row.Scan(&p.ID, &p.Connection, &p.Kind, &ids, &received); err != nil {
		return p, err
	}
	p.ReceivedAt = instant(received)
	return p, json.Unmarshal([]byte(ids), &p.UserIDs)
}

// PrivacyRequestDone notes who carried out a request, as PrivacyRequests returned it, and forgets whom it was about. It answers
// ErrNotFound when no such request is open.
func (s *Store) PrivacyRequestDone(ctx context.Context, by access.Actor, id string) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		done, err := t.exec(ctx, donePrivacySQL, storableText(id), micros(s.now()))
		if err == nil && done == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		return s.note(ctx, t, by, "privacy.done", id, nil, nil)
	})
	if err != nil {
		return fmt.Errorf("note that a privacy request is done: %w", err)
	}
	return nil
}
