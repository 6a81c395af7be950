package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"klantreis/activities"
	"klantreis/api"
	"klantreis/internal/store"
	"klantreis/journey"
)

// survey finds out what a map would do to the customers who are under way. It asks the core itself, run by run, wherever
// an edit can change when something falls due.
type survey struct {
	record *store.Store
	maps   *Maps
	to     *journey.Map
	at     time.Time // the journey instant at which it would be published

	ctx    context.Context
	live   int64 // the version with which it is compared; 0 before the first
	report api.MapReport
	due    map[string]bool        // the customers who become due at once
	rhythm *journey.Rhythm        // nil until it is needed
	known  map[int64]*journey.Map // nil for versions that cannot be used
}

func (s *survey) run(ctx context.Context, hash string) (api.MapReport, error) {
	s.ctx, s.due = ctx, map[string]bool{}
	s.report = api.MapReport{
		Changes: []api.MapChange{}, Affected: []api.MapAffected{}, Spread: journey.FormatDuration(s.to.Policy.Spread),
	}
	if err := s.compare(hash); err != nil {
		return s.report, err
	}
	counts, err := s.record.Standing(ctx)
	if err != nil {
		return s.report, err
	}
	if err := s.countChanges(counts); err != nil {
		return s.report, err
	}
	for _, at := range counts {
		s.report.Waiting += at.Runs
		if s.report.Same {
			continue
		}
		if err := s.look(at); err != nil {
			return s.report, err
		}
	}
	s.report.DueAtOnce, s.report.Confirm = len(s.due), len(s.due)
	return s.report, nil
}

// descend gives the map what it inherits from the live one, and returns that as it is kept. It answers MapErrors when an id
// means something else already.
func (s *survey) descend(ctx context.Context) ([]byte, error) {
	var err error
	s.ctx = ctx
	if s.live, err = s.record.LiveVersion(ctx); err != nil {
		return nil, err
	}
	before, err := s.liveLineage()
	if err != nil {
		return nil, err
	}
	lineage, problems := s.to.Descend(before, s.live)
	if len(problems) > 0 {
		return nil, MapErrors(problems)
	}
	s.to.Inherit(lineage)
	kept, err := json.Marshal(lineage)
	if err != nil {
		return nil, fmt.Errorf("keep the map's lineage: %w", err)
	}
	return kept, nil
}

// liveLineage returns the lineage of the live map, also of one that this release cannot use any more.
func (s *survey) liveLineage() (journey.Lineage, error) {
	live, err := s.Version(s.live)
	switch {
	case err != nil || s.live == 0:
		return journey.Lineage{}, err
	case live != nil:
		return live.Lineage(), nil
	}
	_, kept, err := s.record.MapParts(s.ctx, s.live)
	if err != nil {
		return journey.Lineage{}, err
	}
	return readLineage(kept)
}

// compare says what is different from the live map.
func (s *survey) compare(hash string) error {
	if s.live == 0 {
		return nil
	}
	live, err := s.record.MapVersion(s.ctx, s.live)
	if err != nil {
		return err
	}
	s.report.Live, s.report.Same = s.live, live.Hash == hash
	older, err := s.Version(s.live)
	if err != nil || older == nil {
		return err
	}
	for _, c := range journey.Compare(older, s.to) {
		if c.Kind != journey.ChangeStays {
			s.report.Changes = append(s.report.Changes, api.MapChange{Change: c, Words: c.Words()})
		}
	}
	return nil
}

// Version implements journey.Versions.
func (s *survey) Version(version int64) (*journey.Map, error) {
	if m, ok := s.known[version]; ok || version == 0 {
		return m, nil
	}
	m, err := usable(s.maps.Published(s.ctx, version))
	if err != nil {
		return nil, err
	}
	s.known[version] = m
	return m, nil
}

// usable returns the map of a version; nil when this release cannot use it.
func usable(published *activities.Published, err error) (*journey.Map, error) {
	switch {
	case errors.Is(err, activities.ErrUnusable), errors.Is(err, activities.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return published.Map, nil
}

// look finds out what changes for the runs that stand at one place.
func (s *survey) look(at store.Standing) error {
	change, err := s.to.ChangeAt(s, at.MapVersion, s.live+1, at.Touchpoint, at.Step)
	if err != nil {
		return err
	}
	if at.Held == journey.ReasonPaused && change.Kind != journey.ChangeEnds && change.Kind != journey.ChangeMoves && !s.to.PausedAt(at.Touchpoint) {
		change.Kind = journey.ChangeResumed
	}
	if at.Held == journey.ReasonEdited && (change.Kind == journey.ChangeStays || change.Kind == journey.ChangeRenamed) {
		change.Kind = journey.ChangeReturns
	}
	affected := api.MapAffected{Change: change, MapVersion: at.MapVersion, Waiting: at.Runs}
	switch change.Kind {
	case journey.ChangeStays:
		return nil
	case journey.ChangeEnds:
		affected.Ends = at.Runs
	case journey.ChangeWait, journey.ChangeMoves, journey.ChangeFinishes, journey.ChangeResumed, journey.ChangeReturns:
		if err := s.preview(at, &affected); err != nil || affected.Waiting == 0 {
			return err
		}
	default: // another name changes nothing for the runs
	}
	affected.Words = s.words(affected)
	s.report.Changing += affected.Waiting
	s.report.Affected = append(s.report.Affected, affected)
	return nil
}

// preview counts, run by run, whom the edit makes due at once and whom it ends. What would have fallen due by then anyway
// does not count.
func (s *survey) preview(at store.Standing, affected *api.MapAffected) error {
	if s.rhythm == nil {
		learnt, err := sampledRhythm(s.ctx, s.record)
		if err != nil {
			return err
		}
		s.rhythm = &learnt
	}
	until := s.at.Add(s.to.Policy.Spread)
	affected.Waiting = 0
	return s.record.StandingRuns(s.ctx, at, func(state journey.State, past journey.Past) error {
		runs, err := s.to.Preview(journey.Input{
			State: state, Now: s.at, MapVersion: s.report.Live + 1, MapSince: s.at, Versions: s, Past: past,
			Rhythm: *s.rhythm,
		})
		if err != nil {
			return err
		}
		if affected.Kind == journey.ChangeReturns && runs[0].Held == journey.ReasonEdited {
			return nil // the edit takes effect under this map too
		}
		affected.Waiting++
		before, after := state.Runs[0].Due, runs[0].Due
		switch {
		case runs[0].Status == journey.RunEnded:
			affected.Ends++
		case !after.IsZero() && !after.After(until) && (before.IsZero() || before.After(until)):
			affected.DueAtOnce++
			s.due[state.CustomerID] = true
		}
		return nil
	})
}

// words says what happens at one place.
func (s *survey) words(a api.MapAffected) string {
	words := fmt.Sprintf("%s (%d under way", a.Change.Words(), a.Waiting)
	if a.DueAtOnce > 0 {
		words += fmt.Sprintf("; %d of them become due at once", a.DueAtOnce)
		if s.to.Policy.Spread > 0 {
			words += ", spread over " + s.report.Spread
		}
	}
	if a.Ends > 0 {
		words += fmt.Sprintf("; %d of them end", a.Ends)
	}
	return words + ")"
}
