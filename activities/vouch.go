package activities

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"

	"klantreis/journey"
)

// newToken names one attempt, for good. The numbers of attempts are not enough: they start again when somebody resets the
// activity, which keeps what earlier attempts vouched for.
func newToken(info activity.Info) string {
	return fmt.Sprintf("%s/%s/%d/%s", info.WorkflowExecution.RunID, info.ActivityID, info.Attempt, rand.Text())
}

const (
	// noteTimeout is how long Temporal may take to note what an attempt knows.
	noteTimeout = 2 * time.Second
	// tellTimeout is how long the record may take to be told, or to tell how a message stands.
	tellTimeout = 5 * time.Second
)

// keptNotes is how many vouching attempts are kept, the newest.
const keptNotes = 8

// notes are what attempts knew of the provider and could not, or not yet, tell the record. Temporal keeps them from one
// attempt to the next. They hold nothing personal.
type notes struct {
	// NotTaken are the tokens of attempts that left nothing with the provider, and will not.
	NotTaken []string `json:"notTaken,omitempty"`
	// Taken is what the provider accepted. Nil when no attempt says so.
	Taken *taken `json:"taken,omitempty"`
}

// taken is a message that the provider accepted.
type taken struct {
	// Token names the attempt, and ProviderID is the provider's id of the message.
	Token      string `json:"token"`
	ProviderID string `json:"providerId"`
	// Reason is ReasonSent or ReasonResent, and At the journey instant of the answer.
	Reason journey.Reason `json:"reason"`
	At     time.Time      `json:"at"`
}

// readNotes returns what earlier attempts left.
func readNotes(ctx context.Context) notes {
	var n notes
	if activity.HasHeartbeatDetails(ctx) && activity.GetHeartbeatDetails(ctx, &n) != nil {
		return notes{}
	}
	return n
}

// leave keeps the notes for the next attempt, also when this one was called off meanwhile.
func (n notes) leave(ctx context.Context) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer done()
	n.NotTaken = n.NotTaken[max(0, len(n.NotTaken)-keptNotes):]
	activity.RecordHeartbeat(ctx, n)
}

// vouch leaves a note for the next attempt: the one of this token left nothing with the provider, and will not. It comes
// before the record is told, so that neither a record that is away nor a process that dies makes nobody know. Notes of
// earlier attempts stay, for this one may not know whether they have been acted upon.
func vouch(ctx context.Context, token string) {
	n := readNotes(ctx)
	n.NotTaken = append(n.NotTaken, token)
	n.leave(ctx)
}

// vouched tells whether the attempt of the token left a note that the provider has nothing of it.
func vouched(ctx context.Context, token string) bool {
	return token != "" && slices.Contains(readNotes(ctx).NotTaken, token)
}

// lastWord returns the context in which the record is told what the provider said. It goes on when the attempt is called off,
// of which Temporal's answer to a note may be the news: the record must know all the same.
func lastWord(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), tellTimeout)
}
