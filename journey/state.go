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
	// Exposures are those that are open: their goal was not reached yet, and may still be.
	Exposures []Exposure
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
	// MapVersion is the version of the map that the run followed in its last decision.
	MapVersion int64
	// BegunVersion is the version of the map under which the run began. Zero when it is not known.
	BegunVersion int64
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
	// MessageID is the message whose handover the run waits for. Empty unless Step is a send or an ask.
	MessageID string
	// Held is why the run is held at its step, which is then to be done at Due, or, without Due, when a newer map lets it.
	// Empty when it is not held.
	Held Reason
	// HeldSince is when the hold began that counts towards Policy.Held. Zero while none does.
	HeldSince time.Time
	// Before is where the run stood before an edit that has not taken effect yet. Nil when there is none. It is never
	// changed in place.
	Before *Stand
	// Stood are the places where the run stood under versions that it followed since it entered its step, oldest first, as far
	// as their steps differ. It is never changed in place.
	Stood []Place
	// Variant are the arms of the splits that the run took, joined by "/".
	Variant string
	// ExposedAt is when policy first allowed a message of the run. Zero before.
	ExposedAt time.Time
	// EndedAt is when the run ended. Zero while active.
	EndedAt time.Time
}

// Stand is where a run stands under a version of the map. The fields are those of Run.
type Stand struct {
	MapVersion int64     `json:"mapVersion"`
	Step       string    `json:"step"`
	EnteredAt  time.Time `json:"enteredAt"`
	Due        time.Time `json:"due,omitzero"`
	Held       Reason    `json:"held,omitempty"`
	HeldSince  time.Time `json:"heldSince,omitzero"`
}

// Place is a step under a version of the map.
type Place struct {
	MapVersion int64  `json:"mapVersion"`
	Step       string `json:"step"`
}

// MessageKind says what a message is.
type MessageKind string

// The kinds of message.
const (
	// KindMail is a mail. Its run stands still until it is settled.
	KindMail MessageKind = "mail"
	// KindWebhook is a call of another system. Its run goes on at once.
	KindWebhook MessageKind = "webhook"
)

// Message is one message that a run wants handed over.
type Message struct {
	// ID is derived from run, step and instant, so that the same decision always names the same message.
	ID string
	// Kind says what it is.
	Kind MessageKind
	// RunID, Touchpoint and Step say where it comes from.
	RunID, Touchpoint, Step string
	// Template is what to render. Empty for a webhook.
	Template string
	// Webhook is what to call. Zero for a mail.
	Webhook Webhook
	// Ask is the question that the mail asks. Its Survey is empty when it asks none.
	Ask Ask
	// Channel is the touchpoint's channel.
	Channel string
	// Class is the touchpoint's class.
	Class Class
	// Persona is the customer's persona, for which a template may have a variant. May be empty.
	Persona string
	// PlannedAt is when the send fell due, in journey time.
	PlannedAt time.Time
}

// PlannedTask is something for a person to do about a customer.
type PlannedTask struct {
	// ID is derived from run, step and instant.
	ID string
	// RunID, Touchpoint and Step say where it comes from.
	RunID, Touchpoint, Step string
	// Task says what to do.
	Task Task
	// CreatedAt is when the run came to it.
	CreatedAt time.Time
	// Due is when it should be done. Zero when there is no hurry.
	Due time.Time
}

// Arm names of an exposure.
const (
	// ArmTreated is the arm of those who get the messages.
	ArmTreated = "treated"
	// ArmHoldout is the arm of those who get none, with whom the others are compared.
	ArmHoldout = "holdout"
)

// Exposure is a run that came to its first message that policy allowed, with or without sending it. It outlives the run,
// because the goal may be reached later.
type Exposure struct {
	// RunID, Touchpoint and Key are the run's.
	RunID, Touchpoint, Key string
	// Arm is ArmTreated or ArmHoldout.
	Arm string
	// Variant are the arms of the splits that the run had taken.
	Variant string
	// At is when it came there.
	At time.Time
	// Until is the last instant at which the goal counts.
	Until time.Time
	// ReachedAt is when the goal was reached. Zero while it was not.
	ReachedAt time.Time
	// Value is what the goal was worth.
	Value float64
	// Closed is true when the goal was reached, or can no longer be.
	Closed bool
}

