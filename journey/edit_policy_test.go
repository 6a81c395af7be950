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
