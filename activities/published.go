package activities

import (
	"context"
	"errors"
	"fmt"
)

// errNoUnsubscribing says that this process cannot make the link that every mail must have which its reader may refuse.
var errNoUnsubscribing = errors.New("a mail needs a link to unsubscribe, but no public address is configured for it (--public-url)")

// errNoAnswers says that this process cannot make the links of an ask. Another one, or this one once it is configured, can.
var errNoAnswers = errors.New("a mail asks a question, but no public address is configured for the answers (--public-url)")

// published returns the live map with what the message is rendered with. All that can fail in the record comes before a
// message is claimed, so this does too.
//
// A template that the live version has no more is taken from the version that planned the message: the customer must not
// go without their mail because it was renamed meanwhile.
func (a *Activities) published(ctx context.Context, h Handover) (*Published, error) {
	if asks(h.Message) && a.Links.Answer == nil {
		return nil, errNoAnswers
	}
	if optional(h.Message.Class) && a.Links.Preferences == nil {
		return nil, errNoUnsubscribing
	}
	live, err := a.Maps.Published(ctx, h.MapVersion)
	if err != nil || live.Renderer.Has(h.Message.Template) {
		return live, err
	}
	// The run may have followed newer versions since. The one that planned the message is between these two.
	for version := h.Run.MapVersion; version >= max(h.Run.BegunVersion, 1) && version > h.Run.MapVersion-mostOlder; version-- {
		older, err := a.Maps.Published(ctx, version)
		switch {
		case errors.Is(err, ErrUnusable), errors.Is(err, ErrNotFound):
			continue
		case err != nil:
			return nil, fmt.Errorf("look for template %s in an older map: %w", h.Message.Template, err)
		}
		if older.Renderer.Has(h.Message.Template) {
			return &Published{Map: live.Map, Renderer: older.Renderer}, nil
		}
	}
	return live, nil
}

// mostOlder is in how many older versions a template is looked for.
const mostOlder = 20
