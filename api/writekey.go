package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// Keys knows the write keys. It must be safe for concurrent use.
type Keys interface {
	// WriteKey returns the name of a write key; ok is false when events may not be sent with it. How long it takes must
	// not depend on how much of the key is right. An error means that it cannot be known now.
	WriteKey(ctx context.Context, key string) (name string, ok bool, err error)
}

// WriteKeys is a fixed list of write keys by name. An empty key is never valid.
type WriteKeys map[string]string

// WriteKey implements Keys.
func (keys WriteKeys) WriteKey(_ context.Context, key string) (name string, ok bool, err error) {
	for n, k := range keys {
		if k != "" && equal(k, key) == 1 {
			name, ok = n, true
		}
	}
	return name, ok, nil
}

// equal compares two secrets in a time that depends on neither, and returns 1 when they are the same.
func equal(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:])
}

// authorized is the write key that a request was sent with.
type authorized struct {
	// name is how the key is known, and key is itself. Both are empty when it is not valid.
	name, key string
}

// authorize looks the first of the keys up that is valid. It answers the zero value when none is.
func (s *Server) authorize(ctx context.Context, keys ...string) (authorized, *Problem) {
	for _, key := range keys {
		if key == "" {
			continue
		}
		name, ok, err := s.keys.WriteKey(ctx, key)
		if err != nil {
			s.log.ErrorContext(ctx, "look up write key", "error", err)
			return authorized{}, &Problem{Code: codeUnavailable, Message: "the write key could not be looked up; send the events again"}
		}
		if ok {
			return authorized{name: name, key: key}, nil
		}
	}
	return authorized{}, nil
}

func unauthorized(where string) *Problem {
	return &Problem{Code: codeUnauthorized, Message: "send the write key " + where}
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
