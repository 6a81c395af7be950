package api

import (
	"context"
	"net/http"
	"time"

	"klantreis/journey"
)

const (
	defaultDecisions = 100
	maxDecisions     = 1000
)

// Customers reads what the record holds about a customer. It must be safe for concurrent use.
type Customers interface {
	// Customer returns the card of the customer with the shop's id; found is false when there is none.
	Customer(ctx context.Context, userID string) (card Customer, found bool, err error)
	// Decisions returns what was decided about the customer, newest first; found is false when there is no such customer.
	Decisions(ctx context.Context, userID string, filter DecisionFilter) (decisions []Decision, found bool, err error)
}

// DecisionFilter says which decisions are wanted.
type DecisionFilter struct {
	// Limit is how many at most; at least 1.
	Limit int
	// Touchpoint keeps only the decisions about one touchpoint. Empty means all.
	Touchpoint string
	// Before keeps only the decisions before the one with that Seq. Zero means all.
	Before int64
}

// Customer is all that is shown of one customer.
type Customer struct {
	// UserID is the shop's id.
	UserID string `json:"userId"`
	// Phase is the id of the phase the customer is in; empty before the first.
	Phase string `json:"phase"`
	// PhaseSince is when the customer entered it.
	PhaseSince time.Time `json:"phaseSince,omitzero"`
	// Facts are what the events have told.
	Facts journey.Facts `json:"facts"`
	// Runs are those under way, in the order of their start.
	Runs []Run `json:"runs"`
	// Messages are newest first.
	Messages []Message `json:"messages"`
	// Tasks are those that somebody has yet to do, oldest first.
	Tasks []Task `json:"tasks"`
	// Exposures are the runs that came to their first message, newest first.
	Exposures []Exposure `json:"exposures"`
	// Suppression is why the customer's address must not be mailed. Absent when it may be.
	Suppression Suppression `json:"suppression,omitzero"`
}

// Run is one run that is under way.
type Run struct {
	// ID names the run in decisions and messages.
	ID string `json:"id"`
	// Touchpoint is the id of the touchpoint.
	Touchpoint string `json:"touchpoint"`
	// Key tells the runs of a keyed touchpoint apart.
	Key string `json:"key,omitempty"`
	// StartedAt is the timestamp of the trigger.
	StartedAt time.Time `json:"startedAt"`
	// Step is the id of the step that the run stands at.
	Step string `json:"step"`
	// EnteredAt is when the run came to the step.
	EnteredAt time.Time `json:"enteredAt"`
	// Due is when the step's wait ends. Absent when it does not wait for a time.
	Due time.Time `json:"due,omitzero"`
}

// Message is one message that was planned for the customer.
type Message struct {
	// ID names the message in decisions.
	ID string `json:"id"`
	// RunID, Touchpoint and Step say where it comes from.
	RunID      string `json:"runId"`
	Touchpoint string `json:"touchpoint"`
	Step       string `json:"step"`
	// Kind is mail or webhook.
	Kind journey.MessageKind `json:"kind,omitempty"`
	// Template is what was rendered. Absent for a webhook.
	Template string `json:"template,omitempty"`
	// Persona is whose variant of the template was preferred. Absent when there is none.
	Persona string `json:"persona,omitempty"`
	// Channel is how it goes out.
	Channel string `json:"channel"`
	// Class is the message class.
	Class journey.Class `json:"class"`
	// PlannedAt is when the send fell due.
	PlannedAt time.Time `json:"plannedAt"`
	// Sent is true when a provider accepted it.
	Sent bool `json:"sent"`
	// SettledAt is when it was accepted or given up. Absent until then.
	SettledAt time.Time `json:"settledAt,omitzero"`
	// Reason is why it was sent or not. Absent until it is settled.
	Reason journey.Reason `json:"reason,omitempty"`
	// Delivery is what the provider reported of it. Absent until it did.
	Delivery Delivery `json:"delivery,omitzero"`
}

// Task is something for a person to do about the customer.
type Task struct {
	// ID names the task; the event Task Completed has it as task_id.
	ID string `json:"id"`
	// RunID, Touchpoint and Step say where it comes from.
	RunID      string `json:"runId"`
	Touchpoint string `json:"touchpoint"`
	Step       string `json:"step"`
	// Title and Note say what to do.
	Title string `json:"title"`
	Note  string `json:"note,omitempty"`
	// Priority is low, normal or high.
	Priority string `json:"priority"`
	// Owner is who is to do it, in the shop's own words.
	Owner string `json:"owner,omitempty"`
	// CreatedAt is when the run came to it.
	CreatedAt time.Time `json:"createdAt"`
	// Due is when it should be done. Absent when there is no hurry.
	Due time.Time `json:"due,omitzero"`
}

