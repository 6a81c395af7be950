package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"klantreis/activities"
	"klantreis/internal/sendgrid"
	"klantreis/internal/store"
	"klantreis/journey"
)

// reports takes the signed event webhook of SendGrid. It answers 2xx only when the reports are in the record, so that
// SendGrid posts them again otherwise. Who posts a signed request again changes nothing: every report is known by its id for
// longer than its signature is believed.
type reports struct {
	verifier *sendgrid.Verifier
	record   *store.Store
	maps     *Maps
	counted  *prometheus.CounterVec
	clock    journey.Clock
	woken    func()
	now      func() time.Time
	log      *slog.Logger
}

// ServeHTTP implements http.Handler.
func (h reports) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "the body cannot be read, or is too large", http.StatusRequestEntityTooLarge)
		return
	}
	switch err := h.verifier.Verify(r.Header, body, h.now()); {
	case errors.Is(err, sendgrid.ErrOld):
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	case err != nil:
		http.Error(w, "the signature does not match: check the webhook's public key in the configuration", http.StatusForbidden)
		return
	}
	events, err := sendgrid.ParseEvents(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := h.store(r.Context(), events); err != nil {
		h.log.ErrorContext(r.Context(), "store the provider's reports", "error", err)
		w.Header().Set("Retry-After", "5")
		http.Error(w, "the record cannot be reached now", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// reportsAtOnce is how many reports one transaction stores. SendGrid posts thousands at a time after it was held up.
const reportsAtOnce = 500

// store keeps the reports that say something to us, and counts all.
func (h reports) store(ctx context.Context, events []sendgrid.Event) error {
	list := make([]activities.Report, 0, len(events))
	for _, e := range events {
		report, known := e.Report()
		h.counted.WithLabelValues(reportLabel(e, report)).Inc()
		if known {
			list = append(list, report)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, storeWithin)
	defer cancel()
	err := recordReports(ctx, h.record, h.maps, h.clock, h.log, list)
	h.woken()
	return err
}

// reportLabel is under what a report is counted: its kind, or why it says nothing to us.
func reportLabel(e sendgrid.Event, report activities.Report) string {
	switch {
	case report.Kind != "":
		return string(report.Kind)
	case e.ID == "" || e.MessageID == "":
		return "foreign"
	default:
		return "unknown"
	}
}

// newReportCounter returns what counts the reports.
func newReportCounter() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "klantreis_provider_reports_total",
		Help: "Reports of the mail provider by kind, repeated ones included; foreign are about mails of others, unknown of kinds that this release ignores.",
	}, []string{"kind"})
}
