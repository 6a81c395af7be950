package activities

import (
	"context"
	"errors"
	"time"

	"klantreis/journey"
)

// Gate says when mails may be handed to the provider. It is safe for concurrent use.
type Gate interface {
	// Wait counts one hand-over of a message of the class as happening now and answers zero, or counts nothing and answers
	// for how long to stay away. It must not block for longer than a moment. An empty class is one that is not known.
	Wait(ctx context.Context, class journey.Class) time.Duration
}

// errClosed is why a message is put off.
var errClosed = errors.New("the provider takes no more mail now")

// enter asks the gate for one hand-over. Its error makes Temporal try again later, with nothing claimed meanwhile.
func (a *Activities) enter(ctx context.Context, class journey.Class) error {
	if a.Gate == nil {
		return nil
	}
	if wait := a.Gate.Wait(ctx, class); wait > 0 {
		return waitLater(TypeClosed, errClosed, wait)
	}
	return nil
}
