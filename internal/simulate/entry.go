package simulate

import (
	"slices"
	"time"

	"klantreis/journey"
)

// The kinds of entry that are no decision.
const (
	// Sent is for a mail that the provider accepted.
	Sent journey.DecisionKind = "sent"
	// Called is for a webhook that was called.
	Called journey.DecisionKind = "called"
)

// Entry is one line of a customer's timeline.
type Entry struct {
	// At is the instant.
	At time.Time
	// Phase is where the customer is then.
	Phase string
	// Kind says what it is about, and Reason why.
	Kind   journey.DecisionKind
	Reason journey.Reason
	// Touchpoint and Step say where. Empty when they do not apply.
	Touchpoint, Step string
	// Key and Nth tell which run of the touchpoint it is. Nth is zero when it is about none.
	Key string
	Nth int
	// Detail holds the facts that decided it, by name.
	Detail map[string]any
	// Message is what was handed over, for Sent and Called. It is valid during the call only.
	Message *journey.Message
}

// tell tells the decisions of an outcome. It is told where the customer was before, because phases change in between.
func (c *Customer) tell(phase string, out *journey.Outcome) {
	if c.Seen == nil {
		return
	}
	for i := range out.Decisions {
		d := &out.Decisions[i]
		if d.Kind == journey.DecidedPhase {
			phase = d.Phase
		}
		e := Entry{
			At: d.At, Phase: phase, Kind: d.Kind, Reason: d.Reason, Touchpoint: d.Touchpoint, Step: d.Step, Detail: d.Detail,
		}
		if r := c.runOf(d.RunID, out); r != nil {
			e.Key, e.Nth = r.Key, r.Nth
		}
		c.Seen(e)
	}
}

// runOf returns the run that a decision is about. Nil when it is about none.
func (c *Customer) runOf(id string, out *journey.Outcome) *journey.Run {
	if id == "" {
		return nil
	}
	for _, runs := range [][]journey.Run{out.State.Runs, c.state.Runs} {
		if i := slices.IndexFunc(runs, func(r journey.Run) bool { return r.ID == id }); i >= 0 {
			return &runs[i]
		}
	}
	for _, r := range c.last { // a goal may be reached long after its run
		if r.ID == id {
			return &r
		}
	}
	return nil
}

func (c *Customer) tellSent(msg *journey.Message, at time.Time) {
	if c.Seen == nil {
		return
	}
	e := Entry{
		At: at, Phase: c.state.Phase, Kind: Sent, Reason: journey.ReasonSent, Touchpoint: msg.Touchpoint, Step: msg.Step,
		Message: msg,
	}
	if msg.Kind == journey.KindWebhook {
		e.Kind = Called
	}
	r := c.run(msg.RunID)
	e.Key, e.Nth = r.Key, r.Nth
	c.Seen(e)
}
