package app

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/store"
)

// post sends an event with a key and returns the status.
func (a *App) post(t *testing.T, key, messageID string) int {
	t.Helper()
	status, _ := a.do(t, http.MethodPost, "/v1/track", `{"userId":"u","event":"X","messageId":"`+messageID+`"}`,
		http.Header{"Authorization": {"Bearer " + key}})
	return status
}

// TestKeysComeAndGo makes a key through the API, uses it in two processes, and revokes it. Time stands still in both, so
// that only the hint can tell the second one.
func TestKeysComeAndGo(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	a, b := serve(t, cfg), serve(t, cfg)
	admin := http.Header{"Authorization": {"Bearer admin-token"}}
	require.Equal(t, http.StatusUnauthorized, b.post(t, "wk_unknown", "0"), "b knows the keys now")
	require.Eventually(t, func() bool {
		listeners, err := a.redis.PubSubNumSub(t.Context(), "klantreis:keys").Result()
		require.NoError(t, err)
		return listeners["klantreis:keys"] == 2
	}, time.Minute, 10*time.Millisecond, "both hear of changes")

	status, answer := a.do(t, http.MethodPost, "/api/v1/keys", `{"name":"webshop"}`, admin)
	require.Equal(t, http.StatusCreated, status, answer)
	var made struct{ Name, Key string }
	require.NoError(t, json.Unmarshal([]byte(answer), &made))
	require.Regexp(t, `^wk_[a-z2-7]{52}$`, made.Key)
	require.Equal(t, http.StatusOK, a.post(t, made.Key, "1"))
	require.Eventually(t, func() bool { return b.post(t, made.Key, "2") == http.StatusOK }, 10*time.Second, 10*time.Millisecond)
	require.Equal(t, http.StatusOK, b.post(t, "write-key", "3"), "the key of the configuration")

	status, answer = a.do(t, http.MethodGet, "/api/v1/keys", "", admin)
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"keys":[{"name":"first","configured":true},{"name":"webshop","createdAt":"2026-03-01T09:00:00Z"}]}`, answer)
	require.NotContains(t, answer, made.Key)

	status, _ = a.do(t, http.MethodDelete, "/api/v1/keys/webshop", "", admin)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, http.StatusUnauthorized, a.post(t, made.Key, "4"))
	require.Eventually(t, func() bool { return b.post(t, made.Key, "5") == http.StatusUnauthorized }, 10*time.Second, 10*time.Millisecond)
	status, _ = a.do(t, http.MethodDelete, "/api/v1/keys/first", "", admin)
	require.Equal(t, http.StatusNotFound, status, "only the configuration can change this one")
}

// keys is a record of keys in memory that counts how often it is read.
type keys struct {
	list  []store.WriteKey
	reads int
	err   error
}

func (k *keys) CreateWriteKey(_ context.Context, _ access.Actor, name, hash string, at time.Time) error {
	k.list = append(k.list, store.WriteKey{Name: name, Hash: hash, CreatedAt: at})
	return nil
}

func (k *keys) RevokeWriteKey(context.Context, access.Actor, string, time.Time) error { return nil }

func (k *keys) WriteKeys(context.Context) ([]store.WriteKey, error) {
	k.reads++
	return k.list, k.err
}

func TestKeysAreRememberedForAShortTime(t *testing.T) {
	t.Parallel()
	record, at := &keys{}, start
	ring := newKeyRing(record, "", func() time.Time { return at }, func(context.Context) error { return errors.New("redis is away") })
	require.False(t, ring.HasFirst())
	_, ok, err := ring.WriteKey(t.Context(), "")
	require.NoError(t, err)
	require.False(t, ok, "no key at all")
	key, err := ring.Create(t.Context(), access.Actor{}, "shop")
	require.NoError(t, err, "a hint that is lost is no failure")
	for range 100 {
		name, ok, err := ring.WriteKey(t.Context(), key)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, "shop", name)
	}
	require.Equal(t, 2, record.reads)
	require.NotContains(t, record.list[0].Hash, key[3:])

	record.list[0].RevokedAt = start // By another process.
	at = at.Add(keysFor)
	_, ok, err = ring.WriteKey(t.Context(), key)
	require.NoError(t, err)
	require.False(t, ok)

	record.err = errors.New("the record is away")
	at = at.Add(keysFor)
	_, _, err = ring.WriteKey(t.Context(), key)
	require.ErrorIs(t, err, record.err)
}

func TestNamesOfKeys(t *testing.T) {
	t.Parallel()
	ring := newKeyRing(&keys{}, "", now, func(context.Context) error { return nil })
	for _, name := range []string{"", "First", "first", "a b", "naam/weg", "é", string(make([]byte, 65))} {
		_, err := ring.Create(t.Context(), access.Actor{}, name)
		require.ErrorIs(t, err, ErrKeyName, name)
	}
	for _, name := range []string{"a", "shop-2.nl_old"} {
		_, err := ring.Create(t.Context(), access.Actor{}, name)
		require.NoError(t, err, name)
	}
}

// TestKeysWithoutTheRecord answers that it cannot be known now, except for the key of the configuration.
func TestKeysWithoutTheRecord(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	require.NoError(t, a.record.Close())
	require.Equal(t, http.StatusServiceUnavailable, a.post(t, "wk_other", "1"))
}

func TestOpenKeyRing(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.Redis.URL = config.Secret("redis://" + miniredis.RunT(t).Addr())
	ring, err := OpenKeyRing(t.Context(), cfg, now)
	require.NoError(t, err)
	_, err = ring.Create(t.Context(), access.Actor{}, "shop")
	require.NoError(t, err)
	_, err = ring.Create(t.Context(), access.Actor{}, "shop")
	require.ErrorIs(t, err, ErrKeyTaken)
	require.ErrorIs(t, ring.Revoke(t.Context(), access.Actor{}, "nobody"), ErrNoKey)
	require.NoError(t, ring.Close())

	cfg.Record.Database = "sqlite:/no/such/folder/record.db"
	_, err = OpenKeyRing(t.Context(), cfg, now)
	require.Error(t, err)
}
