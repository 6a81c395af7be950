package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"klantreis/internal/access"
)

// ErrTaken says that there is something of that name already.
var ErrTaken = errors.New("the name is taken")

// WriteKey is a key with which a shop posts events, as the record has it. The key itself is not kept.
type WriteKey struct {
	// Name tells keys apart. It stays taken when the key is revoked, so that what was noted under it has one meaning.
	Name string
	// Hash is the SHA-256 of the key, in hexadecimal digits.
	Hash string
	// CreatedAt and RevokedAt are real instants. RevokedAt is zero while the key is valid.
	CreatedAt, RevokedAt time.Time
}

var insertWriteKeySQL = sqlText(`INSERT INTO write_keys (name, hash, created_at) VALUES ($1, $2, $3)
	ON CONFLICT (name) DO NOTHING`)

// CreateWriteKey keeps a new key's hash under a name. It answers ErrTaken when there is or was a key of that name.
func (s *Store) CreateWriteKey(ctx context.Context, by access.Actor, name, hash string, at time.Time) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		inserted, err := t.exec(ctx, insertWriteKeySQL, storableText(name), hash, micros(at))
		if err == nil && inserted == 0 {
			err = ErrTaken
		}
		if err != nil {
			return err
		}
		return s.note(ctx, t, by, "key.create", name, nil, values{"revoked": false})
	})
	if err != nil {
		return fmt.Errorf("create write key %s: %w", name, err)
	}
	return nil
}

var (
	hasWriteKeySQL    = sqlText(`SELECT revoked_at FROM write_keys WHERE name = $1 FOR UPDATE`)
	revokeWriteKeySQL = sqlText(`UPDATE write_keys SET revoked_at = $2 WHERE name = $1`)
)

// RevokeWriteKey makes a key invalid for good. A key that is revoked keeps its instant. It answers ErrNotFound when there
// is no key of that name.
func (s *Store) RevokeWriteKey(ctx context.Context, by access.Actor, name string, at time.Time) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		var revoked int64
		err := t.row(ctx, hasWriteKeySQL, []any{storableText(name)}, &revoked)
		switch {
		case none(err):
			return ErrNotFound
		case err != nil || revoked != 0:
			return err
		}
		if _, err := t.exec(ctx, revokeWriteKeySQL, storableText(name), micros(at)); err != nil {
			return err
		}
		return s.note(ctx, t, by, "key.revoke", name, values{"revoked": false}, values{"revoked": true})
	})
	if err != nil {
		return fmt.Errorf("revoke write key %s: %w", name, err)
	}
	return nil
}

var writeKeysSQL = sqlText(`SELECT name, hash, created_at, revoked_at FROM write_keys ORDER BY created_at, name`)

// WriteKeys returns all keys, the oldest first.
func (s *Store) WriteKeys(ctx context.Context) ([]WriteKey, error) {
	var keys []WriteKey
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		keys, err = all(ctx, t, func(row scanner) (WriteKey, error) {
			var key WriteKey
			var created, revoked int64
			err := row.Scan(&key.Name, &key.Hash, &created, &revoked)
			key.CreatedAt, key.RevokedAt = instant(created), instant(revoked)
			return key, err
		}, writeKeysSQL)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read write keys: %w", err)
	}
	return keys, nil
}
