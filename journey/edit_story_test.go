package journey

import (
	"fmt"
	"testing"
	"time"
)

// story is one customer while the map changes.
type story struct {
	*engine
	mails     []string   // what was handed over, and when, counted from engineStart
	decisions []Decision // all that were taken
}

func newEdited(t testing.TB, text string) *story {
	return newEditedFor(t, text, "c-1")
}

func newEditedFor(t testing.TB, text, customerID string) *story {
	x := &story{engine: newEngine(t, parseMap(t, text), customerID)}
	x.settling = func(m Message, s Settlement) {
		if s.Sent {
			x.mails = append(x.mails, fmt.Sprintf("%s %s", s.At.Sub(engineStart), m.Template))
		}
	}
	x.seen = func(out Outcome) { x.decisions = append(x.decisions, out.Decisions...) }
	x.store(Event{Type: TypeIdentify, Name: TypeIdentify, Timestamp: x.now, Traits: map[string]any{"email": "jo@example.com"}})
	x.decide()
	return x
}

// at lets time pass.
func (x *story) at(since time.Duration) { x.reach(engineStart.Add(since)) }

// ev lets an event arrive.
func (x *story) ev(name string, properties map[string]any) {
	x.store(Event{Type: TypeTrack, Name: name, Timestamp: x.now, Properties: properties})
	x.decide()
}

// pub publishes another map, and the customer follows it.
func (x *story) pub(t testing.TB, text string) {
	x.publish(parseMap(t, text))
	x.decide()
}

// reasons counts the decisions of a kind with a reason.
func (x *story) reasons(kind DecisionKind, reason Reason) int {
	n := 0
	for _, d := range x.decisions {
		if d.Kind == kind && d.Reason == reason {
			n++
		}
	}
	return n
}
