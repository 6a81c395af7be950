package api

import (
	"context"
	"net/http"
	"time"

	"klantreis/internal/access"
	"klantreis/journey"
)

// Suppressions knows the addresses that must not be mailed. It must be safe for concurrent use.
type Suppressions interface {
	// Suppressions returns at most limit suppressions, newest first: those after a cursor, and all when it is empty; of one
	// address, or of all when it is empty.
	Suppressions(ctx context.Context, address, after string, limit int) ([]SuppressedAddress, error)
	// Lift lets an address be mailed again. It answers which reasons were taken back, and which are left.
	Lift(ctx context.Context, l Lift) (Lifted, error)
}

// SuppressedAddress is one reason why one address must not be mailed. The address itself is not kept, only a hash of it.
type SuppressedAddress struct {
	// Reason is why.
	Reason journey.SuppressionReason `json:"reason"`
	// Since is when, in real time.
	Since time.Time `json:"since"`
	// Source says who told it.
	Source string `json:"source"`
	// UserID is the customer whose mail led to it. Absent when nobody knows.
	UserID string `json:"userId,omitempty"`
	// Cursor is what to ask for as after to get those that follow.
	Cursor string `json:"cursor"`
}

// Lift says which address may be mailed again.
type Lift struct {
	// Address is the address.
	Address string
	// Objections takes back also that its reader complained or unsubscribed.
	Objections bool
	// By says who wants it.
	By string
	// Actor is who does it.
	Actor access.Actor
}

// Lifted says what became of a Lift.
type Lifted struct {
	// Taken are the reasons that hold no more, and Left those that still do.
	Taken []journey.SuppressionReason `json:"lifted"`
	Left  []journey.SuppressionReason `json:"left"`
}

const (
	defaultSuppressions = 100
	maxSuppressions     = 1000
)

// suppressionRoutes serve the suppressions.
type suppressionRoutes struct {
	*Server
	suppressions Suppressions
}

// routeSuppressions serves the suppressions.
func (s *Server) routeSuppressions(suppressions Suppressions) {
	routes := suppressionRoutes{Server: s, suppressions: suppressions}
	s.router.read("GET /api/v1/suppressions", access.SuppressionsRead, routes.listSuppressions)
	s.router.change("POST /api/v1/suppressions/lift", access.SuppressionsWrite, routes.liftSuppression)
}

// listSuppressions answers with the suppressions, newest first. It cannot be asked about an address, because addresses in URLs
// end up in the logs of others.
func (s suppressionRoutes) listSuppressions(w http.ResponseWriter, r *http.Request) {
	limit, problem := number(r, "limit", defaultSuppressions, 1, maxSuppressions)
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	list, err := s.suppressions.Suppressions(r.Context(), "", r.URL.Query().Get("after"), limit)
	if err != nil {
		s.unavailable(w, r, "list suppressions", err)
		return
	}
	writeJSON(w, http.StatusOK, map[string][]SuppressedAddress{"suppressions": append([]SuppressedAddress{}, list...)})
}

// liftSuppression lets the address of the body be mailed again: {"address": "...", "objections": false, "by": "..."}.
func (s suppressionRoutes) liftSuppression(w http.ResponseWriter, r *http.Request, who access.Actor) {
	f, problem := readFields(w, r)
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	lift := Lift{Address: f.required("address"), By: f.text("by"), Objections: f.flag("objections"), Actor: who}
	if f.problem != nil {
		writeProblem(w, f.problem)
		return
	}
	lifted, err := s.suppressions.Lift(r.Context(), lift)
	if err != nil {
		s.unavailable(w, r, "lift a suppression", err)
		return
	}
	if len(lifted.Taken)+len(lifted.Left) == 0 {
		writeProblem(w, &Problem{Code: codeNotFound, Field: "address", Message: "the address is not suppressed"})
		return
	}
	lifted.Taken, lifted.Left = append([]journey.SuppressionReason{}, lifted.Taken...), append([]journey.SuppressionReason{}, lifted.Left...)
	writeJSON(w, http.StatusOK, lifted)
}
