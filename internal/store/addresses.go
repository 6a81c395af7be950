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
	address = journey.NormalAddress(address)
	if address == "" {
		return "", nil
	}
	key := s.addressKey.Load()
	if key == nil {
		var read string
		if err := t.row(ctx, addressKeySQL, nil, &read); err != nil {
			return "", fmt.Errorf("read the key of addresses: %w", err)
		}
		key = &read
		s.addressKey.Store(key)
	}
	mac := hmac.New(sha256.New, []byte(*key))
	mac.Write([]byte(address))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), nil
}
