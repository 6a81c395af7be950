package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"klantreis/internal/access"
)

// Audit reads who changed what. It must be safe for concurrent use.
type Audit interface {
	// Changes returns changes, newest first.
	Changes(ctx context.Context, filter AuditFilter) ([]Change, error)
}

// AuditFilter says which changes are wanted.
type AuditFilter struct {
	// Before keeps those with a smaller ID. Zero means all.
	Before int64
	// Name and Action keep those of one who changes, and of one kind. Empty means all.
	Name, Action string
	// Limit is how many at most; at least 1.
	Limit int
}

// Change is one change of something.
type Change struct {
	// ID orders them.
	ID int64 `json:"id"`
	// At is when, in real time.
	At time.Time `json:"at"`
	// Kind is what made it: user, token, cli or process; Name who, and From where.
	Kind access.Kind `json:"kind"`
	Name string      `json:"name,omitempty"`
	From string      `json:"from,omitempty"`
	// Action is what was done, such as map.publish, and Target to what.
	Action string `json:"action"`
	Target string `json:"target"`
	// Before and After are what was and what became. Absent when there was nothing.
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

const (
	defaultChanges = 100
	maxChanges     = 1000
)

// changes answers with who changed what, newest first.
func (s *Server) changes(w http.ResponseWriter, r *http.Request) {
	limit, before, problem := pageOf(r, defaultChanges, maxChanges)
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	query := r.URL.Query()
	changes, err := s.audit.Changes(r.Context(), AuditFilter{Before: int64(before), Name: query.Get("name"), Action: query.Get("action"), Limit: limit})
	if err != nil {
		s.unavailable(w, r, "read the audit log", err)
		return
	}
	if changes == nil {
		changes = []Change{}
	}
	writeJSON(w, http.StatusOK, map[string][]Change{"changes": changes})
}
