package journey

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A waitFor is edited to wait for an event too that nothing listened to when it came, so that it is read only now.
func TestAnEditFindsAnEventThatSlept(t *testing.T) {
	t.Parallel()
	const text = `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints:
  - id: tp
    phase: p
    class: service
    on: Order Completed
    key: event.order_id
    do: [{waitFor: {on: NAMES, for: 20d}, do: [send: {template: thanks}], else: [send: {template: ask}]}]
`
	waitsFor := func(names string) *Map { return parseMap(t, strings.ReplaceAll(text, "NAMES", names)) }
	const edited = "3d0h0m0s tp/A1 step waitFor-1 edited until=2026-03-22T09:00:00Z\n"
	of := map[string]any{"order_id": "A1"}
	for name, tt := range map[string]struct {
		slept Event
		want  string
	}{
		"the one": {
			Event{Name: "Product Liked", Properties: of},
			"3d0h0m0s tp/A1 step waitFor-1 event-came Product Liked\n3d0h0m0s tp/A1 send thanks\n3d0h0m0s tp/A1 end send-1 completed\n",
		},
		"of another order": {
			Event{Name: "Product Liked", Properties: map[string]any{"order_id": "A2"}}, edited,
		},
		"one that wakes": {
			Event{Name: "Product Liked", Properties: of, Timestamp: engineStart.Add(73 * time.Hour)},
			edited + "3d1h0m0s tp/A1 step waitFor-1 event-came Product Liked\n3d1h0m0s tp/A1 send thanks\n3d1h0m0s tp/A1 end send-1 completed\n",
		},
		"of another name": {Event{Name: "Page Liked", Properties: of}, edited},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t, waitsFor("[Product Reviewed]"), "c-1")
			ordered := Event{Type: TypeTrack, Name: "Order Completed", Timestamp: e.now, Properties: of}
			e.store(Event{Type: TypeIdentify, Name: TypeIdentify, Timestamp: e.now, Traits: map[string]any{"email": "jo@example.com"}}, ordered)
			e.decide()
			var told strings.Builder
			e.seen = func(out Outcome) { writeActs(&told, e, out) }
			e.reach(engineStart.Add(72 * time.Hour))
			e.publish(waitsFor("[Product Reviewed, Product Liked]"))
			tt.slept.Type = TypeTrack
			if tt.slept.Timestamp.IsZero() {
				tt.slept.Timestamp, tt.slept.Dormant = engineStart.Add(48*time.Hour), true
			}
			e.now = later(e.now, tt.slept.Timestamp)
			e.store(tt.slept)
			e.decide()
			e.until(e.now.Add(time.Minute))
			require.Equal(t, tt.want, told.String())
		})
	}
}
