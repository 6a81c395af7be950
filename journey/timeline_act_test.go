package journey

import (
	"fmt"
	"strings"
)

func writeActs(b *strings.Builder, e *engine, out Outcome) {
	for _, d := range out.Decisions {
		fmt.Fprintf(b, "%s %s\n", since(d.At), act(e, d))
	}
	for _, id := range out.Withdrawn {
		msg := e.planned[id]
		fmt.Fprintf(b, "%s %s withdraw %s\n", since(e.now), runName(e.run(msg.RunID)), msg.Template)
	}
}

// details are the facts of a decision that a story shows, in this order.
var details = []string{
	"event", "arm", "value", "traits", "title", "type", "due", "from", "to", "until", "held", "since", "max", "per", "cooldown",
	"last", "age", "class", "objected", "if", "else", "exit", "error",
}

// act tells a decision in a few words.
func act(e *engine, d Decision) string {
	if d.Kind == DecidedPhase {
		words := strings.TrimSpace(fmt.Sprintf("phase %s from %v", d.Phase, d.Detail["from"]))
		if d.Reason != ReasonEntered {
			words += " " + string(d.Reason)
		}
		return words
	}
	who := d.Touchpoint
	if d.RunID != "" {
		who = runName(e.run(d.RunID))
	}
	words := []string{who, string(d.Kind)}
	switch d.Kind {
	case DecidedSend:
		return strings.Join(append(words, fmt.Sprint(d.Detail["template"])), " ")
	case DecidedStart:
		if d.Reason != ReasonTriggered {
			words = append(words, string(d.Reason))
		}
		return strings.Join(words, " ")
	}
	if d.Step != "" {
		words = append(words, d.Step)
	}
	words = append(words, string(d.Reason))
	for _, name := range details {
		switch v := d.Detail[name]; {
		case v == nil || v == "":
		case name == "event":
			words = append(words, fmt.Sprint(v))
		default:
			words = append(words, fmt.Sprintf("%s=%v", name, v))
		}
	}
	return strings.Join(words, " ")
}

// runName is the touchpoint and, when the run is one of several, its key and number: "review-request/A1#2".
func runName(r Run) string {
	name := r.Touchpoint
	if r.Key != "" {
		name += "/" + r.Key
	}
	if r.Nth > 1 {
		name += fmt.Sprintf("#%d", r.Nth)
	}
	return name
}

// writeEnd tells where the runs stand and what became of the goals.
func writeEnd(b *strings.Builder, e *engine) {
	for _, r := range e.state.Runs {
		if r.Status != RunActive {
			continue
		}
		fmt.Fprintf(b, "%s %s stands at %s", since(e.now), runName(r), r.Step)
		if !r.Due.IsZero() {
			fmt.Fprintf(b, " until %s", since(r.Due))
		}
		if r.Held != "" {
			fmt.Fprintf(b, " %s", r.Held)
		}
		b.WriteString("\n")
	}
	for _, x := range e.state.Exposures {
		fmt.Fprintf(b, "%s %s exposed", since(x.At), runName(e.run(x.RunID)))
		for _, word := range []string{x.Arm, x.Variant} {
			if word != "" {
				fmt.Fprintf(b, " %s", word)
			}
		}
		fmt.Fprintf(b, " until %s", since(x.Until))
		switch {
		case !x.ReachedAt.IsZero():
			fmt.Fprintf(b, " reached %s for %v", since(x.ReachedAt), x.Value)
		case x.Closed:
			b.WriteString(" in vain")
		}
		b.WriteString("\n")
	}
}
