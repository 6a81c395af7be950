package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"klantreis/journey"
)

// WebhookInput names one planned call of another system.
type WebhookInput struct {
	// MessageID is the message's id in the record.
	MessageID string `json:"messageId"`
}

// WebhookResult says how the call ended. No decision depends on it.
type WebhookResult struct {
	// Reason is ReasonCalled, or why there was no call. Empty when the record does not know the message.
	Reason journey.Reason `json:"reason"`
}

const (
	// webhookPatience is how long a call is tried again.
	webhookPatience = 3 * 24 * time.Hour
	// longestPause is the longest pause that a receiver can ask for.
	longestPause = 24 * time.Hour
)

// Webhook makes one planned call. The receiver may get it more than once, and knows it by its id: an attempt that ended
// nobody knows how is simply made again.
func (a *Activities) Webhook(ctx context.Context, in WebhookInput) (WebhookResult, error) {
	reason, err := a.webhook(ctx, in.MessageID, activity.GetInfo(ctx))
	return WebhookResult{Reason: reason}, err
}

func (a *Activities) webhook(ctx context.Context, messageID string, info activity.Info) (journey.Reason, error) {
	if a.Webhooks == nil {
		return "", errors.New("a run calls a webhook, but no secret is configured to sign it with (--webhook-secret)")
	}
	token := newToken(info)
	claim, err := a.Ledger.Claim(ctx, messageID, token, a.Now(), alwaysWanted)
	if errors.Is(err, ErrNotFound) {
		return "", nil // the customer was erased, or the record was set back to before it was planned
	}
	if err != nil {
		return "", fmt.Errorf("claim message %s: %w", messageID, err)
	}
	if claim.Status == ClaimSettled {
		return claim.Reason, nil
	}
	body, err := webhookBody(claim.Handover)
	if err != nil {
		return "", fmt.Errorf("write the call of message %s: %w", messageID, err)
	}
	err = a.Webhooks.Call(ctx, WebhookCall{ID: messageID, URL: claim.Handover.Message.Webhook.URL, Body: body})
	if err != nil {
		return a.notCalled(ctx, messageID, err, a.Now().Sub(info.ScheduledTime))
	}
	if err := a.Ledger.Confirm(ctx, messageID, token, "", journey.ReasonCalled, a.Clock.Journey(a.Now())); err != nil {
		return "", fmt.Errorf("confirm message %s: %w", messageID, err)
	}
	return journey.ReasonCalled, nil
}

// alwaysWanted is the last look before a call: what a run has come to is called, whatever happened since.
func alwaysWanted(context.Context, Handover) (journey.Reason, error) { return "", nil }

// notCalled sorts the error of a call that has been tried for some time: refused for good, given up, or to be tried again.
func (a *Activities) notCalled(ctx context.Context, messageID string, err error, tried time.Duration) (journey.Reason, error) {
	var fault *WebhookError
	if !errors.As(err, &fault) {
		return "", fmt.Errorf("call webhook of message %s: %w", messageID, err)
	}
	pause := min(fault.RetryAfter, longestPause)
	switch {
	case fault.Final:
		return a.giveUp(ctx, messageID, journey.ReasonRefused, fault.Error())
	case tried+pause < webhookPatience:
		return "", retryLater(TypeNotTaken, fault, pause)
	case fault.Status != 0:
		return a.giveUp(ctx, messageID, journey.ReasonRefused, "tried for three days: "+fault.Error())
	default:
		return a.giveUp(ctx, messageID, journey.ReasonUnknown, "tried for three days: "+fault.Error())
	}
}

// webhookEvent is the body of a call, in the form that Standard Webhooks recommends.
type webhookEvent struct {
	Type      string      `json:"type"`
	Timestamp time.Time   `json:"timestamp"`
	Data      webhookData `json:"data"`
}

// webhookData is what a receiver is told.
type webhookData struct {
	Customer   webhookCustomer `json:"customer"`
	Event      map[string]any  `json:"event"`
	Touchpoint string          `json:"touchpoint"`
	Step       string          `json:"step"`
	RunID      string          `json:"run_id"`
}

// webhookCustomer is who it is about.
type webhookCustomer struct {
	UserID string         `json:"user_id"`
	Traits map[string]any `json:"traits"`
}

func webhookBody(h Handover) ([]byte, error) {
	m := h.Message
	data := webhookData{
		Customer: webhookCustomer{UserID: h.UserID, Traits: h.Facts.Traits}, Event: h.Run.Trigger.Properties,
		Touchpoint: m.Touchpoint, Step: m.Step, RunID: m.RunID,
	}
	// A receiver that looks into them need not ask first whether they are there.
	if data.Customer.Traits == nil {
		data.Customer.Traits = map[string]any{}
	}
	if data.Event == nil {
		data.Event = map[string]any{}
	}
	return json.Marshal(webhookEvent{Type: m.Webhook.Type, Timestamp: m.PlannedAt.UTC(), Data: data})
}
