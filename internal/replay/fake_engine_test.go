package replay

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// fakeEngine does what the map says as events come and timers ring, and can be told to do it wrongly.
type fakeEngine struct {
	clock Clock
	fault string

	mu     sync.Mutex
	seen   map[string]bool            // messageIds
	traits map[string]map[string]any  // by user
	had    map[string]map[string]bool // names of events, by order
	timers map[string]*time.Timer     // by order
	mails  []Arrival
}

func newFakeEngine(clock Clock, fault string) *fakeEngine {
	return &fakeEngine{
		clock: clock, fault: fault,
		seen: map[string]bool{}, traits: map[string]map[string]any{}, had: map[string]map[string]bool{}, timers: map[string]*time.Timer{},
	}
}

func (f *fakeEngine) Clock(context.Context) (Clock, error) { return f.clock, nil }

func (f *fakeEngine) Messages(_ context.Context, start, limit int) ([]Arrival, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	newest := slices.Clone(f.mails)
	slices.Reverse(newest)
	return newest[min(start, len(newest)):min(start+limit, len(newest))], nil
}

func (f *fakeEngine) Post(_ context.Context, events []Event) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range events {
		if f.seen[e.MessageID] && f.fault != "takes events twice" {
			continue
		}
		f.seen[e.MessageID] = true
		if e.At.After(f.clock.Journey(time.Now())) {
			return &RejectedError{Reasons: "an event from the future"}
		}
		f.take(e)
	}
	return nil
}

func (f *fakeEngine) take(e Event) {
	if e.Type == "identify" {
		f.traits[e.UserID] = e.Traits
		return
	}
	had := f.had[e.order()]
	if had == nil {
		had = map[string]bool{}
		f.had[e.order()] = had
	}
	first := !had[e.Name] || f.fault == "takes events twice"
	had[e.Name] = true
	off := slices.ContainsFunc(calledOff, func(name string) bool { return had[name] })
	switch {
	case e.Name == completed && first:
		f.send(confirmation, e)
	case e.Name == delivered && first && (!off || f.fault == "forgets the past"):
		f.timer(e, e.At.Add(requestAfter), func() {
			f.send(request, e)
			f.timer(e, f.clock.Journey(time.Now()).Add(reminderAfter-requestAfter), func() { f.send(reminder, e) })
		})
	case slices.Contains(calledOff, e.Name) && f.timers[e.order()] != nil && f.fault != "does not cancel":
		f.timers[e.order()].Stop()
	}
}

// timer calls something at a journey instant, 60 ms late as timers are.
func (f *fakeEngine) timer(e Event, at time.Time, ring func()) {
	late := 60 * time.Millisecond
	if f.fault == "is slow" {
		late += 3 * time.Second
	}
	f.timers[e.order()] = time.AfterFunc(time.Until(f.clock.Real(at))+late, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		ring()
	})
}

func (f *fakeEngine) send(template string, e Event) {
	n := len(f.mails)
	traits := f.traits[e.UserID]
	switch {
	case f.fault == "loses mails" && n%50 == 49:
		f.fault = "loses no more mails"
		return
	case f.fault == "mixes customers up" && n%50 == 49:
		traits = f.traits[slices.Max(slices.Collect(maps.Keys(f.traits)))]
	}
	f.mails = append(f.mails, Arrival{
		ID: fmt.Sprintf("mail-%d", n), Email: traits["email"].(string),
		Subject: fmt.Sprintf("%s %s %s", template, e.order(), traits["locale"]), Created: time.Now(),
	})
}
