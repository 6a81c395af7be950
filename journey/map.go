package journey

import "time"

// Class says which law and which policy a message falls under.
type Class string

// The message classes.
const (
	// Transactional messages carry out what the customer asked for (an order confirmation): no consent, caps or quiet hours.
	Transactional Class = "transactional"
	// Service messages follow from a purchase (a review request): an objection stops them.
	Service Class = "service"
	// Marketing messages need consent or a valid soft opt-in.
	Marketing Class = "marketing"
)

// Again says what happens when a trigger comes again for a touchpoint (and key) that already has a run.
type Again string

// The ways to treat a repeated trigger.
const (
	// AgainNever starts one run only, for ever. The default of a touchpoint with a key, per key.
	AgainNever Again = "never"
	// AgainAfterExit starts a new run once the former has ended. The default of a touchpoint without a key.
	AgainAfterExit Again = "afterExit"
	// AgainRestart ends the run that is under way and starts afresh.
	AgainRestart Again = "restart"
)

// AnyPhase in PhaseRule.From lets a rule lead back from every phase.
const AnyPhase = "any"

// Map is the journey map: the document that says what happens to customers, checked and compiled.
// Parse makes one. A Map is immutable and safe for concurrent use.
type Map struct {
	// Journey names the map.
	Journey string
	// Locale is the language for customers whose own is unknown, as a BCP 47 tag. Defaults to "en".
	Locale string
	// Timezone is the IANA zone for customers whose own is unknown. Defaults to "UTC".
	Timezone string
	// Shop is who the customer hears from.
	Shop Shop
	// Fresh is how old an event may be and still start a run. Defaults to 24 hours.
	Fresh time.Duration
	// Phases are ordered: a later one lies further along the journey.
	Phases []Phase
	// Touchpoints are the contact moments, in the order of the document.
	Touchpoints []Touchpoint

	compiled compiled
}

// Shop is the sender of the mails and the way to reach a person there.
type Shop struct {
	// Name is what customers call the shop.
	Name string
	// Email is the From address of every mail.
	Email string
	// ReplyTo is where answers go. Defaults to Email.
	ReplyTo string
	// Phone is how customers call the shop.
	Phone string
	// URL is the shop's site.
	URL string
	// Address is the postal address, on one line.
	Address string
}

// Phase is where a customer can be in the journey.
type Phase struct {
	// ID names the phase in conditions and in the record.
	ID string
	// Title is what people see. Defaults to ID.
	Title string
	// Stage is the See-Think-Do-Care stage: see, think, do or care. May be empty.
	Stage string
	// Enter are the rules that bring a customer here.
	Enter []PhaseRule
}

// PhaseRule brings a customer into a phase.
type PhaseRule struct {
	// On is the event name that the rule listens to.
	On string
	// If is a CEL condition; empty means always.
	If string
	// From lists the later phases from which the rule leads back here, or holds AnyPhase. Empty: only forward.
	From []string
}

// Touchpoint is one contact moment: a trigger and the steps that follow it.
type Touchpoint struct {
	// ID names the touchpoint in the record.
	ID string
	// Title is what people see. Defaults to ID.
	Title string
	// Phase places the touchpoint on the map; it does not gate it.
	Phase string
	// Channel is how the contact happens: email, phone, store, ... Defaults to "email".
	Channel string
	// Class is the message class of its sends.
	Class Class
	// On is the event name (one or more) that starts a run.
	On []string
	// If is a CEL condition on the trigger; empty means always.
	If string
	// Key is a CEL expression; there is one run per customer and value of it. Empty: one run at a time.
	Key string
	// Cancel names the events that end a run at once. For a keyed touchpoint only events with the same key count.
	Cancel []string
	// CancelIf is a CEL condition that ends a run at once when it holds at an event; it is also looked at when the run
	// starts and when a send falls due.
	CancelIf string
	// Again says what a repeated trigger does.
	Again Again
	// Holdout is the share (0 to 1) of customers that go through the steps but are never mailed.
	Holdout float64
	// Salt makes the holdout and split arms of this touchpoint independent of others. Defaults to ID.
	Salt string
	// Steps are done in order.
	Steps []Step
}

// StepKind is what a step does.
type StepKind string

// The kinds of step.
const (
	StepWait    StepKind = "wait"    // let a time pass
	StepUntil   StepKind = "until"   // wait until a computed instant
	StepWaitFor StepKind = "waitFor" // wait for an event or a time-out
	StepSend    StepKind = "send"    // send a message
	StepBranch  StepKind = "branch"  // take the first arm whose condition holds
	StepExit    StepKind = "exit"    // end the run
)

// Step is one thing that a run does. Kind says which of the other fields count.
type Step struct {
	// ID names the step within its touchpoint: the author's own, or Kind and its ordinal among that kind ("wait-1").
	ID string
	// Kind says what the step does.
	Kind StepKind
	// Wait is how long a wait lasts.
	Wait time.Duration
	// Until is a CEL expression of type timestamp; an instant in the past means now.
	Until string
	// For holds the event and time-out of a waitFor.
	For WaitFor
	// Template is what a send renders.
	Template string
	// Arms are tried in order by a branch.
	Arms []Arm
	// Do runs when the event of a waitFor came.
	Do []Step
	// Else runs when a waitFor timed out, or when no arm of a branch holds.
	Else []Step
	// Reason is what an exit records.
	Reason string
}

// WaitFor says which event a waitFor step waits for.
type WaitFor struct {
	// On names the events; any one of them will do.
	On []string
	// If is a CEL condition on the event; empty means always.
	If string
	// By is a CEL expression evaluated on the event and compared with the run's key. Empty: the touchpoint's Key.
	By string
	// Timeout is how long to wait, from when the step was entered.
	Timeout time.Duration
}

// Arm is one choice of a branch.
type Arm struct {
	// If is a CEL condition.
	If string
	// Do runs when If holds.
	Do []Step
}
