package api

import (
	"context"
	"errors"
	"net/http"

	"klantreis/internal/access"
)

// Merger makes two customers one. It must be safe for concurrent use.
type Merger interface {
	// Merge merges a customer into another one, who stays, by the shop's ids. It answers false when they are one already,
	// and ErrNoCustomer when there is no such customer.
	Merge(ctx context.Context, by access.Actor, fromUserID, intoUserID string) (merged bool, err error)
}

// ErrNoCustomer says that there is no such customer.
var ErrNoCustomer = errors.New("there is no such customer")

// mergeCustomers merges the customer that the body names, {"userId": "..."}, into the one of the path.
func (s *Server) mergeCustomers(w http.ResponseWriter, r *http.Request, by access.Actor) {
	into := r.PathValue("userId")
	from, problem := readMerge(w, r)
	if problem == nil && from == into {
		problem = &Problem{Code: codeBadParameter, Field: "userId", Message: "must be another customer than the one who stays"}
	}
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	merged, err := s.merger.Merge(r.Context(), by, from, into)
	switch {
	case errors.Is(err, ErrNoCustomer):
		writeProblem(w, &Problem{Code: codeNotFound, Field: "userId", Message: "there is no customer with one of these userIds"})
	case err != nil:
		s.unavailable(w, r, "merge customers", err)
	default:
		writeJSON(w, http.StatusOK, map[string]bool{"merged": merged})
	}
}

// readMerge returns the userId of the body.
func readMerge(w http.ResponseWriter, r *http.Request) (string, *Problem) {
	f, problem := readFields(w, r)
	if problem != nil {
		return "", problem
	}
	return f.required("userId"), f.problem
}

// readFields reads a body that is one small object.
func readFields(w http.ResponseWriter, r *http.Request) (*fields, *Problem) {
	text, problem := readPayload(w, r)
	if problem != nil {
		return nil, problem
	}
	b, problem := parseEvent(text)
	if problem == nil {
		problem = b.items[0].fault
	}
	return &fields{values: b.fields}, problem
}
