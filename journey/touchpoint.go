package journey

import "time"

// Touchpoint is one contact moment: a trigger and the steps that follow it.
type Touchpoint struct {
	// ID names the touchpoint in the record.
	ID string
	// Was are former ids of the touchpoint. Its runs go on under the new one.
	Was []string
	// Title is what people see. Defaults to ID.
	Title string
	// Phase places the touchpoint on the map; it does not gate it.
	Phase string
	// Channel is how the contact happens: email, phone, store, ... Defaults to "email".
	Channel string
	// Class is the message class of its sends.
	Class Class
	// Topic is the id of what its messages are about. Empty when a customer cannot choose that.
	Topic string
	// Note is for the people who work with the map.
	Note string
	// Questions are what customers ask at this touchpoint.
	Questions []string
	// Trigger says what starts a run. When it only observes, there are no steps.
	Trigger
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
	// Cooldown is how long after the start of the newest run no other begins. Zero means none.
	Cooldown time.Duration
	// Fresh is how old an event may be and still start a run here. Zero means as the map says.
	Fresh time.Duration
	// Goal is what the touchpoint is for. The zero Goal means none.
	Goal Goal
	// Cost is what one message costs, in the map's currency.
	Cost float64
	// Priority ranks sends of the same class that want the same slot, from -100 to 100; the highest goes first.
	Priority int
	// Paused holds the touchpoint: nothing starts, waits go on, and what falls due is held until it is resumed.
	Paused bool
	// InFlight says what this version does with runs that are under way. Empty means as the map says.
	InFlight InFlight
	// Holdout is the share (0 to 1) of customers that go through the steps but are never mailed.
	Holdout float64
	// Salt makes the holdout and split arms of this touchpoint independent of others. Empty: the first id that it had.
	Salt string
	// Steps are done in order.
	Steps []Step
}

// Trigger says what starts a run. Exactly one of its fields is set.
type Trigger struct {
	// On are event names.
	On []string
	// Entered and Left are phases: the customer came into one of them, or left it.
	Entered, Left []string
	// Date is a date that is known of the customer.
	Date DateTrigger
	// Absence is an event that stays away.
	Absence Absence
	// Observe are event names that stand for contacts that the customer makes. They are counted and start nothing.
	Observe []string
}

// DateTrigger starts a run at a date that is known of the customer.
type DateTrigger struct {
	// Trait names the trait that holds the date: "2026-05-12", "--05-12" or an RFC 3339 instant. Empty means no trigger.
	Trait string
	// OffsetDays shifts the date by whole days; negative is earlier.
	OffsetDays int
	// At is the time of day, for the customer. Defaults to 09:00.
	At TimeOfDay
	// Once is true when only the date itself counts, and not its anniversaries.
	Once bool
}

// Goal is what a touchpoint is for: an event that should come after its first message.
type Goal struct {
	// On names the events; any one of them will do. Empty means that there is no goal.
	On []string
	// If is a CEL condition on the event; empty means always.
	If string
	// By is a CEL expression evaluated on the event and compared with the run's key. Empty: the touchpoint's Key. ByAny: the
	// key does not matter.
	By string
	// Within is how long after the first message the event counts.
	Within time.Duration
	// Value is a CEL expression on the event that yields what it is worth. Empty means zero.
	Value string
}

// ByAny lets a waitFor or goal of a keyed touchpoint count every event, whatever it is about.
const ByAny = "any"

// StepKind is what a step does.
type StepKind string

// The kinds of step.
const (
	StepWait    StepKind = "wait"    // let a time pass
	StepUntil   StepKind = "until"   // wait until a computed instant
	StepWaitFor StepKind = "waitFor" // wait for an event or a time-out
	StepSend    StepKind = "send"    // send a message
	StepBranch  StepKind = "branch"  // take the first arm whose condition holds
	StepSplit   StepKind = "split"   // take an arm by chance, the same one every time
	StepSet     StepKind = "set"     // set traits of the customer
	StepTask    StepKind = "task"    // give somebody in the shop something to do
	StepWebhook StepKind = "webhook" // call another system
	StepAsk     StepKind = "ask"     // send a question with a page to answer it
	StepExit    StepKind = "exit"    // end the run
)

// Step is one thing that a run does. Kind says which of the other fields count.
type Step struct {
	// ID names the step within its touchpoint: the author's own, or Kind and its ordinal among that kind ("wait-1").
	ID string
	// Named is true when the author gave the id.
	Named bool
	// Was are former ids of the step.
	Was []string
	// Kind says what the step does.
	Kind StepKind
	// Wait is how long a wait lasts.
	Wait Delay
	// Until is a CEL expression of type timestamp; an instant in the past means now.
	Until string
	// For holds the event and time-out of a waitFor.
	For WaitFor
	// Template is what a send or an ask renders.
	Template string
	// Arms are tried in order by a branch; a split chooses one.
	Arms []Arm
	// Do runs when the event of a waitFor came.
	Do []Step
	// Else runs when a waitFor timed out, or when no arm of a branch holds.
	Else []Step
	// Set are the traits that a set changes, in the order of their names.
	Set []Setting
	// Task is what a task asks somebody to do.
	Task Task
	// Webhook is what a webhook calls.
	Webhook Webhook
	// Ask is the question of an ask.
	Ask Ask
	// Reason is what an exit records.
	Reason string
}

// WaitFor says which event a waitFor step waits for.
type WaitFor struct {
	// On names the events; any one of them will do.
	On []string
	// If is a CEL condition on the event; empty means always.
	If string
	// By is a CEL expression evaluated on the event and compared with the run's key. Empty: the touchpoint's Key. ByAny: the
	// key does not matter.
	By string
	// Timeout is how long to wait, from when the step was entered.
	Timeout time.Duration
}

// Setting is one trait and what it becomes.
type Setting struct {
	// Trait is the name.
	Trait string
	// Value is a text, number or truth value. Nil removes the trait.
	Value any
	// Expression is a CEL expression that yields the value. Empty means that Value counts.
	Expression string
}

// Task is something for a person to do.
type Task struct {
	// Title says what to do.
	Title string
	// Note says more about it.
	Note string
	// Due is how long there is for it. The zero Delay means that there is no hurry.
	Due Delay
	// Urgency is low, normal or high. Defaults to normal.
	Urgency string
	// Owner is who is to do it, in the shop's own words. May be empty.
	Owner string
}

// Webhook is a call of another system.
type Webhook struct {
	// URL is called with POST.
	URL string
	// Type names the call for the receiver, such as "quote.requested". Defaults to "journey." and the touchpoint's id.
	Type string
}