// Exposure is a run that came to its first message that policy allowed, and what came of it.
type Exposure struct {
	// RunID, Touchpoint and Key are the run's.
	RunID      string `json:"runId"`
	Touchpoint string `json:"touchpoint"`
	Key        string `json:"key,omitempty"`
	// Arm is treated or holdout.
	Arm string `json:"arm"`
	// Variant are the arms of the splits that the run had taken.
	Variant string `json:"variant,omitempty"`
	// At is when it came there.
	At time.Time `json:"at"`
	// Until is the last instant at which the goal counts.
	Until time.Time `json:"until"`
	// ReachedAt is when the goal was reached, and Value what it was worth. Absent when it was not.
	ReachedAt time.Time `json:"reachedAt,omitzero"`
	Value     float64   `json:"value,omitempty"`
}

// Decision is one thing that the engine decided about the customer.
type Decision struct {
	// Seq is its place in the order of all decisions: the last one of a page is where the next page begins.
	Seq int64 `json:"seq,omitempty"`
	// At is the instant of the decision, in journey time.
	At time.Time `json:"at"`
	// Kind says what was decided about.
	Kind journey.DecisionKind `json:"kind"`
	// Reason is why.
	Reason journey.Reason `json:"reason"`
	// Words say the decision in a sentence, with instants in the customer's time zone.
	Words string `json:"words,omitempty"`
	// Phase is the phase entered, when one was.
	Phase string `json:"phase,omitempty"`
	// Touchpoint, RunID and Step say where. Absent when they do not apply.
	Touchpoint string `json:"touchpoint,omitempty"`
	RunID      string `json:"runId,omitempty"`
	Step       string `json:"step,omitempty"`
	// MessageID is the message planned or not sent.
	MessageID string `json:"messageId,omitempty"`
	// Handover is what became of the message that was planned. Absent when none was.
	Handover Handover `json:"handover,omitzero"`
	// EventSeq is the event that led to it. Absent when a timer did.
	EventSeq int64 `json:"eventSeq,omitempty"`
	// Detail holds the facts that decided it, by name.
	Detail map[string]any `json:"detail,omitempty"`
}

// Handover is what became of a message that was planned: what the last look before its handover found, or the provider said.
type Handover struct {
	// Status is planned, claimed, sent, notsent, withdrawn or unknown.
	Status string `json:"status"`
	// At is when it was handed over or given up. Absent until then.
	At time.Time `json:"at,omitzero"`
	// Reason is why, and Detail what the provider, the template or the suppression said. Absent until then.
	Reason journey.Reason `json:"reason,omitempty"`
	Detail string         `json:"detail,omitempty"`
	// Words say it in a sentence.
	Words string `json:"words"`
}

// customer answers with the card of one customer.
func (s *Server) customer(w http.ResponseWriter, r *http.Request) {
	card, found, err := s.customers.Customer(r.Context(), r.PathValue("userId"))
	if card.Runs == nil {
		card.Runs = []Run{}
	}
	if card.Messages == nil {
		card.Messages = []Message{}
	}
	if card.Tasks == nil {
		card.Tasks = []Task{}
	}
	if card.Exposures == nil {
		card.Exposures = []Exposure{}
	}
	s.answer(w, r, card, found, err)
}

// decisions answers with what was decided about one customer.
func (s *Server) decisions(w http.ResponseWriter, r *http.Request) {
	limit, before, problem := pageOf(r, defaultDecisions, maxDecisions)
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	filter := DecisionFilter{Limit: limit, Touchpoint: r.URL.Query().Get("touchpoint"), Before: int64(before)}
	decisions, found, err := s.customers.Decisions(r.Context(), r.PathValue("userId"), filter)
	if decisions == nil {
		decisions = []Decision{}
	}
	s.answer(w, r, map[string][]Decision{"decisions": decisions}, found, err)
}

// reasons answers with every reason that a decision can have, in words.
func reasons(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]map[journey.Reason]string{"reasons": journey.ReasonWords()})
}

// answer writes what the record said about a customer.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, value any, found bool, err error) {
	switch {
	case err != nil:
		s.log.ErrorContext(r.Context(), "read customer", "error", err)
		writeProblem(w, &Problem{Code: codeUnavailable, Message: "the record could not be read; try again"})
	case !found:
		writeProblem(w, &Problem{Code: codeNotFound, Field: "userId", Message: "there is no customer with this userId"})
	default:
		writeJSON(w, http.StatusOK, value)
	}
}
