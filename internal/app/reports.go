package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"

	"klantreis/internal/sendgrid"
	"klantreis/internal/store"
	"klantreis/journey"
)

// reports takes the signed event webhook of SendGrid. It answers 2xx only when the reports are in the record, so that
// SendGrid posts them again otherwise.
type reports struct {
	verifier *sendgrid.Verifier
	record   *store.Store
	clock    journey.Clock
	woken    func()
	log      *slog.Logger
}

// ServeHTTP implements http.Handler.
func (h reports) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "the body cannot be read, or is too large", http.StatusRequestEntityTooLarge)
		return
	}
	if err := h.verifier.Verify(r.Header, body); err != nil {
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

func (h reports) store(ctx context.Context, events []sendgrid.Event) error {
	list := make([]store.ProviderEvent, 0, len(events))
	for _, e := range events {
		if e.ID == "" || e.MessageID == "" {
			continue
		}
		list = append(list, store.ProviderEvent{ID: e.ID, MessageID: e.MessageID, Kind: e.Kind, At: e.At, Detail: e.Reason})
	}
	if err := h.record.RecordProviderEvents(ctx, list, h.clock.Journey); err != nil {
		return err
	}
	h.woken()
	return nil
}
