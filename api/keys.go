package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"klantreis/internal/access"
)

// KeyRing makes and revokes write keys. It must be safe for concurrent use.
type KeyRing interface {
	// Keys returns all keys, the oldest first.
	Keys(ctx context.Context) ([]WriteKey, error)
	// Create makes a key and returns it; it cannot be had again. It answers ErrKeyName or ErrKeyTaken.
	Create(ctx context.Context, by access.Actor, name string) (key string, err error)
	// Revoke makes a key invalid for good. It answers ErrNoKey.
	Revoke(ctx context.Context, by access.Actor, name string) error
}

var (
	// ErrKeyName says that a name cannot be the name of a key.
	ErrKeyName = errors.New("a key cannot have this name")
	// ErrKeyTaken says that there is or was a key of that name.
	ErrKeyTaken = errors.New("there is or was a key of this name")
	// ErrNoKey says that there is no key of that name that could be revoked.
	ErrNoKey = errors.New("there is no key of this name")
)

// WriteKey is what is shown of a write key. The key itself is shown only once, when it is made.
type WriteKey struct {
	// Name is how the key is known.
	Name string `json:"name"`
	// Configured is true for the key of the configuration, which only that can change.
	Configured bool `json:"configured,omitempty"`
	// CreatedAt is when it was made. Absent for the key of the configuration.
	CreatedAt time.Time `json:"createdAt,omitzero"`
	// RevokedAt is when it was revoked. Absent while it is valid.
	RevokedAt time.Time `json:"revokedAt,omitzero"`
}

// routeKeys serves the write keys.
func (s *Server) routeKeys() {
	s.router.read("GET /api/v1/keys", access.KeysRead, s.writeKeys)
	s.router.change("POST /api/v1/keys", access.KeysWrite, s.createKey)
	s.router.change("DELETE /api/v1/keys/{name}", access.KeysWrite, s.revokeKey)
}

// writeKeys answers with the write keys, the oldest first.
func (s *Server) writeKeys(w http.ResponseWriter, r *http.Request) {
	keys, err := s.keyRing.Keys(r.Context())
	if err != nil {
		s.unavailable(w, r, "read write keys", err)
		return
	}
	if keys == nil {
		keys = []WriteKey{}
	}
	writeJSON(w, http.StatusOK, map[string][]WriteKey{"keys": keys})
}

// createKey makes a key and shows it, this once.
func (s *Server) createKey(w http.ResponseWriter, r *http.Request, by access.Actor) {
	name, problem := readKeyName(w, r)
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	key, err := s.keyRing.Create(r.Context(), by, name)
	switch {
	case errors.Is(err, ErrKeyName):
		writeProblem(w, &Problem{Code: codeBadParameter, Field: "name", Message: `must have 1 to 64 small letters, digits, dots, dashes and underscores, and not be "first"`})
	case errors.Is(err, ErrKeyTaken):
		writeProblem(w, &Problem{Code: codeTaken, Field: "name", Message: "there is or was a key of this name; choose another"})
	case err != nil:
		s.unavailable(w, r, "create write key", err)
	default:
		writeJSON(w, http.StatusCreated, map[string]string{"name": name, "key": key})
	}
}

// readKeyName reads the body of a request for a new key: {"name": "..."}.
func readKeyName(w http.ResponseWriter, r *http.Request) (string, *Problem) {
	f, problem := readFields(w, r)
	if problem != nil {
		return "", problem
	}
	return f.name("name"), f.problem
}

// revokeKey makes a key invalid.
func (s *Server) revokeKey(w http.ResponseWriter, r *http.Request, by access.Actor) {
	err := s.keyRing.Revoke(r.Context(), by, r.PathValue("name"))
	switch {
	case errors.Is(err, ErrNoKey):
		writeProblem(w, &Problem{Code: codeNotFound, Field: "name", Message: "there is no key of this name that could be revoked here"})
	case err != nil:
		s.unavailable(w, r, "revoke write key", err)
	default:
		writeJSON(w, http.StatusOK, map[string]string{"revoked": r.PathValue("name")})
	}
}
