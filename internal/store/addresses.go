package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"klantreis/journey"
)

// addressKeySQL reads the key that was made at random with the tables, once for each record.
var addressKeySQL = sqlText(`SELECT key FROM address_key WHERE id = 1`)

// hashAddress returns what stands for a mail address where the address itself is not kept: a keyed hash, because plain
// hashes of addresses are easily guessed. Of no address it is empty.
func (s *Store) hashAddress(ctx context.Context, t tx, address string) (string, error) {
	return s.keyed(ctx, t, journey.NormalAddress(address))
}

// hashPerson returns what stands for a person where the shop's id of them is not kept. Of no id it is empty.
func (s *Store) hashPerson(ctx context.Context, t tx, userID string) (string, error) {
	if userID == "" {
		return "", nil
	}
	return s.keyed(ctx, t, "person\x00"+userID) // no address holds that
}

// keyed returns the hash of a text under the record's own key. Of no text it is empty.
func (s *Store) keyed(ctx context.Context, t tx, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	key, err := s.recordKey(ctx, t)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), nil
}

// recordKey returns the key of this record. It is read once.
func (s *Store) recordKey(ctx context.Context, t tx) (string, error) {
	if key := s.addressKey.Load(); key != nil {
		return *key, nil
	}
	var key string
	if err := t.row(ctx, addressKeySQL, nil, &key); err != nil {
		return "", fmt.Errorf("read the key of addresses: %w", err)
	}
	s.addressKey.Store(&key)
	return key, nil
}
