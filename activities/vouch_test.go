package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// leftBehind returns a message of a class that the provider did not take, while the claim could not be given back.
func leftBehind(t *testing.T, class journey.Class) *bench {
	t.Helper()
	b := setup(t)
	b.ledger.handover.Message.Class = class
	b.ledger.handover.Facts.Consents = map[journey.Class]journey.Consent{class: {Given: true, At: start}}
	b.mailer.errs = []error{&activities.MailError{Fault: activities.MailNotTaken, Status: 503, RetryAfter: time.Minute}}
	b.fails["release"] = errAway
	kind, pause := b.again(t)
	require.Equal(t, activities.TypeNotTaken, kind)
	require.Equal(t, time.Minute, pause, "the provider's wish counts all the same")
	require.Equal(t, []string{"claim", "send", "vouch", "release"}, b.calls)
	require.Equal(t, &notes{NotTaken: []string{b.ledger.token}}, b.noted)
	return b
}

func TestAClaimLeftBehindIsGivenBackByTheNextAttempt(t *testing.T) {
	t.Parallel()
	for _, class := range []journey.Class{journey.Transactional, journey.Service, journey.Marketing} {
		t.Run(string(class), func(t *testing.T) {
			t.Parallel()
			b := leftBehind(t, class)
			b.now = start.Add(patience)

			_, err := b.attempt(t)
			require.ErrorContains(t, err, "release message m_1 for an earlier attempt: connection refused")
			b.fails = map[string]error{"claim": errAway}
			_, err = b.attempt(t)
			require.ErrorContains(t, err, "claim message m_1: connection refused")
			require.Equal(t, []string{"release", "claim"}, b.calls)

			b.fails["claim"] = nil
			require.Equal(t, journey.ReasonSent, b.sent(t))
			require.Equal(t, []string{"claim", "send", "confirm", "decide"}, b.calls)
		})
	}
}

func TestAClaimLeftBehindMustStillBeWanted(t *testing.T) {
	t.Parallel()
	b := leftBehind(t, journey.Transactional)
	b.fails = nil
	b.ledger.handover.Unconsumed = []journey.Event{orderEvent("Order Cancelled", "A1")}
	require.Equal(t, journey.ReasonCancelled, b.sent(t))
	require.Len(t, b.mailer.mails, 1)
}

// TestANoteIsAboutOneAttemptOnly lets a later attempt die after the provider took the mail. What an earlier one vouched
// for must not count for it.
func TestANoteIsAboutOneAttemptOnly(t *testing.T) {
	t.Parallel()
	b := leftBehind(t, journey.Service)
	b.fails = nil
	b.mailer.errs = []error{&activities.MailError{Fault: activities.MailUnknown}}
	b.again(t)
	require.NotContains(t, b.noted.NotTaken, b.ledger.token, "although the number of the attempt is the same")

	kind, _ := b.again(t)
	require.Equal(t, activities.TypeUnconfirmed, kind)
	require.Equal(t, []string{"claim"}, b.calls)
	b.now = start.Add(patience)
	require.Equal(t, journey.ReasonUnknown, b.sent(t))
	require.Len(t, b.mailer.mails, 2)
}

func TestANoteThatIsLostLeavesTheClaimUnconfirmed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mailer.errs = []error{&activities.MailError{Fault: activities.MailNotTaken}}
	b.fails["vouch"], b.fails["release"] = errAway, errAway
	b.again(t)
	b.fails = nil
	kind, _ := b.again(t)
	require.Equal(t, activities.TypeUnconfirmed, kind)
	require.Equal(t, []string{"claim"}, b.calls)
}

func TestASecondSendingLeftBehindIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := due(t)
	b.mailer.errs = []error{&activities.MailError{Fault: activities.MailNotTaken}}
	b.fails["release"] = errAway
	b.again(t)
	require.Equal(t, []string{"claim", "reclaim", "send", "vouch", "release"}, b.calls)
	b.fails = nil
	require.Equal(t, journey.ReasonResent, b.sent(t))
	require.Equal(t, []string{"release", "claim", "reclaim", "send", "confirm", "decide"}, b.calls)
}

func TestAClaimThatNobodyHeardOfIsGivenBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ledger.unclear = true
	_, err := b.attempt(t)
	require.ErrorContains(t, err, activities.ErrUnclear.Error())
	require.Equal(t, []string{"claim", "vouch"}, b.calls)
	require.Equal(t, journey.ReasonSent, b.sent(t))
	require.Equal(t, []string{"release", "claim", "send", "confirm", "decide"}, b.calls)
}

func TestASecondClaimThatNobodyHeardOfIsGivenBack(t *testing.T) {
	t.Parallel()
	b := due(t)
	b.ledger.unclear = true
	_, err := b.attempt(t)
	require.ErrorContains(t, err, activities.ErrUnclear.Error())
	require.Equal(t, []string{"claim", "reclaim", "vouch"}, b.calls)
	require.Equal(t, journey.ReasonResent, b.sent(t))
	require.Len(t, b.mailer.mails, 1)
}

// TestANoteStaysUntilItIsActedUpon loses the record in a claim that finds the one of an earlier attempt.
func TestANoteStaysUntilItIsActedUpon(t *testing.T) {
	t.Parallel()
	b := leftBehind(t, journey.Service)
	b.fails = map[string]error{"claim": activities.ErrUnclear}
	for range 5 {
		_, err := b.attempt(t)
		require.ErrorContains(t, err, activities.ErrUnclear.Error())
	}
	b.fails = nil
	require.Equal(t, journey.ReasonSent, b.sent(t))
}

func TestNotesAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.fails["claim"] = activities.ErrUnclear
	for range 20 {
		_, err := b.attempt(t)
		require.Error(t, err)
	}
	require.Len(t, b.noted.NotTaken, 8)
}
