package app

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	shopkit "klantreis/internal/shop"
)

// shopWithin is how long a webhook may take. Shopify waits for five seconds.
const shopWithin = 4 * time.Second

// shopEvents returns the receiver of the webhooks of shops, or nil when no shop is connected.
func (a *App) shopEvents() http.Handler {
	if len(a.shops.connections) == 0 {
		return nil
	}
	return a.shops
}

// ServeHTTP implements http.Handler. It answers 2xx when what the shop tells is in the record, and so that the shop tells it
// again otherwise. What is signed but cannot be read is answered with 2xx too: the same would come again and again, and shops
// switch off a webhook that fails too often, with everything else that it brings. It is counted and shown as an error.
func (s *shops) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := s.connections[r.PathValue("shop")]
	if c == nil {
		http.Error(w, "no shop is connected by this name", http.StatusNotFound)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "the body cannot be read, or is too large", http.StatusRequestEntityTooLarge)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), shopWithin)
	defer cancel()
	delivery, err := c.adapter.Receive(r.Header, body)
	if err == nil {
		err = s.take(ctx, c, delivery)
	}
	switch {
	case err == nil:
		s.count(c, "stored")
		w.WriteHeader(http.StatusOK)
	case errors.Is(err, shopkit.ErrSignature):
		s.count(c, "unsigned")
		http.Error(w, err.Error(), http.StatusUnauthorized)
	case errors.Is(err, shopkit.ErrMalformed):
		s.count(c, "malformed")
		s.log.WarnContext(ctx, "a webhook of a shop cannot be read", "connection", c.name, "error", err)
		s.note(ctx, c, "a webhook "+err.Error())
		_, _ = io.WriteString(w, err.Error()+"\n") // Who hung up hears nothing.
	default:
		s.count(c, "failed")
		s.log.ErrorContext(ctx, "store what a shop told", "connection", c.name, "error", err)
		w.Header().Set("Retry-After", "5")
		http.Error(w, "the record cannot be reached now", http.StatusServiceUnavailable)
	}
}

func (s *shops) count(c *connection, result string) {
	s.counted.WithLabelValues(c.name, result).Inc()
}

// take stores what a webhook said.
func (s *shops) take(ctx context.Context, c *connection, delivery shopkit.Delivery) error {
	if delivery.Privacy != nil {
		if err := s.record.QueuePrivacyRequest(ctx, c.name, *delivery.Privacy); err != nil {
			return err
		}
	}
	if err := s.observe(ctx, c, delivery.Changes); err != nil {
		return err
	}
	return s.record.ShopDelivered(ctx, c.name)
}

// note keeps what is wrong with a connection for who looks at it.
func (s *shops) note(ctx context.Context, c *connection, message string) {
	if err := s.record.ShopFailed(ctx, c.name, message); err != nil {
		s.log.WarnContext(ctx, "note what is wrong with a connection", "connection", c.name, "error", err)
	}
}
