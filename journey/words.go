package journey

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Words says a decision in a sentence for people, in English, with the facts that decided it. Titles are those of the map,
// which may be nil; instants are shown in the zone.
func (d Decision) Words(m *Map, loc *time.Location) string {
	lead := cmp.Or(wording{d: d, m: m, loc: loc}.fill(kindWords[d.Kind]), string(d.Kind))
	return strings.ToUpper(lead[:1]) + lead[1:] + ": " + d.Why(m, loc) + "."
}

// Why says the reason of a decision for people, as Words does.
func (d Decision) Why(m *Map, loc *time.Location) string {
	return cmp.Or(wording{d: d, m: m, loc: loc}.fill(reasonWords[d.Reason]), string(d.Reason))
}

// Words says the reason in words for people, in English, as far as they do not depend on the facts of a decision.
func (r Reason) Words() string {
	return wording{loc: time.UTC}.fill(reasonWords[r])
}

// ReasonWords returns the words of every reason.
func ReasonWords() map[Reason]string {
	all := make(map[Reason]string, len(reasonWords))
	for r := range reasonWords {
		all[r] = r.Words()
	}
	return all
}

// kindWords and reasonWords are what is said of decisions. {name} stands for a fact of the decision's detail; what stands in
// brackets is said only when all facts in it are known.
var kindWords = map[DecisionKind]string{
	DecidedPhase:   "entered the phase {phase}[ from {from}]",
	DecidedStart:   "began",
	DecidedNoStart: "did not begin",
	DecidedStep:    "went on[ at {step}]",
	DecidedSend:    "planned a message[ {template}]",
	DecidedNoSend:  "no message",
	DecidedHeld:    "held back[ until {until}]",
	DecidedEnd:     "ended[ at {step}]",
	DecidedGoal:    "reached its goal[, worth {value}]",
	DecidedSeen:    "the customer made contact",
	DecidedTask:    "made a task[ {title}][, due {due}]",
	DecidedWebhook: "planned a call[ {type}]",
	DecidedSet:     "set[ {traits}]",
	DecidedMerge:   "took in another customer[, with {events} events and {runs} runs]",
	DecidedParked:  "put an event aside[, {event}]",
	DecidedLifted:  "let an address be mailed again[, which was not because {suppressed}]",
	DecidedRetried: "took an event up again[, {event}]",
}

var reasonWords = map[Reason]string{
	ReasonTriggered:    "the event that starts it came",
	ReasonEntered:      "a rule of the phase matched[ the event {event}]",
	ReasonDue:          "the run came to this step",
	ReasonTimedOut:     "the event that it waited for did not come in time",
	ReasonEventCame:    "the event[ {event}] that it waited for came",
	ReasonBranch:       "an arm of the branch was chosen[, because {if} holds][, because no condition holds{else}]",
	ReasonCompleted:    "all steps are done",
	ReasonExited:       "an exit step ended it[, for the reason {exit}]",
	ReasonConditionNo:  "the condition[ {if}] does not hold",
	ReasonConditionErr: "an expression[ for {set}][ {if}][ {until}] could not be worked out[ ({error})]",
	ReasonNoKey:        "the event lacks the key[ {key}]",
	ReasonRunExists:    "there is or was a run for this already",
	ReasonStaleEvent:   "what would start it is too old[: it came {age} ago, and at most {fresh} are allowed]",
	ReasonCancelled:    "the event[ {event}] cancels it",
	ReasonCancelIf:     "the condition[ {if}] that cancels it holds",
	ReasonRestarted:    "a newer trigger started it afresh",
	ReasonHoldout:      "the customer is in the control group[ of {holdout}], who get none so that the effect can be measured",
	ReasonNoAddress:    "no e-mail address is known",
	ReasonStepGone:     "the newer map has no such step[ as {step}], and none after it",
	ReasonGone:         "the newer map has no such touchpoint",
	ReasonSent:         "the provider accepted it",
	ReasonRefused:      "the provider refused it",
	ReasonUnknown:      "nobody can know whether the provider took it, and it is not sent twice",
	ReasonResent:       "it was sent again, because nobody could know whether the provider took it",
	ReasonTemplate:     "the template could not be filled in",
	ReasonSuppressed:   "the address must not be mailed any more[, because {suppressed}]",
	ReasonNoConsent:    "the customer did not agree to[ {class}] messages[ about {topic}][, but objected to them{objected}][, or did not confirm it yet{unconfirmed}]",
	ReasonNotNow:       "the customer wants no mail for a while[, until {until}]",
	ReasonPaused:       "it is paused until somebody resumes it",
	ReasonClassPaused:  "a condition[ ({if})] pauses messages of its class",
	ReasonQuietHours:   "it is quiet hours for the customer",
	ReasonWindow:       "no window for its messages is open",
	ReasonCapped:       "the customer got as many messages as a cap allows[ ({max} in {per})][, as they asked for{asked}]",
	ReasonHeldTooLong:  "it was held back for too long[, since {since}][: {held}]",
	ReasonDeferred:     "policy did not allow it any more at the moment of handing it over; it is tried again",
	ReasonCooldown:     "the newest run began too short a time before[, at {last}; {cooldown} must lie between]",
	ReasonGoalReached:  "what it is for has happened[ ({event})]",
	ReasonAbsent:       "the event that would have prevented it stayed away for long enough",
	ReasonDateCame:     "the date came",
	ReasonPhaseEntered: "the customer entered the phase",
	ReasonPhaseLeft:    "the customer left the phase",
	ReasonObserved:     "the event[ {event}] stands for it",
	ReasonSplit:        "chance chose the arm[ {arm}]",
	ReasonTaskMade:     "the run came to this step",
	ReasonTraitSet:     "the run came to this step",
	ReasonCalled:       "the receiver took it",
	ReasonUnited:       "two touchpoints were made one[, which has a run for this already, {run}]",
	ReasonMerged:       "two customers turned out to be one person[, who has a run for this already, {run}]",
	ReasonEdited: "a newer map was published[, so it goes on at {to} instead of {from}][, so it waits until {until}]" +
		"[, and the run had {template} already][, and the run made the task {task} already][, and the run called {webhook} already]",
	ReasonUndecidable: "nothing could be decided with it[ ({code})]",
	ReasonByHand:      "somebody asked for it[ ({by})]",
}

