package api

import (
	"context"
	"net/http"
	"time"

	"klantreis/internal/access"
)

// Connections knows how the connections to shops fare. It must be safe for concurrent use.
type Connections interface {
	// Connections returns all, by name.
	Connections(ctx context.Context) ([]Connection, error)
	// PrivacyRequests returns the oldest requests that are not done.
	PrivacyRequests(ctx context.Context, limit int) ([]PrivacyRequest, error)
	// PrivacyRequestDone notes who carried one out. It answers false when no such request is open.
	PrivacyRequestDone(ctx context.Context, by access.Actor, id string) (bool, error)
}

// PrivacyRequest is something that a shop asks for in the name of a customer.
type PrivacyRequest struct {
	// ID is what it is known by.
	ID string `json:"id"`
	// Connection is the connection that it came by.
	Connection string `json:"connection"`
	// Kind is data_request, redact or shop_redact.
	Kind string `json:"kind"`
	// UserIDs are all ids under which the customer may be known. Empty for a shop.
	UserIDs []string `json:"userIds"`
	// ReceivedAt is when it came, in real time.
	ReceivedAt time.Time `json:"receivedAt"`
}

// Connection is how a connection to a shop fares. Instants are real; absent when that did not happen.
type Connection struct {
	// Name is the name of the connection, and Kind the shop system.
	Name string `json:"name"`
	Kind string `json:"kind"`
	// Since is when it was first there.
	Since time.Time `json:"since"`
	// Healthy is false when something is wrong now.
	Healthy bool `json:"healthy"`
	// LastDelivery is when a webhook came last, to the minute.
	LastDelivery time.Time `json:"lastDelivery,omitzero"`
	// LastReconciliation is when the shop was last asked for everything that changed.
	LastReconciliation time.Time `json:"lastReconciliation,omitzero"`
	// Warning says what is wrong although the shop answers.
	Warning string `json:"warning,omitempty"`
	// LastError is what went wrong last, and LastErrorAt when; it may be over.
	LastError   string    `json:"lastError,omitempty"`
	LastErrorAt time.Time `json:"lastErrorAt,omitzero"`
	// PrivacyRequests counts what the shop asked for in the name of customers that is not done.
	PrivacyRequests int `json:"privacyRequests"`
}

// routeConnections serves the connections, and what shops ask for by them.
func (s *Server) routeConnections(c Connections) {
	s.router.read("GET /api/v1/connections", access.ConnectionsRead, s.listConnections(c))
	s.router.read("GET /api/v1/connections/requests", access.ConnectionsRead, s.listPrivacyRequests(c))
	s.router.change("POST /api/v1/connections/requests/done", access.CustomersErase, s.privacyRequestDone(c))
}

// listConnections answers with all connections.
func (s *Server) listConnections(c Connections) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		list, err := c.Connections(r.Context())
		if list == nil {
			list = []Connection{}
		}
		s.answer(w, r, map[string][]Connection{"connections": list}, true, err)
	}
}

const (
	defaultRequests = 100
	maxRequests     = 1000
)

// listPrivacyRequests answers with what shops ask for, the oldest first.
func (s *Server) listPrivacyRequests(c Connections) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		limit, problem := number(r, "limit", defaultRequests, 1, maxRequests)
		if problem != nil {
			writeProblem(w, problem)
			return
		}
		list, err := c.PrivacyRequests(r.Context(), limit)
		s.answer(w, r, map[string][]PrivacyRequest{"requests": append([]PrivacyRequest{}, list...)}, true, err)
	}
}

// privacyRequestDone notes that the request of the body was carried out: {"id": "..."}.
func (s *Server) privacyRequestDone(c Connections) func(http.ResponseWriter, *http.Request, access.Actor) {
	return func(w http.ResponseWriter, r *http.Request, who access.Actor) {
		f, problem := readFields(w, r)
		if problem != nil {
			writeProblem(w, problem)
			return
		}
		id := f.required("id")
		if f.problem != nil {
			writeProblem(w, f.problem)
			return
		}
		found, err := c.PrivacyRequestDone(r.Context(), who, id)
		switch {
		case err != nil:
			s.unavailable(w, r, "note that a privacy request is done", err)
		case !found:
			writeProblem(w, &Problem{Code: codeNotFound, Field: "id", Message: "no such request is open"})
		default:
			writeJSON(w, http.StatusOK, map[string]bool{"done": true})
		}
	}
}
