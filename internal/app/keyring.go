package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/store"
)

// FirstKey is the name of the write key of the configuration, which no other key may have.
const FirstKey = "first"

var (
	// ErrKeyName says that a name cannot be the name of a key.
	ErrKeyName = errors.New("the name of a key has 1 to 64 small letters, digits, dots, dashes and underscores, and is not " + FirstKey)
	// ErrKeyTaken says that there is or was a key of that name.
	ErrKeyTaken = store.ErrTaken
	// ErrNoKey says that there is no key of that name.
	ErrNoKey = store.ErrNotFound
)

// keysFor is how long the keys are remembered. Within that time a revocation is in force everywhere, also when its hint
// was lost.
const keysFor = 2 * time.Second

// keyRecord is where keys are kept.
type keyRecord interface {
	CreateWriteKey(ctx context.Context, by access.Actor, name, hash string, at time.Time) error
	RevokeWriteKey(ctx context.Context, by access.Actor, name string, at time.Time) error
	WriteKeys(ctx context.Context) ([]store.WriteKey, error)
}

// KeyRing knows the write keys: the one of the configuration and those of the record. It is safe for concurrent use.
//
// Of the keys in the record only hashes are kept. A plain SHA-256 is right for them: a key is 256 random bits, so there
// is nothing to be gained by guessing, and looking up the hash of what somebody sends tells nothing about other keys.
type KeyRing struct {
	record  keyRecord
	first   config.Secret
	now     func() time.Time
	hint    func(context.Context) error
	close   func() error
	reading singleflight.Group

	mu     sync.Mutex
	names  map[string]string // of the valid keys by hash; nil when they are not known
	readAt time.Time
	edits  int // counts what made the names forgotten
}

func newKeyRing(record keyRecord, first config.Secret, now func() time.Time, hint func(context.Context) error) *KeyRing {
	return &KeyRing{record: record, first: first, now: now, hint: hint, close: func() error { return nil }}
}

// OpenKeyRing opens the keys of the record for a command. Close it after use.
func OpenKeyRing(ctx context.Context, cfg config.Config, now func() time.Time) (*KeyRing, error) {
	a := &App{cfg: cfg, Options: Options{Now: now}}
	if err := errors.Join(a.openRedis(ctx), a.openRecord(ctx)); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.keys.close = a.Close
	return a.keys, nil
}

// Close gives back what OpenKeyRing opened.
func (k *KeyRing) Close() error { return k.close() }

// WriteKey implements api.Keys.
func (k *KeyRing) WriteKey(ctx context.Context, key string) (string, bool, error) {
	hash := hashKey(key)
	if first := hashKey(string(k.first)); k.first != "" && subtle.ConstantTimeCompare([]byte(first), []byte(hash)) == 1 {
		return FirstKey, true, nil
	}
	names, err := k.valid(ctx)
	if err != nil {
		return "", false, err
	}
	name, ok := names[hash]
	return name, ok, nil
}

// valid returns the names of the valid keys by hash. Those who ask while they are read wait for one reading.
func (k *KeyRing) valid(ctx context.Context) (map[string]string, error) {
	k.mu.Lock()
	names, fresh := k.names, k.now().Sub(k.readAt) < keysFor
	k.mu.Unlock()
	if names != nil && fresh {
		return names, nil
	}
	read, err, _ := k.reading.Do("", func() (any, error) {
		// Others wait for this too, so it does not end with the one who asked first.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout)
		defer cancel()
		return k.read(ctx)
	})
	if err != nil {
		return nil, err
	}
	return read.(map[string]string), nil
}

func (k *KeyRing) read(ctx context.Context) (map[string]string, error) {
	k.mu.Lock()
	edits, at := k.edits, k.now()
	k.mu.Unlock()
	keys, err := k.record.WriteKeys(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, key := range keys {
		if key.RevokedAt.IsZero() {
			names[key.Hash] = key.Name
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.edits == edits { // Otherwise they may have changed while they were read.
		k.names, k.readAt = names, at
	}
	return names, nil
}

// Forget makes the keys be read again at the next request.
func (k *KeyRing) Forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.names = nil
	k.edits++
	k.reading.Forget("")
}

var keyName = regexp.MustCompile(`^[a-z0-9._-]{1,64}$`)

// Create makes a key and returns it. It cannot be had again. It answers ErrKeyName or ErrKeyTaken.
func (k *KeyRing) Create(ctx context.Context, by access.Actor, name string) (string, error) {
	if !keyName.MatchString(name) || name == FirstKey {
		return "", ErrKeyName
	}
	key := newKey()
	if err := k.record.CreateWriteKey(ctx, by, name, hashKey(key), k.now()); err != nil {
		return "", err
	}
	k.changed(ctx)
	return key, nil
}

// Revoke makes a key invalid for good, in this process at once and in all others within seconds. It answers ErrNoKey.
func (k *KeyRing) Revoke(ctx context.Context, by access.Actor, name string) error {
	if err := k.record.RevokeWriteKey(ctx, by, name, k.now()); err != nil {
		return err
	}
	k.changed(ctx)
	return nil
}

// changed forgets the keys here and elsewhere.
func (k *KeyRing) changed(ctx context.Context) {
	k.Forget()
	// A hint that is lost is no failure: the others look by themselves soon.
	_ = k.hint(ctx)
}

// List returns the keys of the record, the oldest first.
func (k *KeyRing) List(ctx context.Context) ([]store.WriteKey, error) {
	return k.record.WriteKeys(ctx)
}

// HasFirst tells whether the configuration has a key.
func (k *KeyRing) HasFirst() bool { return k.first != "" }

func hashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// newKey returns a key of 256 random bits, in characters that need no escaping anywhere.
func newKey() string {
	var random [32]byte
	_, _ = rand.Read(random[:]) // It never fails: the program ends instead.
	return "wk_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random[:]))
}
