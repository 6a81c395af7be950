package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestATakenBackMessageFreesItsSlotAtOnce has a decision that comes late: a message that holds another one back under the cap is
// planned in it, and taken back as time begins its run afresh.
func TestATakenBackMessageFreesItsSlotAtOnce(t *testing.T) {
	t.Parallel()
	e := newEngine(t, parseMap(t, `
phases: [{id: p, enter: [{on: Product Viewed}]}]
touchpoints:
  - id: first
    phase: p
    class: marketing
    priority: 10
    absence: {after: 1h, without: Product Viewed}
    again: restart
    do:
      - branch: [{if: 'now > timestamp("2026-03-02T10:30:00Z")', do: [{wait: 30d}]}]
      - send: {template: first}
  - {id: second, phase: p, class: marketing, on: Product Viewed, again: never, do: [{wait: 1h}, {send: {template: second}}]}
policy:
  caps: [{classes: [marketing], max: 1, per: 7d}]
`), "c-1")
	var sent []string
	e.settling = func(msg Message, s Settlement) { sent = append(sent, s.At.Sub(engineStart).String()+" "+msg.Template) }
	viewed := func(after, age time.Duration) Event {
		return Event{Type: TypeTrack, Name: "Product Viewed", Timestamp: engineStart.Add(after), Age: age}
	}
	e.store(Event{Type: TypeIdentify, Name: TypeIdentify, Timestamp: e.now, Traits: map[string]any{"email": "jo@example.com"}})
	e.decide()
	e.now = engineStart.Add(3 * time.Hour)
	e.store(viewed(0, 3*time.Hour), viewed(70*time.Minute, 110*time.Minute))
	e.decide()
	e.until(engineStart.Add(10 * day))
	require.Equal(t, []string{"3h0m0s second"}, sent)
}
