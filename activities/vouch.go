package activities

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
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

// keptNotes is how many notes are kept, the newest.
const keptNotes = 8

// vouch leaves a note for the next attempt: the one of this token left nothing with the provider, and will not. It comes
// before the record is told, so that neither a record that is away nor a process that dies makes nobody know. Notes of
// earlier attempts stay, for this one may not know whether they have been acted upon.
func vouch(ctx context.Context, token string) {
	ctx, done := context.WithTimeout(ctx, noteTimeout)
	defer done()
	noted := append(notes(ctx), token)
	activity.RecordHeartbeat(ctx, noted[max(0, len(noted)-keptNotes):])
}

// notes returns the tokens of the attempts that vouched.
func notes(ctx context.Context) []string {
	var noted []string
	if !activity.HasHeartbeatDetails(ctx) || activity.GetHeartbeatDetails(ctx, &noted) != nil {
		return nil
	}
	return noted
}

// vouched tells whether the attempt of the token left a note that the provider has nothing of it.
func vouched(ctx context.Context, token string) bool {
	return token != "" && slices.Contains(notes(ctx), token)
}

// lastWord returns the context in which the record is told the same after a note. It goes on when Temporal answers the
// note with the news that the attempt is called off: the claim must be given back all the same.
func lastWord(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), tellTimeout)
}