// wording fills in what is said of one decision.
type wording struct {
	d   Decision
	m   *Map
	loc *time.Location
}

var (
	optionalWords = regexp.MustCompile(`\[[^\]]*\]`)
	placeholder   = regexp.MustCompile(`\{(\w+)\}`)
)

// fill puts the facts into a text.
func (w wording) fill(text string) string {
	text = optionalWords.ReplaceAllStringFunc(text, func(part string) string {
		for _, name := range placeholder.FindAllStringSubmatch(part, -1) {
			if _, known := w.fact(name[1]); !known {
				return ""
			}
		}
		return part[1 : len(part)-1]
	})
	text = placeholder.ReplaceAllStringFunc(text, func(name string) string {
		fact, _ := w.fact(name[1 : len(name)-1])
		return fact
	})
	return strings.Join(strings.Fields(text), " ")
}

// fact returns a fact of the decision in words, and whether it is known. The facts else, objected, asked and unconfirmed are true or not,
// and have no words.
func (w wording) fact(name string) (string, bool) {
	value, known := w.d.Detail[name]
	switch name {
	case "phase":
		return w.phase(w.d.Phase), true
	case "from":
		if text, _ := value.(string); w.d.Kind == DecidedPhase {
			return w.phase(text), text != ""
		}
	case "step":
		return w.d.Step, w.d.Step != ""
	case "else", "objected", "asked":
		return "", value == true
	case "unconfirmed":
		return "", w.d.Detail["confirmed"] == false
	case "suppressed":
		text, _ := value.(string)
		words := suppressionWords[SuppressionReason(text)]
		return words, words != ""
	case "held":
		text, _ := value.(string)
		return Reason(text).Words(), text != ""
	case "holdout":
		share, ok := value.(float64)
		return fmt.Sprintf("%g %%", share*100), ok
	case "until":
		// Of an until that failed it is the expression.
		if text, _ := value.(string); w.d.Reason == ReasonConditionErr {
			return text, text != ""
		}
	}
	return w.value(value), known && value != "" && value != nil
}

// value writes a fact down: instants in the zone, lists with commas.
func (w wording) value(value any) string {
	switch known := value.(type) {
	case string:
		if at, err := time.Parse(time.RFC3339, known); err == nil {
			return at.In(w.loc).Format("2006-01-02 15:04")
		}
		return known
	case []string:
		return strings.Join(known, ", ")
	case []any:
		words := make([]string, len(known))
		for i := range known {
			words[i] = fmt.Sprint(known[i])
		}
		return strings.Join(words, ", ")
	default:
		return fmt.Sprint(known)
	}
}

// phase returns the title of a phase.
func (w wording) phase(id string) string {
	if w.m != nil {
		if i, ok := w.m.compiled.phaseIndex[id]; ok && w.m.Phases[i].Title != "" {
			return w.m.Phases[i].Title
		}
	}
	return id
}

// TouchpointTitle returns what people call a touchpoint that has or had an id; the id itself when the map does not know it.
func (m *Map) TouchpointTitle(id string) string {
	if f := m.compiled.touchpoints[id]; f != nil && f.touchpoint.Title != "" {
		return f.touchpoint.Title
	}
	return id
}
