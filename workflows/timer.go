package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// shortest is the shortest timer. The clock of the worker that decides may be behind the server's; this keeps an instant
// that has come for the one and not for the other from turning into a busy loop.
const shortest = 20 * time.Millisecond

// timer is the one timer of a workflow. The zero timer is not set.
type timer struct {
	at     time.Time
	future workflow.Future
	cancel workflow.CancelFunc
}

// set makes the timer fire at the instant; zero unsets it. A timer that is set to that instant already is left alone.
func (t *timer) set(ctx workflow.Context, at time.Time) {
	if t.future != nil {
		if t.at.Equal(at) {
			return
		}
		t.cancel()
		*t = timer{}
	}
	if at.IsZero() {
		return
	}
	ctx, cancel := workflow.WithCancel(ctx)
	wait := max(at.Sub(workflow.Now(ctx)), shortest)
	*t = timer{at: at, future: workflow.NewTimer(ctx, wait), cancel: cancel}
}
