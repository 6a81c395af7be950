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

// Imported history moves phases and tells facts, but starts nothing, and takes nothing back that is under way.
func TestImportedEventsStartNothing(t *testing.T) {
	t.Parallel()
	m, problems := Parse([]Source{{Name: "journey.yaml", Data: []byte(`
journey: j
fresh: 10000d
shop: {name: S, email: s@example.com}
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: order, phase: p, class: transactional, on: Order Completed, key: event.order_id, do: [send: {template: mail}]}
  - {id: entered, phase: p, class: transactional, entered: p, do: [send: {template: mail}]}
  - {id: again, phase: p, class: transactional, on: Order Completed, again: restart, do: [wait: 7d, send: {template: mail}]}
`)}})
	require.Empty(t, problems.Errors())
	order := Event{
		Seq: 1, Type: TypeTrack, Name: "Order Completed", Timestamp: engineStart, ReceivedAt: engineStart, Imported: true,
		Properties: map[string]any{"order_id": "A1", "total": 10.0},
	}
	out, err := m.Decide(Input{
		State:  State{CustomerID: "c", Facts: Facts{Traits: map[string]any{"email": "jo@example.com"}}},
		Events: []Event{order}, Now: engineStart, Past: nothing{},
	})
	require.NoError(t, err)
	require.Equal(t, "p", out.State.Phase)
	require.EqualValues(t, 1, out.State.Facts.Orders)
	require.Empty(t, out.Messages)
	require.Empty(t, out.State.Runs)
	refused := 0
	for _, d := range out.Decisions {
		if d.Kind == DecidedNoStart {
			refused++
			require.Equal(t, ReasonStaleEvent, d.Reason)
			require.Equal(t, map[string]any{"imported": true}, d.Detail)
		}
	}
	require.Equal(t, 3, refused)

	look := LastLook{
		Run:    Run{ID: "r", Touchpoint: "again", Status: RunActive, Step: "send-1", StartedAt: engineStart.Add(-time.Hour)},
		Class:  Transactional,
		Unseen: []Event{order}, Now: engineStart,
	}
	reason, err := m.Unwanted(look)
	require.NoError(t, err)
	require.Empty(t, reason)
	look.Unseen[0].Imported = false
	reason, err = m.Unwanted(look)
	require.NoError(t, err)
	require.Equal(t, ReasonRestarted, reason)
}
