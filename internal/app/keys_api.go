package app

import (
	"context"
	"errors"

	"klantreis/api"
	"klantreis/internal/access"
)

// keysAPI serves the write keys to those who may manage.
type keysAPI struct{ ring *KeyRing }

// Keys implements api.KeyRing.
func (k keysAPI) Keys(ctx context.Context) ([]api.WriteKey, error) {
	keys, err := k.ring.List(ctx)
	if err != nil {
		return nil, err
	}
	var list []api.WriteKey
	if k.ring.HasFirst() {
		list = append(list, api.WriteKey{Name: FirstKey, Configured: true})
	}
	for _, key := range keys {
		list = append(list, api.WriteKey{Name: key.Name, CreatedAt: key.CreatedAt, RevokedAt: key.RevokedAt})
	}
	return list, nil
}

// Create implements api.KeyRing.
func (k keysAPI) Create(ctx context.Context, by access.Actor, name string) (string, error) {
	key, err := k.ring.Create(ctx, by, name)
	switch {
	case errors.Is(err, ErrKeyName):
		return "", api.ErrKeyName
	case errors.Is(err, ErrKeyTaken):
		return "", api.ErrKeyTaken
	}
	return key, err
}

// Revoke implements api.KeyRing.
func (k keysAPI) Revoke(ctx context.Context, by access.Actor, name string) error {
	err := k.ring.Revoke(ctx, by, name)
	if errors.Is(err, ErrNoKey) {
		return api.ErrNoKey
	}
	return err
}
