package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"klantreis/internal/access"
	"klantreis/journey"
)

// Consents reads the consent ledger, and takes objections to everything. It must be safe for concurrent use.
type Consents interface {
	// Consents returns what a customer said about messages, newest first, at most limit before a place in the ledger; found is
	// false when there is no such customer.
	Consents(ctx context.Context, userID string, before int64, limit int) (consents []Consent, found bool, err error)
	// Object notes for somebody that a customer objected to everything, or that they do not any more. It answers
	// ErrNoCustomer.
	Object(ctx context.Context, by access.Actor, userID string, lift bool) error
}

// Consent is one statement in the ledger.
type Consent struct {
	// Seq is its place in the order of all statements: the last one of a page is where the next page begins.
	Seq int64 `json:"seq"`
	// Class is the message class that it is about. Absent when it is about a topic.
	Class journey.Class `json:"class,omitempty"`
	// Topic is the topic that it is about. Absent when it is about a class.
	Topic string `json:"topic,omitempty"`
	// Channel is how such messages come.
	Channel string `json:"channel"`
	// Given is true for a consent and false for an objection.
	Given bool `json:"given"`
	// Confirmed is true when the customer confirmed it.
	Confirmed bool `json:"confirmed,omitempty"`
	// SaidAt is when it was said, in journey time, and RecordedAt when it was stored, in real time.
	SaidAt     time.Time `json:"saidAt"`
	RecordedAt time.Time `json:"recordedAt"`
	// Source is where it was said, TextVersion under which text, and Locale in which language.
	Source      string `json:"source"`
	TextVersion string `json:"textVersion,omitempty"`
	Locale      string `json:"locale,omitempty"`
	// Proof is what else proves it.
	Proof json.RawMessage `json:"proof,omitempty"`
	// MessageID is that of the event that says it.
	MessageID string `json:"messageId"`
}

// routeConsents serves the ledger.
func (s *Server) routeConsents() {
	s.router.read("GET /api/v1/customers/{userId}/consents", access.CustomersRead, s.customerConsents)
	s.router.change("PUT /api/v1/customers/{userId}/objection", access.CustomersWrite, s.objection(false))
	s.router.change("DELETE /api/v1/customers/{userId}/objection", access.CustomersWrite, s.objection(true))
}

// customerConsents answers with what one customer said about messages.
func (s *Server) customerConsents(w http.ResponseWriter, r *http.Request) {
	limit, before, problem := pageOf(r, defaultDecisions, maxDecisions)
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	consents, found, err := s.consents.Consents(r.Context(), r.PathValue("userId"), int64(cmp.Or(before, maxSeq)), limit)
	if consents == nil {
		consents = []Consent{}
	}
	s.answer(w, r, map[string][]Consent{"consents": consents}, found, err)
}

// objection notes that a customer objects to everything, or lifts that.
func (s *Server) objection(lift bool) func(http.ResponseWriter, *http.Request, access.Actor) {
	return func(w http.ResponseWriter, r *http.Request, who access.Actor) {
		err := s.consents.Object(r.Context(), who, r.PathValue("userId"), lift)
		switch {
		case errors.Is(err, ErrNoCustomer):
			writeProblem(w, &Problem{Code: codeNotFound, Field: "userId", Message: "there is no customer with this userId"})
		case err != nil:
			s.unavailable(w, r, "note an objection", err)
		default:
			writeJSON(w, http.StatusOK, map[string]bool{"objected": !lift})
		}
	}
}
