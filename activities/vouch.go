package activities

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
)

// newToken names one attempt, for good. The numbers of attempts are not enough: they start again when somebody resets the
// activity, which keeps what earlier attempts vouched for.
func newToken(info activity.Info) string {
	return fmt.Sprintf("%s/%s/%d/%s", info.WorkflowExecution.RunID, info.ActivityID, info.Attempt, rand.Text())
}

const (
	// noteTimeout is how long Temporal may take to note what an attempt vouches for.
	noteTimeout = 2 * time.Second
	// tellTimeout is how long the record may take after that.
	tellTimeout = 5 * time.Second
)

// vouch leaves a note for the next attempt: the one of this token left nothing with the provider, and will not. It comes
// before the record is told, so that neither a record that is away nor a process that dies makes nobody know. It is only
// for an attempt that holds the claim: there is one note, and until an earlier one is acted upon, it must stay.
//
// The record is to be told in the context that it returns. That one goes on when Temporal answers the note with the news
// that the attempt is called off: the claim must be given back all the same.
func vouch(ctx context.Context, token string) (context.Context, context.CancelFunc) {
	noting, done := context.WithTimeout(ctx, noteTimeout)
	defer done()
	activity.RecordHeartbeat(noting, token)
	return context.WithTimeout(context.WithoutCancel(ctx), tellTimeout)
}

// vouched tells whether the attempt of the token left a note that the provider has nothing of it.
func vouched(ctx context.Context, token string) bool {
	var noted string
	return activity.HasHeartbeatDetails(ctx) && activity.GetHeartbeatDetails(ctx, &noted) == nil && noted != "" && noted == token
}
