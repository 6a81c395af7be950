package activities_test

import (
	"context"
	"errors"
	"strings"
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
	b.ledger.handover.Message.Persona = "saver"
	b.sent(t)
	require.Equal(t, []activities.RenderInput{{
		Template: "order", Locale: "nl-BE", Fallback: "nl", Persona: "saver", Shop: b.maps.m.Shop,
		Customer: b.ledger.handover.Facts.Traits, Event: map[string]any{"order_id": "A1", "total": 49.95},
	}}, b.maps.given)
	require.Equal(t, []activities.Mail{{
		MessageID: "m_1", SendKey: "k_1", CustomerID: "c_1", Category: "confirmation",
		From:    activities.Address{Name: "Winkel", Email: "winkel@example.com"},
		ReplyTo: activities.Address{Name: "Winkel", Email: "help@example.com"},
		To:      activities.Address{Name: "Jan Jansen", Email: "jan@example.net"},
		Subject: "Dank je", HTML: "<p>Dank je</p>", Text: "Dank je", Until: start.Add(5 * time.Second),
	}}, b.mailer.mails)
}

// TestTheLastLookGetsOld looks anew in the attempt that follows one that was frozen between its look and its hand-over.
func TestTheLastLookGetsOld(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mailer.errs = []error{&activities.MailError{Fault: activities.MailLate}}
	b.again(t)
	b.now = start.Add(time.Minute)
	b.ledger.handover.Unconsumed = []journey.Event{orderEvent("Order Cancelled", "A1")}
	require.Equal(t, journey.ReasonCancelled, b.sent(t))
	require.Len(t, b.mailer.mails, 1, "the one that was late")
}

// standsStill is a record in whose claim the worker stands still for a while: less than the time after which PostgreSQL ends
// an idle transaction, and Temporal the attempt.
type standsStill struct {
	*ledger
	clock        *time.Time
	before, last time.Duration // before the last look, and after the claim
}

func (s standsStill) Claim(ctx context.Context, id, token string, now time.Time, check func(context.Context, activities.Handover) (journey.Reason, error)) (activities.Claim, error) {
	defer func() { *s.clock = s.clock.Add(s.last) }()
	return s.ledger.Claim(ctx, id, token, now, func(ctx context.Context, h activities.Handover) (journey.Reason, error) {
		*s.clock = s.clock.Add(s.before)
		return check(ctx, h)
	})
}

// TestTheLastLookIsAsOldAsItsClaim stops the worker after the record was read. What was called off since then is not known,
// and must not be sent.
func TestTheLastLookIsAsOldAsItsClaim(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		bench        func(*testing.T) *bench
		before, last time.Duration
	}{
		"before the look":             {setup, 25 * time.Second, 0},
		"after the claim":             {setup, 0, 25 * time.Second},
		"a second sending":            {due, 0, 25 * time.Second},
		"for a moment":                {setup, time.Second, time.Second},
		"a second one, for a moment":  {due, 0, time.Second},
		"as if nothing had been":      {setup, 0, 0},
		"a second one, without delay": {due, 0, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := tt.bench(t)
			asked := b.now
			b.acts.Ledger = standsStill{b.ledger, &b.now, tt.before, tt.last}
			b.sent(t)
			require.Equal(t, asked, b.ledger.claimedAt)
			require.Equal(t, asked.Add(5*time.Second), b.mailer.mails[0].Until)
		})
	}
}

func TestNameOfTheReceiver(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		traits map[string]any
		want   string
	}{
		"whole name first":         {map[string]any{"name": "Dr. J. Jansen", "firstName": "Jan"}, "Dr. J. Jansen"},
		"parts":                    {map[string]any{"firstName": "Jan", "lastName": "Jansen"}, "Jan Jansen"},
		"parts in snake case":      {map[string]any{"first_name": "Jan", "last_name": "Jansen"}, "Jan Jansen"},
		"first name only":          {map[string]any{"firstName": "Jan"}, "Jan"},
		"last name only":           {map[string]any{"lastName": "Jansen"}, "Jansen"},
		"an empty name":            {map[string]any{"name": "", "lastName": "Jansen"}, "Jansen"},
		"a name of odd type":       {map[string]any{"name": 7.0}, ""},
		"nothing is known yet":     {nil, ""},
		"another header":           {map[string]any{"name": "Jan\r\nBcc: all@example.com"}, "Jan Bcc: all@example.com"},
		"another header, in parts": {map[string]any{"firstName": "Jan\n", "lastName": "\u2028Jansen\x00\u0085"}, "Jan Jansen"},
		"a flood":                  {map[string]any{"name": strings.Repeat("é", 300)}, strings.Repeat("é", 200) + "…"},
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
	require.Equal(t, []string{"claim", "vouch", "give up", "decide"}, b.calls)
}
