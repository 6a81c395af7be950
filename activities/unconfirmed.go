package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"klantreis/journey"
)

const (
	// reportPause is how long to wait at least before looking again whether the provider reported an unconfirmed message.
	reportPause = 20 * time.Second
	// longestLook is how long at most.
	longestLook = 2 * time.Minute
)

// pauseOf is how long to wait before looking again at a claim of some age. A report that comes after the first minute wakes
// the customer by itself, so that looks may get rarer: each takes a place in Temporal's queue of mails, which keeps to the
// provider's rate.
func pauseOf(age time.Duration) time.Duration {
	return min(max(reportPause, age/10), longestLook)
}

// mostPatience is how much longer a transactional message waits for proof that reports reach us at all. SendGrid posts a
// report again for a day.
const mostPatience = 24 * time.Hour

// unconfirmed deals with a claim that nobody can vouch for. The provider's report confirms it, whenever it comes. When
// none came in time, a transactional message is sent once more, provided that reports are known to reach us: for as long
// as the report may take, others came about messages that were claimed later. When reports stayed away, because we or the
// way to us were down, that time begins when they come again. Any other message is given up, never to be sent again.
//
// A second sending that was not taken leaves a claim from the beginning of time (see Ledger.Release): the wait is over, and
// it is due at once.
func (a *Activities) unconfirmed(ctx context.Context, claim Claim, at attempt) (journey.Reason, error) {
	msg := claim.Handover.Message
	now, deadline := a.Now(), claim.ClaimedAt.Add(a.UnknownAfter)
	pause := pauseOf(now.Sub(claim.ClaimedAt))
	if now.Before(deadline) {
		return "", unconfirmedLater(msg.ID, min(pause, deadline.Sub(now)))
	}
	if msg.Class != journey.Transactional {
		return a.giveUp(ctx, msg.ID, journey.ReasonUnknown, "the provider did not report the message in time")
	}
	if !claim.ClaimedAt.IsZero() && claim.Reception < a.UnknownAfter {
		if now.After(deadline.Add(mostPatience)) {
			return a.giveUp(ctx, msg.ID, journey.ReasonUnknown, "reports of the provider did not reach us for long enough to know")
		}
		return "", unconfirmedLater(msg.ID, pause)
	}
	return a.sendAgain(ctx, claim, at)
}

// sendAgain sends a message that may have been sent, unless it is no longer wanted. All that can fail in the record comes
// before it is claimed again, because there is no third time.
func (a *Activities) sendAgain(ctx context.Context, claim Claim, at attempt) (journey.Reason, error) {
	id := claim.Handover.Message.ID
	var err error
	if at.published, err = a.published(ctx, claim.Handover); err != nil {
		return "", fmt.Errorf("send message %s again: %w", id, err)
	}
	reason, err := a.unwanted(ctx, at.published, claim.Handover)
	if err != nil {
		return "", fmt.Errorf("send message %s again: %w", id, err)
	}
	if reason != "" {
		return a.giveUp(ctx, id, journey.ReasonUnknown, "not reported in time, and not wanted any more: "+string(reason))
	}
	if err := a.enter(ctx, claim.Handover.Message.Class); err != nil {
		return "", err
	}
	ours, err := a.Ledger.Reclaim(ctx, id, claim.ClaimedAt, at.token, at.looked)
	if errors.Is(err, ErrUnclear) {
		vouch(ctx, at.token)
	}
	if err != nil {
		return "", fmt.Errorf("claim message %s again: %w", id, err)
	}
	if !ours {
		return "", unconfirmedLater(id, reportPause)
	}
	return a.handOver(ctx, at, claim.Handover, journey.ReasonResent)
}
