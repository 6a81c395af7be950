package workflows

import (
	"hash/fnv"
	"time"

	"go.temporal.io/sdk/workflow"
)

const (
	firstRest = 5 * time.Second
	longRest  = 30 * time.Second
)

// rest sleeps after a failure: 5 seconds, doubling to 30, and up to a quarter more, so that customers who failed together
// do not come back together. Wake-ups wait meanwhile.
func (w *customerJourney) rest(ctx workflow.Context, err error) {
	w.failures++
	pause := restAfter(w.id, w.failures)
	workflow.GetLogger(ctx).Warn("no decision; trying again", "customer", w.id, "pause", pause, "error", err)
	// The context is disconnected, so nothing ends the sleep early.
	_ = workflow.Sleep(ctx, pause)
}

func restAfter(id string, failures int) time.Duration {
	pause := longRest
	if failures < 4 {
		pause = firstRest << (failures - 1)
	}
	pause = min(pause, longRest)
	h := fnv.New32a()
	h.Write([]byte(id))
	h.Write([]byte{byte(failures)})
	return pause + pause/4*time.Duration(h.Sum32()%1024)/1024
}
