package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestACapCountsWhatWentBefore(t *testing.T) {
	t.Parallel()
	const p = "phases: [{id: p, enter: [{on: Order Completed}]}]\n"
	tps := `
touchpoints:
  - {id: a, phase: p, class: marketing, on: A, do: [{send: {template: a}}]}
  - {id: b, phase: p, class: marketing, on: B, do: [{send: {template: b}}]}`
	x := newEdited(t, p+tps)
	x.ev("A", nil)
	x.at(24 * time.Hour)
	x.pub(t, p+"policy: {caps: [{classes: [marketing], max: 1, per: 7d}], held: {for: 30d}}"+tps)
	x.at(25 * time.Hour)
	x.ev("B", nil)
	x.at(30 * 24 * time.Hour)
	require.Equal(t, []string{"0s a", "168h0m0s b"}, x.mails)
}

func TestALongerCapCountsWhatWentBefore(t *testing.T) {
	t.Parallel()
	const p = "phases: [{id: p, enter: [{on: Order Completed}]}]\n"
	tps := `
touchpoints:
  - {id: a, phase: p, class: marketing, on: A, do: [{send: {template: a}}]}
  - {id: b, phase: p, class: marketing, on: B, do: [{send: {template: b}}]}`
	x := newEdited(t, p+"policy: {caps: [{classes: [marketing], max: 1, per: 24h}], held: {for: 30d}}"+tps)
	x.ev("A", nil)
	x.at(25 * time.Hour)
	x.ev("B", nil)
	x.at(26 * time.Hour)
	x.pub(t, p+"policy: {caps: [{classes: [marketing], max: 2, per: 7d}], held: {for: 30d}}"+tps)
	x.at(27 * time.Hour)
	x.ev("B", nil)
	x.at(30 * 24 * time.Hour)
	require.Equal(t, []string{"0s a", "25h0m0s b", "168h0m0s b"}, x.mails)
}

// TestALiftedPolicyCountsFromItsPublication lets an event be known only after it that came before.
func TestALiftedPolicyCountsFromItsPublication(t *testing.T) {
	t.Parallel()
	const rest = "phases: [{id: p, enter: [{on: A}]}]\ntouchpoints: [{id: tp, phase: p, class: service, on: A, do: [{send: {template: a}}]}]\n"
	x := newEdited(t, `policy: {quietHours: {from: "08:00", to: "20:00"}}`+"\n"+rest)
	x.ev("A", nil)
	x.at(2 * time.Hour)
	x.store(Event{Type: TypeTrack, Name: "B", Timestamp: x.now, Dormant: true})
	x.at(3 * time.Hour)
	x.pub(t, rest)
	require.Equal(t, []string{"3h0m0s a"}, x.mails)
	for _, d := range x.decisions {
		require.False(t, d.Kind == DecidedSend && d.At.Before(engineStart.Add(3*time.Hour)), "decided before the map was there")
	}
}
