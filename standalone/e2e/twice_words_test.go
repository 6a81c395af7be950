package e2e

import (
	"fmt"
	"strings"
	"time"

	"klantreis/journey"
)

// decided is a decision with the run that it is about.
type decided struct {
	journey.Decision
	key string
	nth int
}

// line tells a decision in the words of the golden files.
func (d decided) line() line {
	l := line{at: d.At.Sub(storyStart)}
	if d.Kind == journey.DecidedPhase {
		l.who = "phase"
		l.words = strings.TrimSpace(fmt.Sprintf("phase %s from %v", d.Phase, d.Detail["from"]))
		if d.Reason != journey.ReasonEntered {
			l.words += " " + string(d.Reason)
		}
		return l
	}
	l.who = runName(d.Touchpoint, d.key, d.nth)
	words := []string{l.who, string(d.Kind)}
	switch d.Kind {
	case journey.DecidedSend:
		words = append(words, fmt.Sprint(d.Detail["template"]))
	case journey.DecidedStart:
		if d.Reason != journey.ReasonTriggered {
			words = append(words, string(d.Reason))
		}
	default:
		if d.Kind == journey.DecidedNoStart {
			l.who += " noStart"
		}
		words = append(words, d.because()...)
	}
	l.words = strings.Join(words, " ")
	return l
}

// shownDetails are the facts of a decision that a golden file shows, in this order.
var shownDetails = []string{
	"event", "arm", "value", "traits", "title", "type", "due", "from", "to", "until", "held", "since", "max", "per", "cooldown",
	"last", "age", "class", "objected", "if", "else", "exit", "error",
}

// because is the step, the reason, and the details that people are shown.
func (d decided) because() []string {
	var words []string
	if d.Step != "" {
		words = append(words, d.Step)
	}
	words = append(words, string(d.Reason))
	for _, name := range shownDetails {
		switch v := d.Detail[name]; {
		case v == nil || v == "":
		case name == "event":
			words = append(words, fmt.Sprint(v))
		default:
			words = append(words, fmt.Sprintf("%s=%v", name, v))
		}
	}
	return words
}

func handedOver(who, template string, at time.Time) line {
	return line{at: at.Sub(storyStart), who: handoverOf(who+" handed", template), words: who + " handed over " + template}
}

// handoverOf tells the messages of one run apart: webhooks are called in any order.
func handoverOf(who, template string) string { return template + " of " + who }

func standing(who string, r journey.Run) line {
	l := line{who: who + " stands", words: fmt.Sprintf("%s stands at %s", who, r.Step)}
	if !r.Due.IsZero() {
		l.words, l.at = l.words+" until", r.Due.Sub(storyStart)
	}
	if r.Held != "" {
		l.words += " " + string(r.Held)
	}
	return l
}

func exposed(who string, x journey.Exposure) line {
	words := []string{who, "exposed", x.Arm}
	if x.Variant != "" {
		words = append(words, x.Variant)
	}
	words = append(words, "until")
	switch {
	case !x.ReachedAt.IsZero():
		words = append(words, fmt.Sprintf("reached %s for %v", sinceStart(x.ReachedAt.Sub(storyStart)), x.Value))
	case x.Closed:
		words = append(words, "in vain")
	}
	return line{at: x.At.Sub(storyStart), who: who + " exposed", words: strings.Join(words, " ")}
}
