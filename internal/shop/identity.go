package shop

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"net/mail"
	"strings"
)

// guestPrefix begins the userId of a guest.
const guestPrefix = "guest-"

var idEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// GuestUserID returns the userId of somebody who ordered without an account, by their mail address: the same for every order
// with that address, however it is written, and of no use to who does not know the address. It is empty when the text is no
// address, because then nobody can tell one guest from another.
func GuestUserID(email string) string {
	plain := strings.ToLower(strings.TrimSpace(email))
	if !IsAddress(plain) {
		return ""
	}
	sum := sha256.Sum256([]byte(plain))
	return guestPrefix + strings.ToLower(idEncoding.EncodeToString(sum[:15]))
}

// IsGuest tells whether a userId is that of a guest.
func IsGuest(userID string) bool { return strings.HasPrefix(userID, guestPrefix) }

// IsAddress tells whether a text is a bare mail address.
func IsAddress(text string) bool {
	address, err := mail.ParseAddress(text)
	return err == nil && address.Name == "" && address.Address == text && len(text) <= 254
}

// longestPart is how long a part of a messageId may be; longer ones are hashed.
const longestPart = 20

// MessageID returns the id of an event that is about one version of one object of a shop: whoever tells the same gets the
// same id, so that nothing counts twice. It has at most 100 characters, and holds nothing personal if the parts do not.
func MessageID(connection, kind, object, what string) string {
	parts := []string{connection, kind, object, what}
	id := "shop/" + strings.Join(parts, "/")
	if len(id) <= 100 && len(object) <= longestPart && !strings.Contains(connection+kind+object+what, "/") {
		return id
	}
	h := sha256.New()
	for _, part := range parts {
		_ = binary.Write(h, binary.BigEndian, uint64(len(part))) // A hash never fails.
		_, _ = h.Write([]byte(part))
	}
	return "shop/" + strings.ToLower(idEncoding.EncodeToString(h.Sum(nil)))
}

// Short returns a short hash of a text, to tell whether it changed without keeping it.
func Short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return strings.ToLower(idEncoding.EncodeToString(sum[:10]))
}
