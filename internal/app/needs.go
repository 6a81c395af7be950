package app

import (
	"context"
	"errors"
	"fmt"

	"klantreis/activities"
	"klantreis/internal/webhook"
	"klantreis/journey"
)

// setWebhooks makes the caller of webhooks, when there is a secret to sign with.
func (a *App) setWebhooks(context.Context) error {
	if a.cfg.Webhook.Secret == "" {
		return nil
	}
	client, err := webhook.New(webhook.Options{
		Secret: string(a.cfg.Webhook.Secret), AllowPrivate: a.cfg.Webhook.AllowPrivate, Now: a.Now,
	})
	if err != nil {
		return fmt.Errorf("--webhook-secret (KLANTREIS_WEBHOOK_SECRET): %w", err)
	}
	a.webhooks = client
	return nil
}

// checkNeeds looks whether the map to publish and the live one can be carried out with this configuration. It changes
// nothing. A map that cannot be used is for others to report.
func (a *App) checkNeeds(ctx context.Context) error {
	b, err := a.toPublish(ctx)
	if err != nil {
		return err
	}
	if checked := b.Check(); len(b.Files) > 0 && checked.Published != nil {
		if err := a.lacks(checked.Published.Map); err != nil {
			return err
		}
	}
	version, err := a.record.LiveVersion(ctx)
	if err != nil || version == 0 {
		return err
	}
	live, err := a.maps.Published(ctx, version)
	if errors.Is(err, activities.ErrUnusable) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.lacks(live.Map)
}

// lacks returns what the map needs of the configuration that is not there.
func (a *App) lacks(m *journey.Map) error { return errors.Join(a.means().lacking(m)...) }

// means says what this process can carry out. Webhooks are the workers' business.
func (a *App) means() means {
	return means{link: a.cfg.HTTP.CanLink(), call: a.webhooks != nil || !a.Roles.Worker}
}

// means are what some maps need to be carried out.
type means struct{ link, call bool }

// lacking returns what a map needs that is not there. A nil map needs nothing.
func (has means) lacking(m *journey.Map) []error {
	var problems []error
	if why := needsLinks(m); why != "" && !has.link {
		problems = append(problems, errors.New("--public-url (KLANTREIS_PUBLIC_URL) and --link-key (KLANTREIS_LINK_KEY): must be set, to the same in all processes, because "+why))
	}
	if !has.call && uses(m, journey.StepWebhook) {
		problems = append(problems, errors.New("--webhook-secret (KLANTREIS_WEBHOOK_SECRET): must be set, because the map calls webhooks"))
	}
	return problems
}

// beyond returns what one is able to publish who follows the live map already: what that needs is there, since no process
// starts without it.
func (has means) beyond(live *journey.Map) means {
	return means{link: has.link || needsLinks(live) != "", call: has.call || uses(live, journey.StepWebhook)}
}

// ready answers NeedsError when a map needs settings that are not there.
func (p *Publisher) ready(ctx context.Context, m *journey.Map) error {
	missing := p.means.lacking(m)
	if len(missing) == 0 {
		return nil
	}
	version, err := p.record.LiveVersion(ctx)
	if err != nil {
		return err
	}
	if version > 0 {
		live, err := usable(p.maps.Published(ctx, version))
		if err != nil {
			return err
		}
		missing = p.means.beyond(live).lacking(m)
	}
	var needs NeedsError
	for _, problem := range missing {
		needs = append(needs, problem.Error())
	}
	if needs == nil {
		return nil
	}
	return needs
}

// needsLinks says why the mails of a map must link to pages of this server; "" when they need not.
func needsLinks(m *journey.Map) string {
	if uses(m, journey.StepAsk) {
		return "the map asks questions"
	}
	if m == nil {
		return ""
	}
	for t := range m.Sends() {
		if t.Class != journey.Transactional {
			return "the map sends service or marketing mails, which must have a link to unsubscribe"
		}
	}
	return ""
}

// uses tells whether a map has a step of a kind. A nil map has none.
func uses(m *journey.Map, kind journey.StepKind) bool {
	if m == nil {
		return false
	}
	for i := range m.Touchpoints {
		if among(m.Touchpoints[i].Steps, kind) {
			return true
		}
	}
	return false
}

func among(steps []journey.Step, kind journey.StepKind) bool {
	for i := range steps {
		s := &steps[i]
		if s.Kind == kind || among(s.Do, kind) || among(s.Else, kind) {
			return true
		}
		for _, arm := range s.Arms {
			if among(arm.Do, kind) {
				return true
			}
		}
	}
	return false
}
