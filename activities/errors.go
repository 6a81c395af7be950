package activities

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
)

// The types of the errors that the activities give to Temporal.
const (
	// TypeUnconfirmed: an earlier attempt may have sent the message; its report is awaited.
	TypeUnconfirmed = "Unconfirmed"
	// TypeNotTaken: the provider did not take the message now.
	TypeNotTaken = "NotTaken"
)

// retryLater makes Temporal try again after a pause. Zero leaves the pause to the retry policy.
func retryLater(err error, pause time.Duration) error {
	kind := TypeNotTaken
	if _, ok := err.(unconfirmedError); ok {
		kind = TypeUnconfirmed
	}
	return temporal.NewApplicationErrorWithOptions(err.Error(), kind, temporal.ApplicationErrorOptions{
		NextRetryDelay: pause, Cause: err,
	})
}

type unconfirmedError struct{ messageID string }

func errUnconfirmed(messageID string) error { return unconfirmedError{messageID} }

// Error implements error.
func (e unconfirmedError) Error() string {
	return fmt.Sprintf("message %s: an earlier attempt may have sent it; waiting for the provider's report", e.messageID)
}
