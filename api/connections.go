package api

import (
	"context"
	"net/http"
	"time"
)

// Connections knows how the connections to shops fare. It must be safe for concurrent use.
type Connections interface {
	// Connections returns all, by name.
	Connections(ctx context.Context) ([]Connection, error)
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
