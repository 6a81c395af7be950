package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSlotsAreRememberedForALaterCap plans a message for somebody who got many.
func TestSlotsAreRememberedForALaterCap(t *testing.T) {
	t.Parallel()
	m := parseMap(t, "phases: [{id: p, enter: [{on: Product Viewed}]}]\n")
	now := engineStart.Add(400 * day)
	slots := func(n int, every time.Duration) []Slot {
		list := make([]Slot, n)
		for i := range list {
			list[i] = Slot{Class: Service, At: now.Add(-time.Duration(n-i) * every)}
		}
		return list
	}
	for name, tt := range map[string]struct {
		before []Slot
		kept   int
		oldest time.Duration // of what is kept
	}{
		"many lately":          {slots(150, time.Hour), 99, 99 * time.Hour},
		"some lately":          {slots(60, time.Hour), 60, 60 * time.Hour},
		"for months":           {slots(40, 10*day), 9, 90 * day},
		"up to three months":   {slots(2, 46*day), 1, 46 * day},
		"still on their way":   {append([]Slot{{Class: Service, At: now.Add(-200 * day), Pending: true}}, slots(150, time.Hour)...), 100, 200 * day},
		"the first one of all": {nil, 0, 0},
	} {
		d := newDeciding(m, Input{State: State{Facts: Facts{Slots: tt.before}}, Now: now})
		d.reserve("m", Marketing, now)
		after := d.state.Facts.Slots
		require.Equal(t, Slot{MessageID: "m", Class: Marketing, At: now, Pending: true}, after[len(after)-1], name)
		require.Len(t, after, tt.kept+1, name)
		require.Equal(t, tt.oldest, now.Sub(after[0].At), name)
	}
}
