package app

import (
	"context"
	"errors"

	"klantreis/api"
	"klantreis/internal/access"
	"klantreis/internal/password"
	"klantreis/internal/store"
)

var _ api.Passwords = (*accounts)(nil)

// ChangePassword implements api.Passwords. A try counts like one to sign in: who has a session, and not the password, may not
// guess it here either.
func (a *accounts) ChangePassword(ctx context.Context, by access.Actor, old, changed string) (string, error) {
	if after, ok := a.limit.allow(ctx, by.Name, by.From); !ok {
		return "", &api.ThrottledError{After: after}
	}
	user, err := a.record.User(ctx, by.Name)
	if err != nil {
		return "", err
	}
	waiting, cancel := context.WithTimeout(ctx, checkWithin)
	defer cancel()
	ok, _, err := a.hasher.Check(waiting, user.PasswordHash, old)
	if err != nil {
		return "", err
	}
	if !ok {
		a.log.InfoContext(ctx, "change of a password refused", "from", by.From)
		return "", api.ErrSignIn
	}
	same, _, err := a.hasher.Check(waiting, user.PasswordHash, changed)
	if err != nil {
		return "", err
	}
	if same {
		return "", api.ErrSamePassword
	}
	hash, err := a.hasher.Hash(waiting, changed)
	if errors.Is(err, password.ErrLength) {
		return "", api.ErrPassword
	}
	if err != nil {
		return "", err
	}
	session := newSecret("")
	err = a.record.ChangePassword(ctx, by, store.Entry{User: user.Name, PasswordHash: user.PasswordHash, NewHash: hash, Hash: hashKey(session)})
	if errors.Is(err, store.ErrNotFound) {
		return "", api.ErrSignIn
	}
	if err != nil {
		return "", err
	}
	return session, nil
}
