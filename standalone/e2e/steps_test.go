package e2e

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"klantreis/config"
	"klantreis/internal/app"
)

const stepsMap = `
journey: steps
shop: {name: Shop, email: shop@example.com}
phases: [{id: care, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: thanks, phase: care, class: transactional, on: Order Completed, key: event.order_id, do: [{send: {template: thanks}}]}
  - {id: later, phase: care, class: transactional, on: Order Completed, key: event.order_id, do: [{wait: 5s}, {send: {template: later}}]}
`

// TestOurClockIsSet lets the clock of our process jump while that of Temporal goes on. Orders of one customer come in at every
// clock; each is confirmed, once, although a run may end sooner or later by the step.
func TestOurClockIsSet(t *testing.T) {
	t.Parallel()
	var offset atomic.Int64
	in := startInsideWith(t, sqliteFile(t), mapFolder(t, stepsMap, "thanks", "later"), 1, func(_ *config.Config, o *app.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
	})
	in.post(identify("anna", "en"))
	steps := []time.Duration{0, time.Hour, time.Hour - 5*time.Second, 0, -time.Hour, -time.Hour - 5*time.Second}
	for i, step := range steps {
		offset.Store(int64(step))
		in.post(track("anna", "Order Completed", fmt.Sprint(i)))
		in.eventually(30*time.Second, fmt.Sprintf("the thanks at %s", step), func() bool { return len(in.mails("anna", "thanks")) == i+1 })
	}
	// Whatever the steps put off is due by our clock, though not by Temporal's: the reconciler finds it.
	offset.Store(int64(time.Hour + 3*time.Minute))
	in.eventually(90*time.Second, "all that was to come later", func() bool { return len(in.mails("anna", "later")) == len(steps) })
	in.quiet(2*time.Second, "anna", "thanks", len(steps))
	in.quiet(0, "anna", "later", len(steps))
}