// Settlement is how a message ended: handed over, or not sent for a reason. One with ReasonDeferred is to be sent later.
type Settlement struct {
	// MessageID is the message.
	MessageID string
	// Kind says what it is. Empty means a mail.
	Kind MessageKind
	// At is the instant, in journey time, at which it was handed over or given up.
	At time.Time
	// Class is its class.
	Class Class
	// Sent is true when a provider accepted it.
	Sent bool
	// Reason is why it was not sent, or Sent's own code.
	Reason Reason
}

// DecisionKind says what was decided about.
type DecisionKind string

// The kinds of decision.
const (
	DecidedPhase   DecisionKind = "phase"    // the customer entered a phase
	DecidedStart   DecisionKind = "start"    // a run began
	DecidedNoStart DecisionKind = "noStart"  // a trigger came, but no run began
	DecidedStep    DecisionKind = "step"     // a run came to a wait or took a branch
	DecidedSend    DecisionKind = "send"     // a message was planned
	DecidedNoSend  DecisionKind = "noSend"   // a message was not sent
	DecidedHeld    DecisionKind = "held"     // a message was held back
	DecidedEnd     DecisionKind = "end"      // a run ended
	DecidedGoal    DecisionKind = "goal"     // the goal of a touchpoint was reached
	DecidedSeen    DecisionKind = "observed" // the customer made a contact
	DecidedTask    DecisionKind = "task"     // a task was made
	DecidedWebhook DecisionKind = "webhook"  // a webhook was planned
	DecidedSet     DecisionKind = "set"      // traits were set
	DecidedMerge   DecisionKind = "merge"    // another customer was merged into this one
	DecidedParked  DecisionKind = "parked"   // an event was put aside, because nothing could be decided with it
	DecidedLifted  DecisionKind = "lifted"   // an address may be mailed again
	DecidedRetried DecisionKind = "retried"  // an event that was put aside is handled again
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
	// LastStart returns when the customer's newest run for a touchpoint began, whatever its key; false when there is none.
	LastStart(touchpoint string) (time.Time, bool, error)
	// Latest returns the newest timestamp of the customer's consumed events of each of the names that there are any of.
	Latest(names []string) (map[string]time.Time, error)
}

// Versions gives older versions of the map, for runs that began under them.
type Versions interface {
	// Version returns a version. It returns nil when this release cannot use it any more.
	Version(version int64) (*Map, error)
}

// Input is what Decide is given.
type Input struct {
	// State is the customer before. Runs that ended are not in it: Past knows them.
	State State
	// Events are new, in order of arrival.
	Events []Event
	// Settled are the messages that ended since the last decision and, when there is a Horizon, before it.
	Settled []Settlement
	// Horizon is the earliest timestamp among new events that did not fit in Events; nothing at or after it falls due in
	// this decision. Zero when Events holds them all.
	Horizon time.Time
	// Now is the instant, in journey time.
	Now time.Time
	// MapVersion is the version of the map, noted on the runs.
	MapVersion int64
	// FormerVersion is the version of the map at the customer's last decision. Zero when it is not known.
	FormerVersion int64
	// MapSince is when the version of this decision was published, in journey time. Zero when it is not known.
	MapSince time.Time
	// Versions gives older versions of the map. May be nil: then runs find their steps by their ids only.
	Versions Versions
	// Rhythm is how often the customers of the shop buy.
	Rhythm Rhythm
	// Suppressed are the addresses of the customer, those that new events tell included, that must not be mailed, by
	// NormalAddress.
	Suppressed map[string]SuppressionReason
	// Objected is PersonObjected when the customer objected to everything, whatever the address. Empty otherwise.
	Objected SuppressionReason
	// Past reads the record.
	Past Past
}

// Outcome is what Decide answers.
type Outcome struct {
	// State is the customer after. Its Runs and Exposures hold only those that this decision made or changed.
	State State
	// Messages are newly planned.
	Messages []Message
	// Tasks are newly made.
	Tasks []PlannedTask
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
	// Held is why the run is held at the step. Empty when it is not.
	Held Reason `json:"held,omitempty"`
}
