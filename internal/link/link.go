// Package link makes the secret part of links that a mail carries, and reads it: who holds the link was given it by us.
//
// It must not know what a link leads to.
package link

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// macBytes is how much of a signature a token carries: too much to be guessed, and short enough for a link.
const macBytes = 16

// Signer makes and reads the tokens of one kind of link. It is safe for concurrent use.
type Signer struct {
	key  []byte
	kind string
}

// New returns a signer. Signers of other kinds, or with other keys, do not read its tokens.
func New(key, kind string) Signer {
	return Signer{key: []byte(key), kind: kind}
}

// Token returns the token for an id, which must not hold a dot.
func (s Signer) Token(id string) string {
	return id + "." + base64.RawURLEncoding.EncodeToString(s.mac(id))
}

// ID returns the id of a token, and false when the token was not made by a signer like this.
func (s Signer) ID(token string) (id string, ok bool) {
	id, encoded, _ := strings.Cut(token, ".")
	mac, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil || id == "" || !hmac.Equal(mac, s.mac(id)) {
		return "", false
	}
	return id, true
}

func (s Signer) mac(id string) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(s.kind + "\x00" + id))
	return h.Sum(nil)[:macBytes]
}
