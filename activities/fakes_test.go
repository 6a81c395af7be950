package activities_test

import (
	"cmp"
	"context"
	"time"

	"klantreis/activities"
	"klantreis/journey"
)

// journal lists the calls of all fakes in order, and makes some of them fail.
type journal struct {
	calls []string
	fails map[string]error // by call
}

func (j *journal) note(call string) error {
	j.calls = append(j.calls, call)
	return j.fails[call]
}

// ledger keeps one message.
type ledger struct {
	*journal
	handover           activities.Handover
	claimed, resent    bool
	token              string // of the claim; empty when nobody holds it
	claimedAt, seenAt  time.Time
	reason             journey.Reason // how it ended; empty before that
	providerID, detail string
	at                 time.Time
	lost               bool // somebody else is always first
	unclear            bool // the next claim is made, and the connection lost before the answer
}

func (l *ledger) Claim(ctx context.Context, _, token string, now time.Time, check func(context.Context, activities.Handover) (journey.Reason, error)) (activities.Claim, error) {
	if err := l.note("claim"); err != nil {
		return activities.Claim{}, err
	}
	if l.claimed && l.reason == "" && l.handover.Message.Kind != journey.KindWebhook {
		return activities.Claim{
			Status: activities.ClaimUnconfirmed, Handover: l.handover, Token: l.token, ClaimedAt: l.claimedAt, Reception: l.reception(),
		}, nil
	}
	var err error
	if l.reason == "" {
		l.reason, err = check(ctx, l.handover)
	}
	if err != nil || l.reason != "" {
		return activities.Claim{Status: activities.ClaimSettled, Reason: l.reason}, err
	}
	l.claimed, l.token, l.claimedAt = true, token, now
	return activities.Claim{Status: activities.Claimed, Handover: l.handover}, l.answer()
}

func (l *ledger) Look(context.Context, string) (waits bool, token string, err error) {
	if l.claimed && l.reason == "" {
		token = l.token
	}
	return !l.claimed && l.reason == "", token, l.fails["look"]
}

// reception is that of reports from the claim until seenAt.
func (l *ledger) reception() time.Duration {
	if l.seenAt.IsZero() {
		return 0
	}
	return l.seenAt.Sub(l.claimedAt)
}

func (l *ledger) Reclaim(_ context.Context, _ string, claimedAt time.Time, token string, now time.Time) (bool, error) {
	if err := l.note("reclaim"); err != nil || l.lost || !claimedAt.Equal(l.claimedAt) {
		return false, err
	}
	if l.resent {
		l.reason = journey.ReasonUnknown
		return false, nil
	}
	l.resent, l.token, l.claimedAt = true, token, now
	return true, l.answer()
}

func (l *ledger) answer() error {
	if !l.unclear {
		return nil
	}
	l.unclear = false
	return activities.ErrUnclear
}

func (l *ledger) Release(ctx context.Context, _, token string) error {
	if err := cmp.Or(l.note("release"), ctx.Err()); err != nil {
		return err
	}
	if l.claimed && l.token == token {
		l.claimed, l.resent, l.token, l.claimedAt = l.resent, false, "", time.Time{}
	}
	return nil
}

func (l *ledger) Confirm(ctx context.Context, _, _, providerID string, reason journey.Reason, at time.Time) error {
	if err := cmp.Or(l.note("confirm"), ctx.Err()); err != nil {
		return err
	}
	l.providerID, l.reason, l.at = providerID, reason, at
	return nil
}

func (l *ledger) GiveUp(_ context.Context, _ string, reason journey.Reason, detail string, at time.Time) error {
	if err := l.note("give up"); err != nil {
		return err
	}
	l.reason, l.detail, l.at = reason, detail, at
	return nil
}

// mailer takes mails; its next answers are errors for as long as there are any.
type mailer struct {
	*journal
	errs  []error
	mails []activities.Mail
}

func (m *mailer) Send(_ context.Context, mail activities.Mail) (string, error) {
	m.mails = append(m.mails, mail)
	if err := m.note("send"); err != nil || len(m.errs) == 0 {
		return "provider-1", err
	}
	err := m.errs[0]
	m.errs = m.errs[1:]
	return "", err
}

// decider gives every decision the same input, unless its step is stored.
type decider struct {
	*journal
	input  journey.Input
	stored *activities.Snapshot
	asked  []activities.DecideInput
	out    journey.Outcome // of the last decision
}

func (d *decider) Decide(ctx context.Context, customerID string, step int64, fn activities.DecideFunc) (activities.Snapshot, error) {
	d.asked = append(d.asked, activities.DecideInput{CustomerID: customerID, Step: step})
	if err := d.note("decide"); err != nil {
		return activities.Snapshot{}, err
	}
	if d.stored != nil {
		return *d.stored, nil
	}
	var err error
	d.out, err = fn(ctx, d.input)
	snapshot := activities.Snapshot{Step: 8, Next: d.out.Next}
	for _, m := range d.out.Messages {
		snapshot.Effects = append(snapshot.Effects, activities.Effect{MessageID: m.ID, Class: m.Class})
	}
	return snapshot, err
}

// published gives one map under every version, and other templates under some.
type published struct {
	*journal
	m      *journey.Map
	render func(activities.RenderInput) (activities.Content, error)
	given  []activities.RenderInput
	lacks  map[string]bool                      // templates that are gone
	older  map[int64]func() (*published, error) // versions with other templates
	read   []int64                              // the versions that were asked for
}

func (p *published) Published(_ context.Context, version int64) (*activities.Published, error) {
	p.read = append(p.read, version)
	if older := p.older[version]; older != nil {
		q, err := older()
		return &activities.Published{Map: p.m, Renderer: q}, err
	}
	return &activities.Published{Map: p.m, Renderer: p}, p.fails["map"]
}

func (p *published) Has(name string) bool { return !p.lacks[name] }

func (p *published) Render(in activities.RenderInput) (activities.Content, error) {
	p.given = append(p.given, in)
	return p.render(in)
}

// webhooks is called; its next answers are errors for as long as there are any.
type webhooks struct {
	*journal
	errs  []error
	calls []activities.WebhookCall
}

func (w *webhooks) Call(_ context.Context, call activities.WebhookCall) error {
	w.calls = append(w.calls, call)
	if err := w.note("call"); err != nil || len(w.errs) == 0 {
		return err
	}
	err := w.errs[0]
	w.errs = w.errs[1:]
	return err
}
