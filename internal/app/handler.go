package app

import (
	"context"
	"fmt"
	"math"
	"net/http"

	"klantreis/api"
	"klantreis/internal/limits"
	"klantreis/internal/sendgrid"
)

// handler joins the API to the parts.
func (a *App) handler() http.Handler {
	events := ingestor{record: a.record, maps: a.maps, woken: a.bus.Woken, log: a.Log}
	return api.New(api.Options{
		Ingestor:    events,
		Answers:     a.answers(events),
		Preferences: a.preferences(),
		Keys:        a.keys,
		KeyRing:     keysAPI{ring: a.keys},
		Limiter:     a.limiter(),
		Rejected:    rejectedLog{record: a.record},
		Parking:     &Parking{record: a.record, woken: a.bus.Woken},
		Customers:   customers{record: a.record, maps: a.maps, clock: a.clock},
		Merger:      merger{record: a.record, maps: a.maps, woken: a.bus.Woken},
		Consents:    consents{record: a.record, keep: a.chooser()},
		Erasures:    &Erasures{record: a.record, now: a.Now},
		Maps:        mapsAPI{publisher: a.publisher},
		Accounts:    a.accounts,
		Passwords:   a.accounts,
		AdminToken:  string(a.cfg.HTTP.AdminToken),
		Audit:       auditLog{record: a.record},
		Clock:       a.clock,
		Now:         a.Now,
		// Redis is not asked: without it events are taken and carried out all the same.
		Pingers:        map[string]api.Pinger{"record": api.PingerFunc(a.record.Ping)},
		Log:            a.Log,
		Registerer:     a.metrics,
		Gatherer:       a.metrics,
		Inbox:          a.Inbox,
		ProviderEvents: a.providerEvents(),
		ShopEvents:     a.shopEvents(),
		Connections:    connections{record: a.record, shops: a.shops},

		Suppressions:     &Suppressions{record: a.record},
		CloudEventPrefix: a.cfg.HTTP.CloudEventPrefix,
		TrustedProxies:   a.cfg.HTTP.TrustedProxies.Prefixes(),
	})
}

// answers returns what the answer pages show and take, or nil when no mail can link to them.
func (a *App) answers(events api.Ingestor) api.Answers {
	if !a.cfg.HTTP.CanLink() {
		return nil
	}
	return answers{links: a.answerLinks(), record: a.record, maps: a.maps, events: events, clock: a.clock, now: a.Now}
}

// limiter returns what bounds how many events are taken of a write key, or nil when nothing does. What a second allows may
// come at once, and a whole batch in any case.
func (a *App) limiter() api.Limiter {
	rate := a.cfg.HTTP.IngestRate
	if rate == 0 {
		return nil
	}
	return limits.New(limits.Options{
		Redis: a.redis, Name: "ingest", PerSecond: rate, Burst: max(int(min(rate, math.MaxInt32)), api.MaxBatchEvents), Now: a.Now, Log: a.Log,
	})
}

// providerEvents returns the receiver of SendGrid's event webhook, or nil when no key is configured to verify it with.
func (a *App) providerEvents() http.Handler {
	if a.verifier == nil {
		return nil
	}
	return reports{
		verifier: a.verifier, record: a.record, maps: a.maps, counted: a.reports, clock: a.clock, woken: a.bus.Woken, now: a.Now, log: a.Log,
	}
}

func (a *App) setVerifier(context.Context) error {
	if a.cfg.SendGrid.WebhookKey == "" {
		return nil
	}
	verifier, err := sendgrid.NewVerifier(a.cfg.SendGrid.WebhookKey)
	if err != nil {
		return fmt.Errorf("--sendgrid-webhook-key (SENDGRID_WEBHOOK_KEY): %w", err)
	}
	a.verifier = verifier
	return nil
}
