package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"klantreis/journey"
)

// SendInput names one planned message.
type SendInput struct {
	// CustomerID is our own id of the customer.
	CustomerID string `json:"customerId"`
	// MessageID is the message's id in the record.
	MessageID string `json:"messageId"`
}

// SendResult says how the message ended, and what is to be done next.
type SendResult struct {
	// Reason is ReasonSent, ReasonResent, or why it was not sent. Empty when the record does not know the message.
	Reason journey.Reason `json:"reason"`
	// Decision is the decision taken after it, which saves the workflow one of its own.
	Decision DecideResult `json:"decision"`
}

// Send hands one planned message to the provider, once, unless it is no longer wanted, and then decides.
//
// The message is claimed in the record before the provider is called and confirmed after. Whoever dies in between leaves
// a claim that nobody can vouch for; a later attempt waits for the provider's own report of the message (see unconfirmed).
func (a *Activities) Send(ctx context.Context, in SendInput) (SendResult, error) {
	info := activity.GetInfo(ctx)
	token := fmt.Sprintf("%s/%s/%d", info.WorkflowExecution.RunID, info.ActivityID, info.Attempt)
	reason, err := a.send(ctx, in.MessageID, token)
	if err != nil {
		return SendResult{}, err
	}
	decision, err := a.Decide(ctx, DecideInput{CustomerID: in.CustomerID})
	if err != nil {
		return SendResult{}, err
	}
	return SendResult{Reason: reason, Decision: decision}, nil
}

func (a *Activities) send(ctx context.Context, messageID, token string) (journey.Reason, error) {
	var published *Published
	check := func(ctx context.Context, h Handover) (reason journey.Reason, err error) {
		if published, err = a.Maps.Published(ctx, h.MapVersion); err != nil {
			return "", err
		}
		return a.unwanted(ctx, published, h)
	}
	claim, err := a.Ledger.Claim(ctx, messageID, token, a.Now(), check)
	if errors.Is(err, ErrNotFound) {
		return "", nil // the record was set back to before it was planned; the decision that follows says what is to be done
	}
	if err != nil {
		return "", fmt.Errorf("claim message %s: %w", messageID, err)
	}
	switch claim.Status {
	case Claimed:
		return a.handOver(ctx, published, claim.Handover, token, journey.ReasonSent)
	case ClaimUnconfirmed:
		return a.unconfirmed(ctx, claim, token)
	default:
		return claim.Reason, nil
	}
}

// unwanted is the last look before the hand-over, at events too that no decision has seen.
func (a *Activities) unwanted(ctx context.Context, p *Published, h Handover) (journey.Reason, error) {
	return p.Map.Unwanted(journey.LastLook{
		State: journey.State{CustomerID: h.CustomerID, Phase: h.Phase, PhaseSince: h.PhaseSince, Facts: h.Facts},
		Run:   h.Run, Class: h.Message.Class, Unseen: h.Unconsumed,
		Now: a.Clock.Journey(a.Now()), Versions: versions{ctx: ctx, maps: a.Maps},
	})
}

// handOver renders and sends a message that is claimed, and writes down how it went.
func (a *Activities) handOver(ctx context.Context, published *Published, h Handover, token string, sent journey.Reason) (journey.Reason, error) {
	mail, err := Compose(published, h)
	if err != nil {
		return a.giveUp(ctx, h.Message.ID, journey.ReasonTemplate, err.Error())
	}
	providerID, err := a.Mailer.Send(ctx, mail)
	if err != nil {
		return a.notSent(ctx, h.Message.ID, token, sent, err)
	}
	if err := a.Ledger.Confirm(ctx, h.Message.ID, token, providerID, sent, a.Clock.Journey(a.Now())); err != nil {
		return "", fmt.Errorf("confirm message %s: %w", h.Message.ID, err)
	}
	return sent, nil
}

