package activities

import (
	"context"
	"errors"
	"fmt"
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

// errGivenBack is why a claim is not made: the message was claimed a moment ago, so nobody asked the gate.
var errGivenBack = errors.New("its claim was given back meanwhile")

// approach asks the gate when the message waits to be claimed. Who only looks for a report of it, or finds it settled, hands
// nothing over and must not use up what others may. First it gives the claim of an attempt back that vouched for it. It does not
// wait for a silent record for long: the hand-over, its confirmation and a note must have their time before the attempt's is over.
func (a *Activities) approach(ctx context.Context, in SendInput) (entered bool, err error) {
	ctx, done := context.WithTimeout(ctx, tellTimeout)
	defer done()
	waits, holder, err := a.Ledger.Look(ctx, in.MessageID)
	if err == nil && vouched(ctx, holder) {
		if err := a.Ledger.Release(ctx, in.MessageID, holder); err != nil {
			return false, fmt.Errorf("release message %s for an earlier attempt: %w", in.MessageID, err)
		}
		waits, _, err = a.Ledger.Look(ctx, in.MessageID)
	}
	if err != nil {
		return false, fmt.Errorf("look at message %s: %w", in.MessageID, err)
	}
	if !waits {
		return false, nil
	}
	return true, a.enter(ctx, in.Class)
}

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
