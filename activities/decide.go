package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"klantreis/journey"
)

// DecideInput asks for a decision about one customer.
type DecideInput struct {
	// CustomerID is our own id of the customer.
	CustomerID string `json:"customerId"`
	// Step is the number that the decision will have: one more than the last that the caller knows. Zero when it knows none.
	Step int64 `json:"step,omitempty"`
	// Now is the caller's clock, which may be ahead of ours: a timer that has rung must find its instant come.
	Now time.Time `json:"now,omitzero"`
}

// DecideResult is what the workflow has to do. It holds ids and instants only: a history is kept for long.
type DecideResult struct {
	// Step is the number of the decision.
	Step int64 `json:"step"`
	// Next is the next due instant, in real time. Zero when nothing waits for time.
	Next time.Time `json:"next,omitzero"`
	// Effects are all effects that are planned and not finished.
	Effects []Effect `json:"effects,omitempty"`
	// More asks to decide again at once.
	More bool `json:"more,omitempty"`
	// Gone is true when the record knows no such customer: there is nothing to do any more.
	Gone bool `json:"gone,omitempty"`
	// Phase is the customer's phase.
	Phase string `json:"phase,omitempty"`
	// Standing says where the first runs stand, in journey time.
	Standing []journey.Standing `json:"standing,omitempty"`
}

// mostStanding is how many standing runs are shown: the result stays in the history.
const mostStanding = 20

// Decide consumes the customer's new events and answers what is to be done. It runs as a local activity.
func (a *Activities) Decide(ctx context.Context, in DecideInput) (DecideResult, error) {
	var out *journey.Outcome
	snapshot, err := a.Decider.Decide(ctx, in.CustomerID, in.Step, func(ctx context.Context, given journey.Input) (journey.Outcome, error) {
		published, err := a.Maps.Published(ctx, given.MapVersion)
		if err != nil {
			return journey.Outcome{}, err
		}
		now := a.Now()
		if in.Now.After(now) {
			now = in.Now
		}
		given.Now = a.Clock.Journey(now)
		given.Rhythm = a.Rhythm()
		given.Versions = versions{ctx: ctx, maps: a.Maps}
		decided, err := core(ctx, a, in.CustomerID, func() (journey.Outcome, error) { return published.Map.Decide(given) })
		out = &decided
		return decided, err
	})
	if errors.Is(err, ErrNotFound) {
		return DecideResult{Gone: true}, nil
	}
	if err != nil {
		a.logFault(ctx, in.CustomerID, err)
		return DecideResult{}, fmt.Errorf("decide customer %s: %w", in.CustomerID, err)
	}
	if p := snapshot.Parked; p != nil {
		a.Log.ErrorContext(ctx, "parked an event with which nothing can be decided", "customer", in.CustomerID, "event", p.EventSeq,
			"code", p.Fault.Code, "detail", p.Fault.Detail)
	}
	result := DecideResult{Step: snapshot.Step, Effects: snapshot.Effects, More: snapshot.More}
	if !snapshot.Next.IsZero() {
		result.Next = a.Clock.Real(snapshot.Next)
	}
	if out == nil {
		// The step was there already: what has come since then is not in it.
		result.More = true
		return result, nil
	}
	result.Phase, result.Standing = out.State.Phase, out.Standing[:min(len(out.Standing), mostStanding)]
	return result, nil
}
