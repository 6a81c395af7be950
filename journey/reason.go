package journey

// Reason is the code of why something was decided. Every send and every non-send has one.
type Reason string

// The reasons. Their texts are part of the record and never change.
const (
	ReasonTriggered    Reason = "triggered"  // the trigger came and its condition held
	ReasonEntered      Reason = "entered"    // a rule of the phase matched
	ReasonDue          Reason = "due"        // the run came to the send
	ReasonTimedOut     Reason = "timed-out"  // the event of a waitFor did not come in time
	ReasonEventCame    Reason = "event-came" // the event of a waitFor came
	ReasonBranch       Reason = "branch"     // an arm was chosen
	ReasonCompleted    Reason = "completed"  // the run did all its steps
	ReasonExited       Reason = "exited"     // an exit step ended the run
	ReasonConditionNo  Reason = "condition-false"
	ReasonConditionErr Reason = "condition-error"
	ReasonNoKey        Reason = "no-key"       // the trigger lacks the key
	ReasonRunExists    Reason = "run-exists"   // there is or was a run for this key
	ReasonStaleEvent   Reason = "stale-event"  // the event is too old to start anything
	ReasonCancelled    Reason = "cancelled-by" // an event of the cancel list came
	ReasonCancelIf     Reason = "cancel-if"    // the cancelIf condition holds
	ReasonRestarted    Reason = "restarted"    // a newer trigger started the run afresh
	ReasonHoldout      Reason = "holdout"      // the customer is in the control group
	ReasonNoAddress    Reason = "no-address"   // there is nowhere to send it
	ReasonStepGone     Reason = "step-removed" // a newer map has no such step
	ReasonGone         Reason = "touchpoint-removed"
	ReasonSent         Reason = "sent" // a provider accepted it
	ReasonRefused      Reason = "provider-refused"
	ReasonUnknown      Reason = "unknown"        // nobody can know whether the provider took it
	ReasonResent       Reason = "resent-unknown" // sent again, because nobody could know
	ReasonTemplate     Reason = "template-error"
	ReasonSuppressed   Reason = "suppressed"       // the address must not be mailed
	ReasonNoConsent    Reason = "no-consent"       // the customer did not agree to messages of this class
	ReasonNotNow       Reason = "not-now"          // the customer asked for a pause
	ReasonPaused       Reason = "paused"           // the touchpoint or the map is paused
	ReasonClassPaused  Reason = "class-paused"     // a pause of the policy holds messages of this class
	ReasonQuietHours   Reason = "held-quiet-hours" // it is quiet hours for the customer
	ReasonWindow       Reason = "held-window"      // no window for messages of this class is open
	ReasonCapped       Reason = "capped"           // the customer got as many messages as a cap allows
	ReasonHeldTooLong  Reason = "held-too-long"    // it was held back for longer than the policy says
	ReasonDeferred     Reason = "deferred"         // at the handover policy did not allow it any more
	ReasonCooldown     Reason = "cooldown"         // the newest run began too short a time ago
	ReasonGoalReached  Reason = "goal-reached"     // what the touchpoint is for has happened
	ReasonAbsent       Reason = "absent"           // an event stayed away
	ReasonDateCame     Reason = "date-came"        // a date that is known of the customer came
	ReasonPhaseEntered Reason = "phase-entered"    // the customer entered a phase
	ReasonPhaseLeft    Reason = "phase-left"       // the customer left a phase
	ReasonObserved     Reason = "observed"         // the customer made the contact
	ReasonSplit        Reason = "split"            // chance chose an arm
	ReasonTaskMade     Reason = "task-made"        // the run came to the task
	ReasonTraitSet     Reason = "trait-set"        // the run came to the set
	ReasonCalled       Reason = "called"           // the provider of a webhook took it
	ReasonUnited       Reason = "united"           // its touchpoint became one with another, which has a run for this already
	ReasonMerged       Reason = "merged"           // the customer was merged with another, who has a run for this already
	ReasonEdited       Reason = "edited"           // a newer map changed what the run waits for
	ReasonUndecidable  Reason = "undecidable"      // nothing could be decided with the event
	ReasonByHand       Reason = "by-hand"          // a person asked for it
)
