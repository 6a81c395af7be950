package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"klantreis/activities"
	"klantreis/internal/sendgrid"
	"klantreis/internal/store"
	"klantreis/worker"
)

// forgetter is a system outside that knows customers by their addresses, and can be told to forget them.
type forgetter interface {
	// Erase has everything deleted that is known of the addresses. Any number of times does no harm. The words say what is not
	// deleted and never will be; they name nobody.
	Erase(ctx context.Context, addresses []string) (words string, err error)
}

const (
	// eraseLook is how often it is looked whether there is a step of an erasure to do, and eraseLease how long one may take before
	// somebody else does it.
	eraseLook  = time.Second
	eraseLease = 5 * time.Minute
	// eraseFirst is the first pause after a step failed; it doubles up to eraseLongest.
	eraseFirst   = 2 * time.Second
	eraseLongest = time.Hour
	// scrubEvery is how often the file of the record is written anew at most. One time is enough for all erasures before it.
	scrubEvery = time.Minute
)

// eraser does what erasures leave to be done outside of the record, until it is done. Any number of them may run.
type eraser struct {
	record   *store.Store
	workflow func(ctx context.Context, customerID string) (gone bool, err error)
	provider forgetter
	now      func() time.Time
	log      *slog.Logger
	scrubbed time.Time
}

// newEraser returns the eraser of a worker.
func (a *App) newEraser() *eraser {
	cfg := a.cfg.SendGrid
	return &eraser{
		record: a.record, now: a.Now, log: a.Log,
		workflow: worker.Remover{Client: a.temporal, Namespace: a.cfg.Temporal.Namespace}.Remove,
		provider: sendgrid.New(sendgrid.Options{APIKey: string(cfg.APIKey), Host: cfg.Host, Now: a.Now}),
	}
}

// run looks until ctx is done.
func (e *eraser) run(ctx context.Context) error {
	tick := time.NewTicker(eraseLook)
	defer tick.Stop()
	for {
		for more := true; more && ctx.Err() == nil; {
			var err error
			if more, err = e.look(ctx); err != nil && ctx.Err() == nil {
				e.log.WarnContext(ctx, "go on with erasures; trying again", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// again says that a step is to be tried again, and not before a pause. What only takes a little longer is tried again just then.
type again struct {
	why   string
	after time.Duration
	soon  bool
}

// Error implements error.
func (a again) Error() string { return a.why }

// look does a step that is due, and answers whether there was one.
func (e *eraser) look(ctx context.Context) (bool, error) {
	step, found, err := e.record.TakeErasureStep(ctx, e.now(), e.now().Add(eraseLease))
	if err != nil || !found {
		return false, err
	}
	words, err := e.do(ctx, step)
	if err == nil {
		return true, e.record.EndErasureStep(ctx, step, words)
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	pause := eraseLongest
	if step.Tries < 12 {
		pause = min(eraseFirst<<step.Tries, eraseLongest)
	}
	trouble := err.Error()
	if later, ok := errors.AsType[again](err); ok {
		trouble = later.why
		if pause = max(pause, later.after); later.soon {
			pause = later.after
		}
	}
	return true, e.record.DelayErasureStep(ctx, step, e.now().Add(pause), trouble)
}

// do does one step.
func (e *eraser) do(ctx context.Context, step store.ErasureStep) (words string, err error) {
	ctx, cancel := context.WithTimeout(ctx, eraseLease-time.Minute)
	defer cancel()
	switch step.Step {
	case store.StepWorkflow:
		return "", e.endWorkflows(ctx, step.CustomerIDs)
	case store.StepProvider:
		return e.tellProvider(ctx, step.Addresses)
	case store.StepDisk:
		return "", e.scrub(ctx)
	default:
		return "", fmt.Errorf("this version does not know the step %q; a newer one may", step.Step)
	}
}

// endWorkflows removes the workflows from Temporal.
func (e *eraser) endWorkflows(ctx context.Context, customerIDs []string) error {
	left := 0
	for _, id := range customerIDs {
		gone, err := e.workflow(ctx, id)
		if err != nil {
			return err
		}
		if !gone {
			left++
		}
	}
	if left > 0 {
		return again{after: time.Second, soon: true}
	}
	return nil
}

// tellProvider has the mail provider forget the addresses.
func (e *eraser) tellProvider(ctx context.Context, addresses []string) (string, error) {
	words, err := e.provider.Erase(ctx, addresses)
	fault, ok := errors.AsType[*activities.MailError](err)
	if !ok {
		return words, err
	}
	why := fmt.Sprintf("SendGrid answered %d: %s", fault.Status, fault.Message)
	switch fault.Status {
	case 0:
		why = "SendGrid cannot be reached: " + fault.Message
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		why += " (its API key needs the scope recipients.erasejob.create, which SendGrid's support enables for older accounts)"
	}
	return "", again{why: why, after: fault.RetryAfter}
}

// scrub overwrites what was deleted.
func (e *eraser) scrub(ctx context.Context) error {
	if wait := scrubEvery - e.now().Sub(e.scrubbed); wait > 0 && !e.scrubbed.IsZero() {
		return again{after: wait, soon: true}
	}
	err := e.record.Scrub(ctx)
	if errors.Is(err, store.ErrBusy) {
		return again{why: err.Error(), after: time.Second, soon: true}
	}
	if err == nil {
		e.scrubbed = e.now()
	}
	return err
}

var (
	erasuresOpen     = prometheus.NewDesc("klantreis_erasures_open", "Erasures of which something outside of the record is not done yet.", nil, nil)
	erasuresTroubled = prometheus.NewDesc("klantreis_erasures_troubled", "Erasures of which something could not be done so far; klantreis erasures says what.", nil, nil)
)

// erasureMetrics shows how many erasures are not done. It is read when somebody asks.
type erasureMetrics struct{ record *store.Store }

// Describe implements prometheus.Collector.
func (m erasureMetrics) Describe(ch chan<- *prometheus.Desc) {
	ch <- erasuresOpen
	ch <- erasuresTroubled
}

// Collect implements prometheus.Collector.
func (m erasureMetrics) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	open, troubled, err := m.record.CountErasures(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(erasuresOpen, err)
		return
	}
	ch <- prometheus.MustNewConstMetric(erasuresOpen, prometheus.GaugeValue, float64(open))
	ch <- prometheus.MustNewConstMetric(erasuresTroubled, prometheus.GaugeValue, float64(troubled))
}
