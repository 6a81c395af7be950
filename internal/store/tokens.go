package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"klantreis/internal/access"
)

// Token is what a program uses the API with, as the record has it. The token itself is not kept.
type Token struct {
	// Name tells tokens apart. It stays taken when the token is revoked.
	Name string
	// Hash is the SHA-256 of the token, in hexadecimal digits.
	Hash string
	// Scopes are what it may do.
	Scopes []access.Permission
	// CreatedAt, UsedAt and RevokedAt are real instants; UsedAt is some minutes old. Zero when that did not happen.
	CreatedAt, UsedAt, RevokedAt time.Time
}

var insertTokenSQL = sqlText(`INSERT INTO api_tokens (name, hash, scopes, created_at) VALUES ($1, $2, $3, $4)
	ON CONFLICT (name) DO NOTHING`)

// CreateToken keeps a new token's hash under a name. It answers ErrTaken when there is or was a token of that name.
func (s *Store) CreateToken(ctx context.Context, by access.Actor, name, hash string, scopes []access.Permission) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		inserted, err := t.exec(ctx, insertTokenSQL, storableText(name), hash, joinScopes(scopes), micros(s.now()))
		if err == nil && inserted == 0 {
			err = ErrTaken
		}
		if err != nil {
			return err
		}
		return s.note(ctx, t, by, "token.create", name, nil, values{"scopes": scopes})
	})
	if err != nil {
		return fmt.Errorf("create token %s: %w", name, err)
	}
	return nil
}

func joinScopes(scopes []access.Permission) string {
	texts := make([]string, len(scopes))
	for i, scope := range scopes {
		texts[i] = string(scope)
	}
	return strings.Join(texts, " ")
}

var revokeTokenSQL = sqlText(`UPDATE api_tokens SET revoked_at = $2 WHERE name = $1 AND revoked_at = 0`)

// RevokeToken makes a token invalid for good. It answers ErrNotFound when there is no valid token of that name.
func (s *Store) RevokeToken(ctx context.Context, by access.Actor, name string) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		revoked, err := t.exec(ctx, revokeTokenSQL, storableText(name), micros(s.now()))
		if err == nil && revoked == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		return s.note(ctx, t, by, "token.revoke", name, values{"revoked": false}, values{"revoked": true})
	})
	if err != nil {
		return fmt.Errorf("revoke token %s: %w", name, err)
	}
	return nil
}

const tokenColumns = `name, hash, scopes, created_at, used_at, revoked_at`

var (
	tokensSQL   = sqlText(`SELECT ` + tokenColumns + ` FROM api_tokens ORDER BY created_at, name`)
	tokenSQL    = sqlText(`SELECT ` + tokenColumns + ` FROM api_tokens WHERE hash = $1 AND revoked_at = 0`)
	useTokenSQL = sqlText(`UPDATE api_tokens SET used_at = $2 WHERE hash = $1 AND used_at < $2`)
)

func scanToken(row scanner) (Token, error) {
	var token Token
	var scopes string
	var created, used, revoked int64
	err := row.Scan(&token.Name, &token.Hash, &scopes, &created, &used, &revoked)
	for scope := range strings.FieldsSeq(scopes) {
		token.Scopes = append(token.Scopes, access.Permission(scope))
	}
	token.CreatedAt, token.UsedAt, token.RevokedAt = instant(created), instant(used), instant(revoked)
	return token, err
}

// Tokens returns all tokens, the oldest first.
func (s *Store) Tokens(ctx context.Context) ([]Token, error) {
	var tokens []Token
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		tokens, err = all(ctx, t, scanToken, tokensSQL)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	return tokens, nil
}

// Token returns the valid token with a hash. It answers ErrNotFound when there is none.
func (s *Store) Token(ctx context.Context, hash string) (Token, error) {
	var tokens []Token
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		tokens, err = all(ctx, t, scanToken, tokenSQL, hash)
		return err
	})
	if err == nil && len(tokens) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Token{}, fmt.Errorf("read a token: %w", err)
	}
	return tokens[0], nil
}

// UseToken notes that a token is used.
func (s *Store) UseToken(ctx context.Context, hash string) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		_, err := t.exec(ctx, useTokenSQL, hash, micros(s.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("note that a token is used: %w", err)
	}
	return nil
}
