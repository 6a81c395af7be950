package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An event to which nothing listened when it arrived must not start anything long after, when a newer map does.
func TestADormantEventGrowsOldUntilItIsSeen(t *testing.T) {
	t.Parallel()
	m, problems := Parse([]Source{{Name: "journey.yaml", Data: []byte(`
journey: j
shop: {name: S, email: s@example.com}
phases: [{id: p, enter: [{on: Product Added}]}]
touchpoints:
  - {id: tp, phase: p, class: marketing, on: Product Added, do: [{send: {template: mail}}]}
`)}})
	require.Empty(t, problems.Errors())
	received := engineStart
	for name, c := range map[string]struct {
		dormant bool
		after   time.Duration
		starts  bool
	}{
		"dormant and long ago":         {true, 25 * time.Hour, false},
		"dormant and just now":         {true, time.Hour, true},
		"the engine was down for long": {false, 48 * time.Hour, true},
	} {
		out, err := m.Decide(Input{
			State:  State{CustomerID: "c", Facts: Facts{Traits: map[string]any{"email": "jo@example.com"}, Consents: agreeable().Consents}},
			Events: []Event{{Seq: 1, Type: TypeTrack, Name: "Product Added", Timestamp: received, ReceivedAt: received, Dormant: c.dormant}},
			Now:    received.Add(c.after),
			Past:   nothing{},
		})
		require.NoError(t, err)
		require.Equal(t, c.starts, len(out.Messages) == 1, name)
		require.Equal(t, "p", out.State.Phase, name)
	}
}

// nothing is the past of a new customer.
type nothing struct{}

func (nothing) Named([]string, time.Time) ([]Event, error) { return nil, nil }

func (nothing) LastRun(string, string) (Run, bool, error) { return Run{}, false, nil }

func (nothing) LastStart(string) (time.Time, bool, error) { return time.Time{}, false, nil }

func (nothing) Latest([]string) (map[string]time.Time, error) { return nil, nil }
