package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/bundle"
	"klantreis/internal/store"
	"klantreis/journey"
)

// The origins of a publication, as a command names them.
const (
	OriginPublish  = store.OriginPublish
	OriginRollback = store.OriginRollback
	OriginPause    = store.OriginPause
	OriginResume   = store.OriginResume
)

// NoteOfRollback is the note of a rollback when nobody wrote another one.
func NoteOfRollback(version int64) string { return fmt.Sprintf("back to version %d", version) }

// ErrOvertaken says that somebody else published a map after the review of this one.
var ErrOvertaken = store.ErrOtherLive

// MapErrors are everything that is wrong with a map.
type MapErrors []string

// Error implements error.
func (e MapErrors) Error() string {
	return "the map has errors, so it is not published:\n" + strings.Join(e, "\n")
}

// NeedsError is what a map needs of the settings that is not there.
type NeedsError []string

// Error implements error.
func (e NeedsError) Error() string {
	return "the map needs settings that are not there, so it is not published:\n" + strings.Join(e, "\n")
}

// UnconfirmedError says that a publication would make more customers due at once, or would have sent more messages than
// the live map, than was confirmed.
type UnconfirmedError struct {
	// DueAtOnce is how many customers, More how many messages, and Confirmed how many there may be of each.
	DueAtOnce, More, Confirmed int
}

// Error implements error.
func (e *UnconfirmedError) Error() string {
	what := fmt.Sprintf("%d customers would become due at once", e.DueAtOnce)
	if e.More > e.DueAtOnce {
		what = fmt.Sprintf("%d messages more would have been sent lately", e.More)
	}
	return fmt.Sprintf("%s, and at most %d are confirmed, so the map is not published", what, e.Confirmed)
}

// Publisher publishes maps, each with a look at who is affected. It is safe for concurrent use.
type Publisher struct {
	record *store.Store
	maps   *Maps
	clock  journey.Clock
	now    func() time.Time
	guard  config.Guard
	means  means
	close  func() error
}

// PublisherOptions are what publishing takes. All are required, but a map may need none of the Needs.
type PublisherOptions struct {
	// Record is the record.
	Record config.Record
	// Guard says when a publication must be confirmed.
	Guard config.Guard
	// Needs are the settings of the processes that will carry the maps out.
	Needs config.Needs
	// Now is the real clock.
	Now func() time.Time
}

// OpenPublisher opens the record for publishing. Close it after use.
func OpenPublisher(ctx context.Context, o PublisherOptions) (*Publisher, error) {
	record, err := store.Open(ctx, string(o.Record.Database), o.Now)
	if err != nil {
		return nil, err
	}
	p := &Publisher{
		record: record, maps: newMaps(record), now: o.Now, guard: o.Guard, close: record.Close,
		means: means{link: o.Needs.CanLink(), call: o.Needs.CanCall()},
	}
	if err = record.CheckSchema(ctx); err == nil {
		p.clock, err = record.JourneyClock(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Close closes the record.
func (p *Publisher) Close() error { return p.close() }

// Review is a map that was looked at, and can be published.
type Review struct {
	// Report says who would be affected.
	Report api.MapReport
	// Warnings are what a check found.
	Warnings []string

	to      *journey.Map
	source  []byte
	hash    string
	lineage []byte
}

// Review checks a map and finds out whom it would affect if it were published now. It answers MapErrors when the map
// cannot be published at all, and NeedsError when the processes could not carry it out.
func (p *Publisher) Review(ctx context.Context, b bundle.Bundle) (*Review, error) {
	if wrong := b.CheckNames(); len(wrong) > 0 {
		return nil, MapErrors(wrong)
	}
	checked := b.Check()
	if len(checked.Errors) > 0 {
		return nil, MapErrors(checked.Errors)
	}
	if err := p.ready(ctx, checked.Published.Map); err != nil {
		return nil, err
	}
	source, err := b.Source()
	if err != nil {
		return nil, err
	}
	r := &Review{Warnings: checked.Warnings, to: checked.Published.Map, source: source, hash: bundle.Hash(source)}
	survey := survey{record: p.record, maps: p.maps, to: r.to, at: p.clock.Journey(p.now()), known: map[int64]*journey.Map{}}
	if r.lineage, err = survey.descend(ctx); err != nil {
		return nil, err
	}
	r.Report, err = survey.run(ctx, r.hash)
	if err != nil {
		return nil, fmt.Errorf("find out who is affected: %w", err)
	}
	r.Report.Guard = p.guard.Most
	return r, nil
}

// How says how a publication came about.
type How struct {
	// Origin is one of the origins above; Author is who publishes, and Note why.
	Origin, Author, Note string
	// Confirmed is what the report's number may be.
	Confirmed int
	// By is who did it, for the audit log.
	By access.Actor
}

// Publish makes the map that was reviewed the live one, unless it is already. It answers *UnconfirmedError when the
// report's number is greater than what is confirmed, and ErrOvertaken when another map was published since the review.
func (p *Publisher) Publish(ctx context.Context, r *Review, how How) (version int64, published bool, err error) {
	if r.Report.Confirm > how.Confirmed {
		unconfirmed := UnconfirmedError{DueAtOnce: r.Report.DueAtOnce, Confirmed: how.Confirmed}
		if r.Report.Backtest != nil {
			unconfirmed.More = r.Report.Backtest.More
		}
		return 0, false, &unconfirmed
	}
	return p.record.Publish(ctx, store.Publication{
		Source: r.source, Hash: r.hash, Lineage: r.lineage, At: p.clock.Journey(p.now()), Origin: how.Origin, Author: how.Author, Note: how.Note,
		After: r.Report.Live, By: how.By,
	})
}

// Map returns the map and templates of a version; those of the live one when it is 0, and that version's number. It
// answers store.ErrNotFound when there is none.
func (p *Publisher) Map(ctx context.Context, version int64) (bundle.Bundle, int64, error) {
	if version == 0 {
		var err error
		if version, err = p.record.LiveVersion(ctx); err != nil {
			return bundle.Bundle{}, 0, err
		}
	}
	source, err := p.record.MapSource(ctx, version)
	if err != nil {
		return bundle.Bundle{}, 0, err
	}
	b, err := bundle.Parse(source)
	return b, version, err
}

// Versions returns the newest versions of the map below one, newest first, at most limit.
func (p *Publisher) Versions(ctx context.Context, below int64, limit int) ([]store.MapVersion, error) {
	return p.record.MapVersions(ctx, below, limit)
}
