package app

import (
	"context"
	"time"

	"klantreis/api"
	"klantreis/internal/store"
)

// delivery is what the provider reported of a message.
func (c customers) delivery(m *store.MessageState) api.Delivery {
	return api.Delivery{
		State: string(m.Delivery), At: c.journeyAt(m.DeliveryAt),
		Opens: m.Opens, FirstOpenedAt: c.journeyAt(m.FirstOpenedAt), MachineOpens: m.MachineOpens,
		Clicks: m.Clicks, FirstClickedAt: c.journeyAt(m.FirstClickedAt),
		Subscription: string(m.Subscription), SubscriptionAt: c.journeyAt(m.SubscriptionAt),
	}
}

// suppression is why a customer must not be mailed at an address.
func (c customers) suppression(ctx context.Context, address, userID string) (api.Suppression, error) {
	one, found, err := c.record.SuppressionFor(ctx, address, userID)
	if err != nil || !found {
		return api.Suppression{}, err
	}
	return api.Suppression{Reason: one.Reason, Since: c.journeyAt(one.Since), Source: one.Source}, nil
}

// journeyAt turns a real instant into journey time. None stays none.
func (c customers) journeyAt(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return c.clock.Journey(at)
}
