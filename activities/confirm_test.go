package activities_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// TestAMailThatIsKnownToBeTakenIsNotSentAgain loses the record after the provider's answer. Nobody died, and somebody knows,
// however long the record stays away and whatever is reported.
func TestAMailThatIsKnownToBeTakenIsNotSentAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		bench func(*testing.T) *bench
		want  journey.Reason
	}{
		"a first sending":  {setup, journey.ReasonSent},
		"a second sending": {due, journey.ReasonResent},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := tt.bench(t)
			taken := b.acts.Clock.Journey(b.now)
			b.fails["confirm"] = errAway
			_, err := b.attempt(t)
			require.ErrorContains(t, err, "confirm message m_1: connection refused")
			require.Equal(t, "vouch", b.calls[len(b.calls)-1])

			for range 3 {
				b.now = b.now.Add(patience)
				b.ledger.seenAt = b.now
				_, err = b.attempt(t)
				require.ErrorContains(t, err, "confirm message m_1 for an earlier attempt: connection refused")
				require.Equal(t, []string{"confirm"}, b.calls)
			}
			b.fails = nil
			require.Equal(t, tt.want, b.sent(t))
			require.Equal(t, []string{"confirm", "claim", "decide"}, b.calls)
			require.Len(t, b.mailer.mails, 1, "the customer has it twice")
			require.Equal(t, "provider-1", b.ledger.providerID)
			require.Equal(t, taken, b.ledger.at, "it was handed over then, and the run's waits count from there")
		})
	}
}

// TestANoteOfWhatWasTakenThatIsLost leaves only the provider's report to know it by.
func TestANoteOfWhatWasTakenThatIsLost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.fails["confirm"], b.fails["vouch"] = errAway, errAway
	_, err := b.attempt(t)
	require.ErrorContains(t, err, "confirm message m_1")
	b.fails = nil
	kind, _ := b.again(t)
	require.Equal(t, activities.TypeUnconfirmed, kind)
	require.Len(t, b.mailer.mails, 1)
}

// TestARecordThatIsSetBackBeforeWhatWasTaken knows no such message any more: that ends the send.
func TestARecordThatIsSetBackBeforeWhatWasTaken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.fails["confirm"] = errAway
	_, err := b.attempt(t)
	require.Error(t, err)
	b.fails = map[string]error{"confirm": activities.ErrNotFound, "claim": activities.ErrNotFound}
	require.Empty(t, b.sent(t))
}

// TestAMailThatWasTakenIsConfirmedAlthoughTheAttemptIsCalledOff cancels the attempt while the provider answers.
func TestAMailThatWasTakenIsConfirmedAlthoughTheAttemptIsCalledOff(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, stop := context.WithCancel(t.Context())
	b.ctx, b.acts.Mailer = ctx, calledOff{b.mailer, stop}
	_, _ = b.attempt(t) // Nobody hears how it ended.
	require.Equal(t, "provider-1", b.ledger.providerID)
	require.Equal(t, journey.ReasonSent, b.ledger.reason)
}

// calledOff is a provider during whose answer the attempt is called off.
type calledOff struct {
	*mailer
	stop func()
}

func (c calledOff) Send(ctx context.Context, mail activities.Mail) (string, error) {
	defer c.stop()
	return c.mailer.Send(ctx, mail)
}
