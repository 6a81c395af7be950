package journey

import "time"

// State is all that the engine knows of one customer, apart from the events themselves.
type State struct {
	// CustomerID is our own random id; it says nothing about the person.
	CustomerID string
	// Phase is the id of the phase the customer is in. Empty before the first.
	Phase string
	// PhaseSince is when the customer entered it.
	PhaseSince time.Time
	// Facts are what the events have told.
	Facts Facts
	// Runs are the runs of the customer that are under way, in the order of their start.
	Runs []Run
}

// RunStatus says whether a run is under way.
type RunStatus string

// The states of a run.
const (
	RunActive RunStatus = "active"
	RunEnded  RunStatus = "ended"
)

// Run is one customer going through one touchpoint for one key.
type Run struct {
	// ID is derived from customer, touchpoint, key and Nth, so that the same decision always names the same run.
	ID string
	// Touchpoint is the id of the touchpoint.
	Touchpoint string
	// Key tells the runs of a keyed touchpoint apart. Empty for an unkeyed one.
	Key string
	// Nth counts the runs of this customer, touchpoint and key from 1.
	Nth int
	// Status says whether the run is under way.
	Status RunStatus
	// Reason is why the run ended.
	Reason Reason
	// MapVersion is the version of the map in which the run took its last step.
	MapVersion int64
	// Trigger is the event that started the run. Only active runs carry it.
	Trigger Event
	// StartedAt is the timestamp of the trigger.
	StartedAt time.Time
	// Step is the id of the step that the run stands at. Empty once ended.
	Step string
	// EnteredAt is when the run entered that step.
	EnteredAt time.Time
	// Due is when the step's wait ends. Zero when it does not wait for a time.
	Due time.Time
	// MessageID is the message whose handover the run waits for. Empty unless Step is a send.
	MessageID string
	// EndedAt is when the run ended. Zero while active.
	EndedAt time.Time
}

// Message is one message that a run wants sent. The run stands still until it is settled.
type Message struct {
	// ID is derived from run and step, so that one step of one run can never have two messages.
	ID string
	// RunID, Touchpoint and Step say where it comes from.
	RunID, Touchpoint, Step string
	// Template is what to render.
	Template string
	// Channel is the touchpoint's channel.
	Channel string
	// Class is the touchpoint's class.
	Class Class
	// PlannedAt is when the send fell due, in journey time.
	PlannedAt time.Time
}

// Settlement is how a message ended: handed over, or not sent for a reason.
type Settlement struct {
	// MessageID is the message.
	MessageID string
	// At is the instant, in journey time, at which it was handed over or given up.
	At time.Time
	// Sent is true when a provider accepted it.
	Sent bool
	// Reason is why it was not sent, or Sent's own code.
	Reason Reason
}

// DecisionKind says what was decided about.
type DecisionKind string

// The kinds of decision.
const (
	DecidedPhase   DecisionKind = "phase"   // the customer entered a phase
	DecidedStart   DecisionKind = "start"   // a run began
	DecidedNoStart DecisionKind = "noStart" // a trigger came, but no run began
	DecidedStep    DecisionKind = "step"    // a run came to a wait or took a branch
	DecidedSend    DecisionKind = "send"    // a message was planned
	DecidedNoSend  DecisionKind = "noSend"  // a message was not sent
	DecidedEnd     DecisionKind = "end"     // a run ended
)

// Decision is one thing that the engine decided, with its reason.
type Decision struct {
	// At is the instant of the decision, in journey time.
	At time.Time
	// Kind says what was decided about.
	Kind DecisionKind
	// Reason is why.
	Reason Reason
	// Phase is the phase entered, for DecidedPhase.
	Phase string
	// Touchpoint, RunID and Step say where. Empty when they do not apply.
	Touchpoint, RunID, Step string
	// MessageID is the message planned or not sent.
	MessageID string
	// EventSeq is the event that led to it. Zero when a timer did.
	EventSeq int64
	// Detail holds the facts that decided it, by name. It holds no personal data.
	Detail map[string]any
}

// Past answers from the record what happened to the customer before this decision.
// Within one decision its answers never change.
type Past interface {
	// Named returns the customer's consumed events with one of the names and stamped at or after since, in order of
	// arrival. A zero since means all.
	Named(names []string, since time.Time) ([]Event, error)
	// LastRun returns the customer's run with the highest number for a touchpoint and key, whether it is under way or
	// ended; false when there is none. It need not carry its trigger.
	LastRun(touchpoint, key string) (Run, bool, error)
}

// Input is what Decide is given.
type Input struct {
	// State is the customer before. Runs that ended are not in it: Past knows them.
	State State
	// Events are new, in order of arrival.
	Events []Event
	// Settled are the messages of active runs that ended since the last decision and, when there is a Horizon, before it.
	Settled []Settlement
	// Horizon is the earliest timestamp among new events that did not fit in Events; nothing at or after it falls due in
	// this decision. Zero when Events holds them all.
	Horizon time.Time
	// Now is the instant, in journey time.
	Now time.Time
	// MapVersion is the version of the map, noted on the runs.
	MapVersion int64
	// Past reads the record.
	Past Past
}

// Outcome is what Decide answers.
type Outcome struct {
	// State is the customer after. Its Runs hold only those that this decision started or changed.
	State State
	// Messages are newly planned.
	Messages []Message
	// Withdrawn are planned messages that are no longer wanted, because their run ended.
	Withdrawn []string
	// Decisions are what was decided, in order.
	Decisions []Decision
	// Next is the next due instant, in journey time. Zero when nothing waits for time.
	Next time.Time
	// Standing says where the active runs stand, in the order of their start.
	Standing []Standing
}

// Standing is where one run stands. It holds no personal data: it may be shown to operators.
type Standing struct {
	// Touchpoint is the touchpoint's id in the map.
	Touchpoint string `json:"touchpoint"`
	// Step is the step's id in the touchpoint.
	Step string `json:"step"`
	// Until is when the wait ends, in journey time. Zero when the run does not wait for a time.
	Until time.Time `json:"until,omitzero"`
}
