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
	// Class is its message class. Empty when the caller does not know it.
	Class journey.Class `json:"class,omitempty"`
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
// Who cannot tell the record that the provider took it leaves a note of that (see confirm).
// Who learns that the provider did not take it vouches for that, and a later attempt sends it (see vouch).
func (a *Activities) Send(ctx context.Context, in SendInput) (SendResult, error) {
	reason, err := a.send(ctx, in, newToken(activity.GetInfo(ctx)))
	if err != nil {
		return SendResult{}, err
	}
	decision, err := a.Decide(ctx, DecideInput{CustomerID: in.CustomerID})
	if err != nil {
		return SendResult{}, err
	}
	return SendResult{Reason: reason, Decision: decision}, nil
}

func (a *Activities) send(ctx context.Context, in SendInput, token string) (journey.Reason, error) {
	messageID, at := in.MessageID, attempt{token: token}
	err := a.confirmNoted(ctx, messageID)
	if err == nil {
		at.entered, err = a.approach(ctx, in)
	}
	if errors.Is(err, ErrNotFound) {
		return "", nil // the record was set back to before it was planned; the decision that follows says what is to be done
	}
	if err != nil {
		return "", err
	}
	check := func(ctx context.Context, h Handover) (reason journey.Reason, err error) {
		if !at.entered {
			return "", errGivenBack
		}
		if at.published, err = a.published(ctx, h); err != nil {
			return "", err
		}
		return a.unwanted(ctx, at.published, h)
	}
	claim, err := a.claim(ctx, messageID, &at, check)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	if errors.Is(err, ErrUnclear) {
		vouch(ctx, token) // the claim may be there, but nobody will send under it
	}
	if err != nil {
		return "", fmt.Errorf("claim message %s: %w", messageID, err)
	}
	switch claim.Status {
	case Claimed:
		return a.handOver(ctx, at, claim.Handover, journey.ReasonSent)
	case ClaimUnconfirmed:
		return a.unconfirmed(ctx, claim, at)
	default:
		return claim.Reason, nil
	}
}

// attempt is one attempt to send a message that it claimed.
type attempt struct {
	// token names it.
	token string
	// entered is true when the gate has counted its hand-over.
	entered bool
	// looked is the real instant before the record was asked. What is known of the message is as old as that, however long
	// the record took to answer and whatever stood still meanwhile; its claim is dated so too.
	looked time.Time
	// published is the map by which it looked whether the message is still wanted.
	published *Published
}

// claim asks the record for the message, and notes since when its answer is getting old.
func (a *Activities) claim(ctx context.Context, messageID string, at *attempt, check func(context.Context, Handover) (journey.Reason, error)) (Claim, error) {
	at.looked = a.Now()
	return a.Ledger.Claim(ctx, messageID, at.token, at.looked, check)
}

// lookLasts is how long the last look holds. A process that was frozen since may have missed that the mail was called off;
// it has to look again.
const lookLasts = 5 * time.Second

// handOver renders and sends a message that is claimed, and writes down how it went.
func (a *Activities) handOver(ctx context.Context, at attempt, h Handover, sent journey.Reason) (journey.Reason, error) {
	token := at.token
	mail, err := Compose(at.published, h, a.Links)
	if err != nil {
		vouch(ctx, token)
		ctx, done := lastWord(ctx)
		defer done()
		return a.refused(ctx, h.Message.ID, sent, journey.ReasonTemplate, err)
	}
	mail.Until = at.looked.Add(lookLasts)
	providerID, err := a.Mailer.Send(ctx, mail)
	if err != nil {
		return a.notSent(ctx, h.Message.ID, token, sent, err)
	}
	return sent, a.confirm(ctx, h.Message.ID, taken{Token: token, ProviderID: providerID, Reason: sent, At: a.Clock.Journey(a.Now())})
}

// notSent sorts the provider's error: refused for good, safe to try again, or nobody knows.
func (a *Activities) notSent(ctx context.Context, messageID, token string, sent journey.Reason, err error) (journey.Reason, error) {
	var fault *MailError
	if !errors.As(err, &fault) {
		return "", fmt.Errorf("send message %s: %w", messageID, err)
	}
	if fault.Fault == MailUnknown {
		return "", retryLater(TypeUnconfirmed, fault, reportPause)
	}
	vouch(ctx, token)
	ctx, done := lastWord(ctx)
	defer done()
	if fault.Fault == MailRefused {
		return a.refused(ctx, messageID, sent, journey.ReasonRefused, fault)
	}
	if err := a.Ledger.Release(ctx, messageID, token); err != nil {
		return "", retryLater(TypeNotTaken, fmt.Errorf("release message %s: %w", messageID, err), fault.RetryAfter)
	}
	return "", retryLater(TypeNotTaken, fault, fault.RetryAfter)
}

// refused gives a message up that cannot be sent. Of one that would have been sent for the second time nobody knows whether
// the first one arrived.
func (a *Activities) refused(ctx context.Context, messageID string, sent, why journey.Reason, err error) (journey.Reason, error) {
	detail := err.Error()
	if sent == journey.ReasonResent {
		why, detail = journey.ReasonUnknown, "not reported in time, and it could not be sent a second time: "+detail
	}
	return a.giveUp(ctx, messageID, why, detail)
}

func (a *Activities) giveUp(ctx context.Context, messageID string, reason journey.Reason, detail string) (journey.Reason, error) {
	if err := a.Ledger.GiveUp(ctx, messageID, reason, detail, a.Clock.Journey(a.Now())); err != nil {
		return "", fmt.Errorf("give up message %s: %w", messageID, err)
	}
	return reason, nil
}
