package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// patience is how long a claim that nobody confirmed waits for the provider's report.
const patience = 15 * time.Minute

// crashed returns a message that an attempt claimed at start and never confirmed.
func crashed(t *testing.T, class journey.Class) *bench {
	t.Helper()
	b := setup(t)
	b.ledger.handover.Message.Class = class
	b.ledger.claimed, b.ledger.token, b.ledger.claimedAt = true, "of a dead worker", start
	return b
}

func TestUnconfirmed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		class  journey.Class
		after  time.Duration // the attempt, since the claim
		seen   time.Duration // the newest report, since the claim; zero for none at all
		reason journey.Reason
		pause  time.Duration // when it has to wait on
		calls  []string
	}{
		"at once": {
			class: journey.Transactional, after: time.Second, pause: 20 * time.Second, calls: []string{"claim"},
		},
		"after ten minutes": {
			class: journey.Transactional, after: 10 * time.Minute, pause: time.Minute, calls: []string{"claim"},
		},
		"shortly before the deadline": {
			class: journey.Transactional, after: patience - 5*time.Second, seen: patience, pause: 5 * time.Second, calls: []string{"claim"},
		},
		"at the deadline, reports come in": {
			class: journey.Transactional, after: patience, seen: patience, reason: journey.ReasonResent, calls: []string{"claim", "reclaim", "send", "confirm", "decide"},
		},
		"late, reports came in before the deadline only": {
			class: journey.Transactional, after: 3 * time.Hour, seen: patience - time.Second, pause: 2 * time.Minute, calls: []string{"claim"},
		},
		"late, no report ever": {
			class: journey.Transactional, after: 3 * time.Hour, pause: 2 * time.Minute, calls: []string{"claim"},
		},
		"service before the deadline": {
			class: journey.Service, after: time.Minute, seen: time.Minute, pause: 20 * time.Second, calls: []string{"claim"},
		},
		"service at the deadline": {
			class: journey.Service, after: patience, seen: patience, reason: journey.ReasonUnknown, calls: []string{"claim", "give up", "decide"},
		},
		"marketing, no report ever": {
			class: journey.Marketing, after: patience, reason: journey.ReasonUnknown, calls: []string{"claim", "give up", "decide"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := crashed(t, tt.class)
			b.now = start.Add(tt.after)
			if tt.seen > 0 {
				b.ledger.seenAt = start.Add(tt.seen)
			}
			if tt.reason == "" {
				kind, pause := b.again(t)
				require.Equal(t, activities.TypeUnconfirmed, kind)
				require.Equal(t, tt.pause, pause)
			} else {
				require.Equal(t, tt.reason, b.sent(t))
				require.Equal(t, tt.reason, b.ledger.reason)
			}
			require.Equal(t, tt.calls, b.calls)
		})
	}
}

// due returns a transactional message that may be sent once more now.
func due(t *testing.T) *bench {
	t.Helper()
	b := crashed(t, journey.Transactional)
	b.now = start.Add(patience + time.Minute)
	b.ledger.seenAt = b.now
	return b
}

func TestReclaimLostToSomebodyElse(t *testing.T) {
	t.Parallel()
	b := due(t)
	b.ledger.lost = true
	kind, pause := b.again(t)
	require.Equal(t, activities.TypeUnconfirmed, kind)
	require.Equal(t, 20*time.Second, pause)
	require.Empty(t, b.mailer.mails)
}

func TestASecondSendingThatMayHaveArrivedIsTheLast(t *testing.T) {
	t.Parallel()
	b := due(t)
	b.mailer.errs = []error{&activities.MailError{Fault: activities.MailUnknown}}
	kind, pause := b.again(t)
	require.Equal(t, activities.TypeUnconfirmed, kind)
	require.Equal(t, 20*time.Second, pause)
	require.Equal(t, []string{"claim", "reclaim", "send"}, b.calls)

	b.again(t)
	require.Equal(t, []string{"claim"}, b.calls, "the wait begins afresh")

	b.now = b.now.Add(patience)
	b.ledger.seenAt = b.now
	b.again(t)
	require.Equal(t, []string{"claim", "reclaim"}, b.calls)
	require.Equal(t, journey.ReasonUnknown, b.sent(t))
	require.Len(t, b.mailer.mails, 1, "a third copy is never sent")
}

func TestASecondSendingThatWasNotTakenIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := due(t)
	for range 3 {
		b.mailer.errs = []error{&activities.MailError{Fault: activities.MailNotTaken, RetryAfter: time.Second}}
		kind, pause := b.again(t)
		require.Equal(t, activities.TypeNotTaken, kind)
		require.Equal(t, time.Second, pause)
		require.Equal(t, []string{"claim", "reclaim", "send", "vouch", "release"}, b.calls)
	}
	require.Equal(t, journey.ReasonResent, b.sent(t), "without another wait")
	require.Equal(t, []string{"claim", "reclaim", "send", "confirm", "decide"}, b.calls)
}

func TestASecondSendingThatIsTriedAgainMustStillBeWanted(t *testing.T) {
	t.Parallel()
	b := due(t)
	b.mailer.errs = []error{&activities.MailError{Fault: activities.MailNotTaken}}
	b.again(t)
	b.ledger.handover.Unconsumed = []journey.Event{orderEvent("Order Cancelled", "A1")}
	require.Equal(t, journey.ReasonUnknown, b.sent(t), "the first one may have arrived")
	require.Len(t, b.mailer.mails, 1)
}

func TestOfASecondSendingThatIsRefusedNobodyKnows(t *testing.T) {
	t.Parallel()
	b := due(t)
	b.mailer.errs = []error{&activities.MailError{Fault: activities.MailRefused, Status: 413, Message: "too large"}}
	require.Equal(t, journey.ReasonUnknown, b.sent(t), "the first one may have arrived")
	require.Contains(t, b.ledger.detail, "too large")
}

func TestASecondSendingMustStillBeWanted(t *testing.T) {
	t.Parallel()
	b := due(t)
	b.ledger.handover.Unconsumed = []journey.Event{orderEvent("Order Cancelled", "A1")}
	require.Equal(t, journey.ReasonUnknown, b.sent(t), "the first one may have arrived")
	require.Equal(t, []string{"claim", "give up", "decide"}, b.calls)
	require.Contains(t, b.ledger.detail, journey.ReasonCancelled)
}

func TestASecondSendingIsNotSpentWhenTheRecordFails(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"map", "reclaim"} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			b := due(t)
			b.fails[call] = errAway
			_, err := b.attempt(t)
			require.ErrorContains(t, err, "message m_1 again: connection refused")
			require.Equal(t, start, b.ledger.claimedAt)
			delete(b.fails, call)
			require.Equal(t, journey.ReasonResent, b.sent(t))
		})
	}
}

// TestStepsOfAWorkersClock looks at a claim with a clock that was set since: a step counts as time that passed, no more.
func TestStepsOfAWorkersClock(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		class journey.Class
		after time.Duration // what the clock shows, since the claim
		seen  time.Duration
		sends bool
		want  journey.Reason // empty: it waits on
	}{
		"set back: it waits on":                         {journey.Transactional, -time.Hour, 0, false, ""},
		"set back, service: it waits on":                {journey.Service, -time.Hour, 0, false, ""},
		"an hour ahead: reports must have come so long": {journey.Transactional, time.Hour, 30 * time.Second, false, ""},
		"an hour ahead, and so are the reports":         {journey.Transactional, time.Hour, time.Hour, true, journey.ReasonResent},
		"an hour ahead, service: given up, never twice": {journey.Service, time.Hour, time.Hour, false, journey.ReasonUnknown},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := crashed(t, tt.class)
			b.now = start.Add(tt.after)
			if tt.seen > 0 {
				b.ledger.seenAt = start.Add(tt.seen)
			}
			if tt.want == "" {
				kind, pause := b.again(t)
				require.Equal(t, activities.TypeUnconfirmed, kind)
				require.LessOrEqual(t, pause, 2*time.Minute, "it looks again soon, whatever the clock shows")
			} else {
				require.Equal(t, tt.want, b.sent(t))
			}
			require.Equal(t, tt.sends, len(b.mailer.mails) == 1)
		})
	}
}
