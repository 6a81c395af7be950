package sandbox

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Fault is a way to fail a hand-over.
type Fault string

// The faults.
const (
	// FaultTooMany answers 429 with Retry-After; the mail is not taken.
	FaultTooMany Fault = "429"
	// FaultTooManyUntil answers 429 with Retry-After as a date; the mail is not taken.
	FaultTooManyUntil Fault = "429-until"
	// FaultError answers 500; the mail is not taken.
	FaultError Fault = "500"
	// FaultUnavailable answers 503, as a proxy before SendGrid does; the mail is not taken.
	FaultUnavailable Fault = "503"
	// FaultKey answers 401; the mail is not taken.
	FaultKey Fault = "401"
	// FaultTooLarge answers 413; the mail is not taken.
	FaultTooLarge Fault = "413"
	// FaultHang never answers; the mail is not taken.
	FaultHang Fault = "hang"
	// FaultAcceptCut takes the mail and closes the connection without an answer.
	FaultAcceptCut Fault = "accept-and-cut"
	// FaultCutBefore closes the connection without an answer; the mail is not taken.
	FaultCutBefore Fault = "cut-before"
)

var allFaults = []Fault{
	FaultTooMany, FaultTooManyUntil, FaultError, FaultUnavailable, FaultKey, FaultTooLarge, FaultHang, FaultAcceptCut, FaultCutBefore,
}

// FaultPlan says which hand-overs fail and how: the next ones, or each with a probability.
type FaultPlan struct {
	// Fault is what happens.
	Fault Fault
	// Next is the number of coming requests that it happens to. Zero when Probability is set.
	Next int
	// Probability, above 0 and at most 1, is the chance of each request. Zero when Next is set.
	Probability float64
	// RetryAfter is what a 429 says, in whole seconds. Defaults to 1 second.
	RetryAfter time.Duration
}

func (p FaultPlan) check() error {
	switch {
	case !slices.Contains(allFaults, p.Fault):
		return fmt.Errorf("unknown fault %q", p.Fault)
	case p.Next < 0 || p.Probability < 0 || p.Probability > 1:
		return fmt.Errorf("fault %s: next must not be negative and probability lie between 0 and 1", p.Fault)
	case (p.Next > 0) == (p.Probability > 0):
		return fmt.Errorf("fault %s: give either next or probability", p.Fault)
	case p.RetryAfter < 0:
		return fmt.Errorf("fault %s: retry-after must not be negative", p.Fault)
	}
	return nil
}

// faults picks the fault of each request and counts what it picked.
type faults struct {
	mu     sync.Mutex
	plans  []FaultPlan
	chance *rand.Rand
	hit    map[Fault]int64
}

func newFaults(seed uint64) *faults {
	return &faults{chance: rand.New(rand.NewPCG(seed, 1)), hit: map[Fault]int64{}}
}

func (f *faults) set(plans []FaultPlan) error {
	var faults []error
	var sum float64
	for _, plan := range plans {
		faults = append(faults, plan.check())
		sum += plan.Probability
	}
	if sum > 1 {
		faults = append(faults, errors.New("the probabilities add up to more than 1"))
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.plans = slices.Clone(plans)
	return nil
}

// pick returns the plan that the next request falls under, if any. Plans for the next requests go first, in their order.
func (f *faults) pick() (FaultPlan, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.plans {
		if f.plans[i].Next > 0 {
			f.plans[i].Next--
			return f.count(f.plans[i]), true
		}
	}
	draw := f.chance.Float64()
	for _, plan := range f.plans {
		if draw < plan.Probability {
			return f.count(plan), true
		}
		draw -= plan.Probability
	}
	return FaultPlan{}, false
}

func (f *faults) count(plan FaultPlan) FaultPlan {
	f.hit[plan.Fault]++
	return plan
}

// counts returns how often each fault was picked.
func (f *faults) counts() map[Fault]int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make(map[Fault]int64, len(allFaults))
	for _, fault := range allFaults {
		out[fault] = f.hit[fault]
	}
	return out
}
