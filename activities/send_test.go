package activities_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

func TestSendClaimsThenSendsThenConfirms(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Equal(t, journey.ReasonSent, b.sent(t))
	require.Equal(t, []string{"claim", "send", "confirm", "decide"}, b.calls)
	require.Equal(t, "provider-1", b.ledger.providerID)
	require.Equal(t, start.AddDate(10, 0, 0), b.ledger.at, "confirmed at a journey instant")
	require.Equal(t, []activities.DecideInput{{CustomerID: "c_1"}}, b.decider.asked, "whatever the step")
}

func TestSendComposesTheMail(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sent(t)
	require.Equal(t, []activities.RenderInput{{
		Template: "order", Locale: "nl-BE", Fallback: "nl", Shop: b.maps.m.Shop,
		Customer: b.ledger.handover.Facts.Traits, Event: map[string]any{"order_id": "A1", "total": 49.95},
	}}, b.maps.given)
	require.Equal(t, []activities.Mail{{
		MessageID: "m_1", Category: "confirmation",
		From:    activities.Address{Name: "Winkel", Email: "winkel@example.com"},
		ReplyTo: activities.Address{Name: "Winkel", Email: "help@example.com"},
		To:      activities.Address{Name: "Jan Jansen", Email: "jan@example.net"},
		Subject: "Dank je", HTML: "<p>Dank je</p>", Text: "Dank je",
	}}, b.mailer.mails)
}

func TestNameOfTheReceiver(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		traits map[string]any
		want   string
	}{
		"whole name first":     {map[string]any{"name": "Dr. J. Jansen", "firstName": "Jan"}, "Dr. J. Jansen"},
		"parts":                {map[string]any{"firstName": "Jan", "lastName": "Jansen"}, "Jan Jansen"},
		"parts in snake case":  {map[string]any{"first_name": "Jan", "last_name": "Jansen"}, "Jan Jansen"},
		"first name only":      {map[string]any{"firstName": "Jan"}, "Jan"},
		"last name only":       {map[string]any{"lastName": "Jansen"}, "Jansen"},
		"an empty name":        {map[string]any{"name": "", "lastName": "Jansen"}, "Jansen"},
		"a name of odd type":   {map[string]any{"name": 7.0}, ""},
		"nothing is known yet": {nil, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.ledger.handover.Facts.Traits = tt.traits
			b.sent(t)
			require.Equal(t, tt.want, b.mailer.mails[0].To.Name)
		})
	}
}

func TestWhatIsNotWantedIsNotSent(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*activities.Handover)
		want   journey.Reason
	}{
		"an event that no decision has seen cancels it": {
			func(h *activities.Handover) { h.Unconsumed = []journey.Event{orderEvent("Order Cancelled", "A1")} }, journey.ReasonCancelled,
		},
		"the run was withdrawn": {
			func(h *activities.Handover) { h.Run.Status, h.Run.Reason = journey.RunEnded, journey.ReasonRestarted }, journey.ReasonRestarted,
		},
		"the touchpoint is gone": {
			func(h *activities.Handover) { h.Run.Touchpoint = "removed" }, journey.ReasonGone,
		},
		"an event about another order changes nothing": {
			func(h *activities.Handover) { h.Unconsumed = []journey.Event{orderEvent("Order Cancelled", "A2")} }, journey.ReasonSent,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			tt.change(&b.ledger.handover)
			require.Equal(t, tt.want, b.sent(t))
			require.Equal(t, tt.want, b.ledger.reason)
			if tt.want != journey.ReasonSent {
				require.Empty(t, b.mailer.mails)
				require.Equal(t, []string{"claim", "decide"}, b.calls)
			}
		})
	}
}

func TestASettledMessageIsNotSent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ledger.reason = journey.ReasonNoAddress
	require.Equal(t, journey.ReasonNoAddress, b.sent(t))
	require.Equal(t, []string{"claim", "decide"}, b.calls)
}

func TestATemplateThatFailsGivesTheMessageUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.maps.render = func(activities.RenderInput) (activities.Content, error) {
		return activities.Content{}, errors.New("order.nl.html:3: no such filter")
	}
	require.Equal(t, journey.ReasonTemplate, b.sent(t))
	require.Equal(t, "order.nl.html:3: no such filter", b.ledger.detail)
	require.Equal(t, []string{"claim", "give up", "decide"}, b.calls)
}

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
			[]string{"claim", "send", "release"},
			activities.TypeNotTaken, 42 * time.Second,
		},
		"asks to wait, not how long": {
			&activities.MailError{Fault: activities.MailNotTaken, Status: 429},
			[]string{"claim", "send", "release"},
			activities.TypeNotTaken, 0,
		},
		"is down": {
			&activities.MailError{Fault: activities.MailNotTaken, Status: 503},
			[]string{"claim", "send", "release"},
			activities.TypeNotTaken, 0,
		},
		"refuses the mail": {
			&activities.MailError{Fault: activities.MailRefused, Status: 400, Message: "subject: is required"},
			[]string{"claim", "send", "give up", "decide"},
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
		"confirm": {fails: "confirm", says: "confirm message m_1", next: []string{"claim"}},
		"release": {fails: "release", answer: notTaken, says: "release message m_1", next: []string{"claim"}},
		"give up": {fails: "give up", answer: refused, says: "give up message m_1", next: []string{"claim"}},
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
			_, _ = b.attempt(t) // Some of them must wait for the provider's report, which is an error as well.
			require.Equal(t, tt.next, b.calls)
		})
	}
}
