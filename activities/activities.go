package activities

import (
	"context"
	"log/slog"
	"time"

	"klantreis/journey"
)

// Published is one version of the journey map, ready to use.
type Published struct {
	// Map is the compiled map.
	Map *journey.Map
	// Renderer renders its templates.
	Renderer Renderer
}

// Maps gives the published versions of the journey map. It is safe for concurrent use.
type Maps interface {
	// Published returns a version of the map, compiled. It is called often, so it should keep what it made. It answers
	// ErrUnusable or ErrNotFound when there is none to be had.
	Published(ctx context.Context, version int64) (*Published, error)
}

// Options are what the activities need.
type Options struct {
	// Decider and Ledger are the two sides of the record.
	Decider Decider
	Ledger  Ledger
	// Maps gives the published maps.
	Maps Maps
	// Mailer is the mail provider.
	Mailer Mailer
	// Webhooks calls other systems. Nil when none may be called: their messages then wait.
	Webhooks WebhookCaller
	// Links makes the links of mails.
	Links Links
	// Gate says when mails may be handed over. Nil means always.
	Gate Gate
	// Clock relates journey time to real time.
	Clock journey.Clock
	// Now is the real clock.
	Now func() time.Time
	// Log receives what goes wrong and nobody is told. Nil discards it.
	Log *slog.Logger
	// Rhythm returns how often the customers of the shop order. Nil means that it is not known.
	Rhythm func() journey.Rhythm
	// UnknownAfter is how long a hand-over that nobody confirmed may wait for the provider's own report before it counts
	// as unknown. Defaults to 15 minutes.
	UnknownAfter time.Duration
}

// Activities are the activities of a customer's workflow. Safe for concurrent use.
type Activities struct {
	Options
}

// New returns the activities.
func New(o Options) *Activities {
	if o.UnknownAfter == 0 {
		o.UnknownAfter = 15 * time.Minute
	}
	if o.Rhythm == nil {
		o.Rhythm = func() journey.Rhythm { return journey.Rhythm{} }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Activities{Options: o}
}
