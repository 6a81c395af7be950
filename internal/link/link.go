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
	keys [][]byte // the first signs, all are known
	kind string
}

// New returns a signer. Signers of other kinds, or with other keys, do not read its tokens. It also reads the tokens that
// were signed with former keys, so that mails sent before the key was changed keep working.
func New(kind, key string, former ...string) Signer {
	s := Signer{keys: [][]byte{[]byte(key)}, kind: kind}
	for _, old := range former {
		s.keys = append(s.keys, []byte(old))
	}
	return s
}

// Token returns the token for an id, which must not hold a dot.
func (s Signer) Token(id string) string {
	return id + "." + base64.RawURLEncoding.EncodeToString(s.mac(s.keys[0], id))
}

// ID returns the id of a token, and false when the token was not made by a signer like this.
func (s Signer) ID(token string) (id string, ok bool) {
	id, encoded, _ := strings.Cut(token, ".")
	mac, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || id == "" {
		return "", false
	}
	for _, key := range s.keys {
		if hmac.Equal(mac, s.mac(key, id)) {
			return id, true
		}
	}
	return "", false
}

func (s Signer) mac(key []byte, id string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(s.kind + "\x00" + id))
	return h.Sum(nil)[:macBytes]
}
