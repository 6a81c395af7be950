package app

import (
	"context"
	"net/http"

	"klantreis/api"
	"klantreis/internal/sendgrid"
)

// handler joins the API to the parts.
func (a *App) handler() http.Handler {
	pingers := map[string]api.Pinger{
		"record": api.PingerFunc(a.record.Ping),
		"redis":  api.PingerFunc(func(ctx context.Context) error { return a.redis.Ping(ctx).Err() }),
	}
	return api.New(api.Options{
		Ingestor:       ingestor{record: a.record, maps: a.maps, woken: a.bus.Woken},
		Keys:           writeKey(a.cfg.HTTP.WriteKey),
		Customers:      customers{record: a.record},
		AdminToken:     string(a.cfg.HTTP.AdminToken),
		Clock:          a.clock,
		Now:            a.Now,
		Pingers:        pingers,
		Log:            a.Log,
		Registerer:     a.metrics,
		Gatherer:       a.metrics,
		Inbox:          a.Inbox,
		ProviderEvents: a.providerEvents(),
	})
}

// providerEvents returns the receiver of SendGrid's event webhook, or nil when no key is configured to verify it with.
func (a *App) providerEvents() http.Handler {
	if a.verifier == nil {
		return nil
	}
	return reports{verifier: a.verifier, record: a.record, clock: a.clock, woken: a.bus.Woken, log: a.Log}
}

func (a *App) setVerifier(context.Context) error {
	if a.cfg.SendGrid.WebhookKey == "" {
		return nil
	}
	verifier, err := sendgrid.NewVerifier(a.cfg.SendGrid.WebhookKey)
	a.verifier = verifier
	return err
}
