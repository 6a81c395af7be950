package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"klantreis/internal/access"
)

// Parking knows the events that were put aside, because nothing could be decided with them. It must be safe for concurrent
// use.
type Parking interface {
	// Parked returns at most limit parked events, in order of arrival, those after an ID.
	Parked(ctx context.Context, after int64, limit int) ([]ParkedEvent, error)
	// Troubled returns at most limit customers about whom nothing can be decided, whatever the events.
	Troubled(ctx context.Context, limit int) ([]TroubledCustomer, error)
	// Retry has a parked event handled again. It answers false when there is none of that ID.
	Retry(ctx context.Context, by access.Actor, id int64) (bool, error)
	// RetryAll has all of them handled again, and returns how many.
	RetryAll(ctx context.Context, by access.Actor) (int, error)
}

// ParkedEvent is an event that was put aside.
type ParkedEvent struct {
	// ID names it; it orders them by arrival.
	ID int64 `json:"id"`
	// UserID is the customer's.
	UserID string `json:"userId"`
	// MessageID, Type and Name are the event's.
	MessageID string `json:"messageId"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	// Timestamp and ReceivedAt are the event's, in journey time.
	Timestamp  time.Time `json:"timestamp"`
	ReceivedAt time.Time `json:"receivedAt"`
	// ParkedAt is when it was put aside, in real time.
	ParkedAt time.Time `json:"parkedAt"`
	// Code says in one word what is wrong: "panic", "unreadable" or "unwritable". Detail says more.
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// TroubledCustomer is a customer about whom nothing can be decided, whatever the events.
type TroubledCustomer struct {
	// UserID is the customer's.
	UserID string `json:"userId"`
	// Since is when the first decision failed, in real time, and Tries how many have failed since.
	Since time.Time `json:"since"`
	Tries int64     `json:"tries"`
	// Trouble says what is wrong.
	Trouble string `json:"trouble"`
}

const (
	defaultParked = 100
	maxParked     = 1000
)

// parkedRoutes serve the parked events.
type parkedRoutes struct {
	*Server
	parking Parking
}

// routeParked serves the parked events.
func (s *Server) routeParked(parking Parking) {
	p := parkedRoutes{Server: s, parking: parking}
	s.router.read("GET /api/v1/parked", access.EventsRead, p.parkedEvents)
	s.router.change("POST /api/v1/parked/retry", access.EventsWrite, p.retryAllParked)
	s.router.change("POST /api/v1/parked/{id}/retry", access.EventsWrite, p.retryParked)
}

// parkedEvents answers with the parked events and with the customers about whom nothing can be decided.
func (p parkedRoutes) parkedEvents(w http.ResponseWriter, r *http.Request) {
	limit, problem := number(r, "limit", defaultParked, 1, maxParked)
	after, other := number(r, "after", 0, 1, maxSeq)
	if problem == nil {
		problem = other
	}
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	events, err := p.parking.Parked(r.Context(), int64(after), limit)
	if err != nil {
		p.unavailable(w, r, "read parked events", err)
		return
	}
	customers, err := p.parking.Troubled(r.Context(), maxParked)
	if err != nil {
		p.unavailable(w, r, "read troubled customers", err)
		return
	}
	writeJSON(w, http.StatusOK, struct {
		Parked    []ParkedEvent      `json:"parked"`
		Customers []TroubledCustomer `json:"customers"`
	}{append([]ParkedEvent{}, events...), append([]TroubledCustomer{}, customers...)})
}

// retryParked has the event of the path handled again.
func (p parkedRoutes) retryParked(w http.ResponseWriter, r *http.Request, by access.Actor) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		writeProblem(w, &Problem{Code: codeBadParameter, Field: "id", Message: "must be a whole number from 1"})
		return
	}
	found, err := p.parking.Retry(r.Context(), by, id)
	switch {
	case err != nil:
		p.unavailable(w, r, "retry a parked event", err)
	case !found:
		writeProblem(w, &Problem{Code: codeNotFound, Field: "id", Message: "there is no parked event of this id"})
	default:
		writeJSON(w, http.StatusOK, map[string]int{"retried": 1})
	}
}

// retryAllParked has all parked events handled again.
func (p parkedRoutes) retryAllParked(w http.ResponseWriter, r *http.Request, by access.Actor) {
	retried, err := p.parking.RetryAll(r.Context(), by)
	if err != nil {
		p.unavailable(w, r, "retry parked events", err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]int{"retried": retried})
}
