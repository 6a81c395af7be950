package activities_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// brokenPast makes the core panic as soon as it asks what came before.
type brokenPast struct{ noPast }

func (brokenPast) Named([]string, time.Time) ([]journey.Event, error) { panic("no room for Jansen") }

func TestPanicInTheCoreIsAFault(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var log strings.Builder
	b.acts.Log = slog.New(slog.NewTextHandler(&log, nil))
	b.decider.input = ordered()
	b.decider.input.Past = brokenPast{}
	_, err := b.acts.Decide(t.Context(), activities.DecideInput{CustomerID: "c_1"})
	var fault *activities.Fault
	require.ErrorAs(t, err, &fault)
	require.Equal(t, activities.Fault{Code: activities.FaultPanic, Detail: "no room for Jansen"}, *fault)
	require.EqualError(t, err, "decide customer c_1: nothing can be decided with what is stored: panic", "nothing personal goes to Temporal")
	require.Contains(t, log.String(), "fault_test.go", "the stack")
	require.Contains(t, log.String(), "a customer cannot be decided about")
}

func TestParkedEventIsLogged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var log strings.Builder
	b.acts.Log = slog.New(slog.NewTextHandler(&log, nil))
	b.decider.stored = &activities.Snapshot{Step: 8, Parked: &activities.Parked{EventSeq: 17, Fault: activities.Fault{Code: "panic", Detail: "why"}}}
	_, err := b.acts.Decide(t.Context(), activities.DecideInput{CustomerID: "c_1"})
	require.NoError(t, err)
	require.Contains(t, log.String(), "customer=c_1 event=17 code=panic detail=why")
}

func TestParkedEventsCountAtTheHandover(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		parked journey.Event
		want   journey.Reason
	}{
		"one that cancels":      {orderEvent("Order Cancelled", "A1"), journey.ReasonCancelled},
		"one of another order":  {orderEvent("Order Cancelled", "A2"), journey.ReasonSent},
		"one that says nothing": {journey.Event{Name: "identify", Type: journey.TypeIdentify, Traits: map[string]any{"email": 7}}, journey.ReasonSent},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.decider.input = journey.Input{State: journey.State{CustomerID: "c_1"}, Past: noPast{}}
			b.ledger.handover.Parked = []journey.Event{test.parked}
			result, err := b.attempt(t)
			require.NoError(t, err)
			require.Equal(t, test.want, result.Reason)
		})
	}
}
