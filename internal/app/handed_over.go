package app

import (
	"context"
	"time"
)

const (
	// handoverLasts is how long after its claim a mail can be on its way to the provider: how long the look before it holds, how
	// long the provider may take to answer, and some more.
	handoverLasts = 17 * time.Second
	// clocksDiffer is by how much the clock of the worker that claimed it may be behind ours. Claims that look older by that are
	// over.
	clocksDiffer = time.Minute
	// settleLook is how often it is looked whether such a mail has gone.
	settleLook = 20 * time.Millisecond
)

// handedOver waits until no mail that the customer can do without is on its way to the provider. What is claimed later has seen
// what they chose, so it waits for no longer than a hand-over can take from now on, by its own clock: neither does one whose
// sender died keep it waiting, nor does it matter which clock a claim was dated by.
func (c chooser) handedOver(ctx context.Context, customerID string) error {
	if customerID == "" {
		return nil
	}
	over := time.NewTimer(c.handover)
	defer over.Stop()
	ticker := time.NewTicker(c.settle)
	defer ticker.Stop()
	since := c.now().Add(-c.handover - clocksDiffer)
	for {
		busy, err := c.record.HandingOver(ctx, customerID, since)
		if err != nil || !busy {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-over.C:
			return nil
		case <-ticker.C:
		}
	}
}
