package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

func TestProviderFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err   error
		calls []string
		kind  string // empty when the message is finished
		pause time.Duration
	}{
		"asks to wait": {
			&activities.MailError{Fault: activities.MailNotTaken, Status: 429, RetryAfter: 42 * time.Second},
			[]string{"claim", "send", "vouch", "release"},
			activities.TypeNotTaken, 42 * time.Second,
		},
		"asks to wait, not how long": {
			&activities.MailError{Fault: activities.MailNotTaken, Status: 429},
			[]string{"claim", "send", "vouch", "release"},
			activities.TypeNotTaken, 0,
		},
		"is down": {
			&activities.MailError{Fault: activities.MailNotTaken, Status: 503},
			[]string{"claim", "send", "vouch", "release"},
			activities.TypeNotTaken, 0,
		},
		"was not asked in time": {
			&activities.MailError{Fault: activities.MailLate, Message: "too late to begin"},
			[]string{"claim", "send", "vouch", "release"},
			activities.TypeNotTaken, 0,
		},
		"refuses the mail": {
			&activities.MailError{Fault: activities.MailRefused, Status: 400, Message: "subject: is required"},
			[]string{"claim", "send", "vouch", "give up", "decide"},
			"", 0,
		},
		"is cut off": {
			&activities.MailError{Fault: activities.MailUnknown, Message: "timeout"},
			[]string{"claim", "send"},
			activities.TypeUnconfirmed, 20 * time.Second,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.mailer.errs = []error{tt.err}
			if tt.kind == "" {
				require.Equal(t, journey.ReasonRefused, b.sent(t))
				require.Equal(t, "mail refused: status 400: subject: is required", b.ledger.detail)
			} else {
				kind, pause := b.again(t)
				require.Equal(t, tt.kind, kind)
				require.Equal(t, tt.pause, pause)
			}
			require.Equal(t, tt.calls, b.calls)
		})
	}
}

func TestANotTakenMessageIsSentByTheNextAttempt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mailer.errs = []error{&activities.MailError{Fault: activities.MailNotTaken, Status: 500}}
	b.again(t)
	require.Equal(t, journey.ReasonSent, b.sent(t))
	require.Len(t, b.mailer.mails, 2)
}

func TestAnErrorThatSaysNothingOfTheMailKeepsTheClaim(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mailer.errs = []error{errAway}
	_, err := b.attempt(t)
	require.ErrorContains(t, err, "send message m_1: connection refused")
	require.Equal(t, []string{"claim", "send"}, b.calls)
}

// TestFailuresOfTheRecord lets each call fail once. The next attempt must not send what may have been sent already.
func TestFailuresOfTheRecord(t *testing.T) {
	t.Parallel()
	notTaken := []error{&activities.MailError{Fault: activities.MailNotTaken, Status: 500}}
	refused := []error{&activities.MailError{Fault: activities.MailRefused, Status: 400}}
	tests := map[string]struct {
		fails  string
		answer []error // of the provider
		says   string
		next   []string // calls of the next attempt
	}{
		"claim":   {fails: "claim", says: "claim message m_1", next: []string{"claim", "send", "confirm", "decide"}},
		"map":     {fails: "map", says: "claim message m_1", next: []string{"claim", "send", "confirm", "decide"}},
		"confirm": {fails: "confirm", says: "confirm message m_1", next: []string{"confirm", "claim", "decide"}},
		"release": {fails: "release", answer: notTaken, says: "release message m_1", next: []string{"release", "claim", "send", "confirm", "decide"}},
		"give up": {fails: "give up", answer: refused, says: "give up message m_1", next: []string{"release", "claim", "send", "confirm", "decide"}},
		"decide":  {fails: "decide", says: "decide customer c_1", next: []string{"claim", "decide"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.mailer.errs = tt.answer
			b.fails[tt.fails] = errAway
			_, err := b.attempt(t)
			require.ErrorContains(t, err, tt.says)
			require.ErrorContains(t, err, errAway.Error())
			delete(b.fails, tt.fails)
			b.sent(t)
			require.Equal(t, tt.next, b.calls)
		})
	}
}
