package activities

import (
	"context"
	"fmt"
	"time"
)

// Address is a mail address with the name shown for it.
type Address struct {
	// Name may be empty.
	Name string
	// Email is the address itself.
	Email string
}

// Mail is one rendered mail.
type Mail struct {
	// MessageID is the message's id in the record; the provider gives it back in its reports. It is opaque.
	MessageID string
	// SendKey and CustomerID are given back with it. They are opaque.
	SendKey, CustomerID string
	// Category tells the provider's statistics apart; the touchpoint's id.
	Category string
	// From, ReplyTo and To are the addresses.
	From, ReplyTo, To Address
	// Subject is the subject line.
	Subject string
	// HTML and Text are the two parts.
	HTML, Text string
	// Headers are further headers, such as List-Unsubscribe.
	Headers map[string]string
	// Until is when the last look at whether it is wanted gets too old: a hand-over that has not begun by then must not begin
	// any more. Zero is never.
	Until time.Time
}

// Mailer hands mails to a provider.
type Mailer interface {
	// Send hands over one mail, once, without retrying, and returns the provider's id of it. An error is a *MailError
	// when the provider answered or could not be reached.
	Send(ctx context.Context, mail Mail) (providerID string, err error)
}

// MailFault says what an error means for the mail.
type MailFault string

// The kinds of fault.
const (
	// MailNotTaken: the provider certainly did not take the mail; trying again is safe (429, 5xx, a redirect, no connection).
	MailNotTaken MailFault = "not-taken"
	// MailLate: the provider was not given the mail, because its time was over; trying again is safe.
	MailLate MailFault = "late"
	// MailRefused: the provider refuses this mail for good (other 4xx).
	MailRefused MailFault = "refused"
	// MailUnknown: the request may have arrived (time-out, connection cut after it was written).
	MailUnknown MailFault = "unknown"
)

// MailError is how a hand-over failed. Its text holds no address and no key.
type MailError struct {
	// Fault says what it means.
	Fault MailFault
	// Status is the HTTP status. Zero when there was no answer.
	Status int
	// RetryAfter is how long the provider asks to wait. Zero when it does not say.
	RetryAfter time.Duration
	// Message is what the provider says, or what went wrong.
	Message string
}

// Error implements error.
func (e *MailError) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("mail %s: %s", e.Fault, e.Message)
	}
	return fmt.Sprintf("mail %s: status %d: %s", e.Fault, e.Status, e.Message)
}
