package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// Keys knows the write keys. It must be safe for concurrent use.
type Keys interface {
	// ValidWriteKey says whether events may be sent with the key. How long it takes must not depend on how much of the
	// key is right.
	ValidWriteKey(key string) bool
}

// WriteKeys is a fixed list of write keys. An empty key is never valid.
type WriteKeys []string

// ValidWriteKey implements Keys.
func (keys WriteKeys) ValidWriteKey(key string) bool {
	valid := 0
	for _, k := range keys {
		if k != "" {
			valid |= equal(k, key)
		}
	}
	return valid == 1
}

// equal compares two secrets in a time that depends on neither, and returns 1 when they are the same.
func equal(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:])
}

// headerKey returns the write key of the Authorization header: the user name of Basic (clients leave the password
// empty), or a Bearer token. Empty when there is none.
func headerKey(r *http.Request) string {
	if user, _, ok := r.BasicAuth(); ok {
		return user
	}
	return bearer(r)
}

// bearer returns the Bearer token of a request; empty when there is none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
