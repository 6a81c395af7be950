package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/store"
	"klantreis/journey"
)

// Story is what was decided about a customer.
type Story struct {
	// UserID is the shop's id of the customer, and Zone the time zone in which the instants are.
	UserID string `json:"userId"`
	Zone   string `json:"timezone"`
	// Decisions are in order, the newest last.
	Decisions []StoryDecision `json:"decisions"`
	// Earlier is true when there are earlier ones.
	Earlier bool `json:"earlier"`
	// Consents are the newest statements about messages, the newest last.
	Consents []StoryConsent `json:"consents,omitempty"`
}

// StoryConsent is one statement of a customer about messages.
type StoryConsent struct {
	// At is when it was said, in the customer's time zone.
	At time.Time `json:"at"`
	// About is the message class or the topic.
	About string `json:"about"`
	// Given is true for a consent and false for an objection, and Confirmed when the customer confirmed it.
	Given     bool `json:"given"`
	Confirmed bool `json:"confirmed,omitempty"`
	// Source is where it was said, and TextVersion under which text.
	Source      string `json:"source"`
	TextVersion string `json:"textVersion,omitempty"`
}

// storyConsents is how many statements are told.
const storyConsents = 20

// consentsTold returns the newest statements of a customer, the newest last.
func consentsTold(ctx context.Context, record *store.Store, customerID string, loc *time.Location) ([]StoryConsent, error) {
	said, err := record.Consents(ctx, customerID, math.MaxInt64, storyConsents)
	if err != nil {
		return nil, err
	}
	var told []StoryConsent
	for _, c := range slices.Backward(said) {
		told = append(told, StoryConsent{
			At: c.SaidAt.In(loc), About: cmp.Or(string(c.Class), c.Topic), Given: c.Given, Confirmed: c.Confirmed, Source: c.Source,
			TextVersion: c.TextVersion,
		})
	}
	return told, nil
}

// StoryDecision is one decision, told for people.
type StoryDecision struct {
	// Seq is its place in the order of all decisions.
	Seq int64 `json:"seq"`
	// At is the instant, in the customer's time zone.
	At time.Time `json:"at"`
	// Kind and Reason are its codes.
	Kind   journey.DecisionKind `json:"kind"`
	Reason journey.Reason       `json:"reason"`
	// Touchpoint is the id of the touchpoint, and Title what people call it. Empty when it is about none.
	Touchpoint string `json:"touchpoint,omitempty"`
	Title      string `json:"title,omitempty"`
	// Key and Nth tell the runs of a touchpoint apart.
	Key string `json:"key,omitempty"`
	Nth int    `json:"nth,omitempty"`
	// Step is the id of the step.
	Step string `json:"step,omitempty"`
	// Words say it in a sentence.
	Words string `json:"words"`
	// Handover is what became of the message that was planned, its instant in the customer's time zone. Absent when none was.
	Handover api.Handover `json:"handover,omitzero"`
	// Detail holds the facts that decided it, by name.
	Detail map[string]any `json:"detail,omitempty"`
}

// Why tells what was decided about a customer, at most the limit, about one touchpoint unless it is "".
func Why(ctx context.Context, cfg config.Record, now func() time.Time, userID, touchpoint string, limit int) (Story, error) {
	record, err := store.Open(ctx, string(cfg.Database), now)
	if err != nil {
		return Story{}, err
	}
	if err := record.CheckSchema(ctx); err != nil {
		return Story{}, errors.Join(err, record.Close())
	}
	story, err := tell(ctx, record, newMaps(record), userID, touchpoint, limit)
	return story, errors.Join(err, record.Close())
}

func tell(ctx context.Context, record *store.Store, maps *Maps, userID, touchpoint string, limit int) (Story, error) {
	customer, found, err := record.CustomerByUserID(ctx, userID)
	if err != nil {
		return Story{}, err
	}
	if !found {
		return Story{}, fmt.Errorf("there is no customer %q", userID)
	}
	decisions, err := record.DecisionsBefore(ctx, math.MaxInt64, customer.State.CustomerID, touchpoint, limit+1)
	if err != nil {
		return Story{}, err
	}
	m := liveMap(ctx, record, maps)
	loc := location(m, customer.State.Facts)
	story := Story{UserID: userID, Zone: loc.String(), Earlier: len(decisions) > limit, Decisions: []StoryDecision{}}
	if story.Consents, err = consentsTold(ctx, record, customer.State.CustomerID, loc); err != nil {
		return Story{}, err
	}
	runs := map[string]journey.Run{}
	for _, r := range customer.State.Runs {
		runs[r.ID] = r
	}
	decisions = decisions[:min(limit, len(decisions))]
	handedOver, err := handovers(ctx, record, m, loc, decisions)
	if err != nil {
		return Story{}, err
	}
	for _, d := range slices.Backward(decisions) {
		told := StoryDecision{
			Seq: d.Seq, At: d.At.In(loc), Kind: d.Kind, Reason: d.Reason, Touchpoint: d.Touchpoint, Title: d.Touchpoint,
			Key: runs[d.RunID].Key, Nth: runs[d.RunID].Nth, Step: d.Step, Words: d.Words(m, loc), Detail: d.Detail,
		}
		if m != nil {
			told.Title = m.TouchpointTitle(d.Touchpoint)
		}
		if handover, found := handedOver[d.MessageID]; found && plans(d.Decision) {
			if !handover.At.IsZero() {
				handover.At = handover.At.In(loc)
			}
			told.Handover = handover
		}
		story.Decisions = append(story.Decisions, told)
	}
	return story, nil
}