// notSent sorts the provider's error: refused for good, safe to try again, or nobody knows. A second sending keeps its
// claim even when the provider did not take it, because the first one may still have arrived.
func (a *Activities) notSent(ctx context.Context, messageID, token string, sent journey.Reason, err error) (journey.Reason, error) {
	var fault *MailError
	if !errors.As(err, &fault) {
		return "", fmt.Errorf("send message %s: %w", messageID, err)
	}
	switch {
	case fault.Fault == MailRefused:
		return a.giveUp(ctx, messageID, journey.ReasonRefused, fault.Error())
	case fault.Fault == MailNotTaken && sent == journey.ReasonSent:
		if err := a.Ledger.Release(ctx, messageID, token); err != nil {
			return "", fmt.Errorf("release message %s: %w", messageID, err)
		}
		return "", retryLater(TypeNotTaken, fault, fault.RetryAfter)
	default:
		return "", retryLater(TypeUnconfirmed, fault, reportPause)
	}
}

func (a *Activities) giveUp(ctx context.Context, messageID string, reason journey.Reason, detail string) (journey.Reason, error) {
	if err := a.Ledger.GiveUp(ctx, messageID, reason, detail, a.Clock.Journey(a.Now())); err != nil {
		return "", fmt.Errorf("give up message %s: %w", messageID, err)
	}
	return reason, nil
}

// reportPause is how long to wait before looking again whether the provider reported an unconfirmed message.
const reportPause = 20 * time.Second

// mostPatience is how much longer a transactional message waits for proof that reports reach us at all. SendGrid posts a
// report again for a day.
const mostPatience = 24 * time.Hour

// unconfirmed deals with a claim that nobody can vouch for. The provider's report confirms it, whenever it comes. When
// none came in time, a transactional message is sent once more, provided that reports are known to reach us: the provider
// has reported something after that time. Any other message is given up, never to be sent again.
func (a *Activities) unconfirmed(ctx context.Context, claim Claim, token string) (journey.Reason, error) {
	msg := claim.Handover.Message
	deadline := claim.ClaimedAt.Add(a.UnknownAfter)
	if now := a.Now(); now.Before(deadline) {
		return "", unconfirmedLater(msg.ID, min(reportPause, deadline.Sub(now)))
	}
	if msg.Class != journey.Transactional {
		return a.giveUp(ctx, msg.ID, journey.ReasonUnknown, "the provider did not report the message in time")
	}
	if claim.ProviderSeenAt.Before(deadline) {
		if a.Now().After(deadline.Add(mostPatience)) {
			return a.giveUp(ctx, msg.ID, journey.ReasonUnknown, "no report of the provider about any message has come")
		}
		return "", unconfirmedLater(msg.ID, reportPause)
	}
	return a.sendAgain(ctx, claim, token)
}

// sendAgain sends a message that may have been sent, unless it is no longer wanted. All that can fail in the record comes
// before it is claimed again, because there is no third time.
func (a *Activities) sendAgain(ctx context.Context, claim Claim, token string) (journey.Reason, error) {
	id := claim.Handover.Message.ID
	published, err := a.Maps.Published(ctx, claim.Handover.MapVersion)
	if err != nil {
		return "", fmt.Errorf("send message %s again: %w", id, err)
	}
	reason, err := a.unwanted(ctx, published, claim.Handover)
	if err != nil {
		return "", fmt.Errorf("send message %s again: %w", id, err)
	}
	if reason != "" {
		return a.giveUp(ctx, id, journey.ReasonUnknown, "not reported in time, and not wanted any more: "+string(reason))
	}
	ours, err := a.Ledger.Reclaim(ctx, id, claim.ClaimedAt, token, a.Now())
	if err != nil {
		return "", fmt.Errorf("claim message %s again: %w", id, err)
	}
	if !ours {
		return "", unconfirmedLater(id, reportPause)
	}
	return a.handOver(ctx, published, claim.Handover, token, journey.ReasonResent)
}
