package activities

import (
	"context"
	"fmt"
	"time"
)

// WebhookCall is one call of another system.
type WebhookCall struct {
	// ID names the call: it is the same in every attempt, so that the receiver can tell a repeated call from a new one.
	ID string
	// URL is called with POST.
	URL string
	// Body is JSON.
	Body []byte
}

// WebhookCaller calls other systems. It is safe for concurrent use.
type WebhookCaller interface {
	// Call makes one call, once, without retrying, and returns nil when the receiver took it. Any other end is a
	// *WebhookError.
	Call(ctx context.Context, call WebhookCall) error
}

// WebhookError is how a call failed. Its text does not hold the URL, which may contain a key.
type WebhookError struct {
	// Final is true when calling again cannot help.
	Final bool
	// Status is the HTTP status. Zero when there was no answer.
	Status int
	// RetryAfter is how long the receiver asks to wait. Zero when it does not say.
	RetryAfter time.Duration
	// Message is what went wrong.
	Message string
}

// Error implements error.
func (e *WebhookError) Error() string {
	if e.Status == 0 {
		return "webhook: " + e.Message
	}
	return fmt.Sprintf("webhook: status %d: %s", e.Status, e.Message)
}
