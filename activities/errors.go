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
	// TypeClosed: the provider is spared now; nothing was tried.
	TypeClosed = "Closed"
)

// retryLater makes Temporal try again after a pause, for a reason of one of the types above. Zero leaves the pause to the
// retry policy.
func retryLater(kind string, err error, pause time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(err.Error(), kind, temporal.ApplicationErrorOptions{
		NextRetryDelay: pause, Cause: err,
	})
}

// waitLater is like retryLater when nothing went wrong in this attempt: it is not logged as an error, nor counted as one.
func waitLater(kind string, err error, pause time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(err.Error(), kind, temporal.ApplicationErrorOptions{
		NextRetryDelay: pause, Cause: err, Category: temporal.ApplicationErrorCategoryBenign,
	})
}

// unconfirmedLater makes Temporal look again later whether the provider has reported the message.
func unconfirmedLater(messageID string, pause time.Duration) error {
	err := fmt.Errorf("message %s: an earlier attempt may have sent it; waiting for the provider's report", messageID)
	return waitLater(TypeUnconfirmed, err, pause)
}
