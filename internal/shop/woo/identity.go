package woo

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// guestPrefix begins the userId of a guest.
const guestPrefix = "guest-"

// userID returns the userId of who has an account, or else of the guest with an address; "" for nobody.
func (m *Mapper) userID(customerID, email text) string {
	if id := customerID.id(); id != "" {
		return id
	}
	plain := strings.ToLower(strings.TrimSpace(string(email)))
	if plain == "" || (address{Email: text(plain)}).anonymised() {
		return ""
	}
	sum := sha256.Sum256([]byte(plain))
	return guestPrefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15]))
}

func (m *Mapper) isGuest(userID string) bool { return strings.HasPrefix(userID, guestPrefix) }
