package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"klantreis/api"
	"klantreis/internal/bundle"
	"klantreis/internal/store"
)

// mapsAPI serves the versions of the map.
type mapsAPI struct{ publisher *Publisher }

// Versions implements api.Maps.
func (m mapsAPI) Versions(ctx context.Context, below int64, limit int) ([]api.MapVersion, error) {
	live, err := m.publisher.record.LiveVersion(ctx)
	if err != nil {
		return nil, err
	}
	if below == 0 {
		below = math.MaxInt64
	}
	versions, err := m.publisher.Versions(ctx, below, limit)
	if err != nil {
		return nil, err
	}
	list := make([]api.MapVersion, len(versions))
	for i, v := range versions {
		list[i] = mapVersion(v, live)
	}
	return list, nil
}

// Version implements api.Maps.
func (m mapsAPI) Version(ctx context.Context, version int64) (api.MapVersion, bool, error) {
	live, err := m.publisher.record.LiveVersion(ctx)
	if err != nil {
		return api.MapVersion{}, false, err
	}
	b, version, err := m.publisher.Map(ctx, version)
	if errors.Is(err, store.ErrNotFound) {
		return api.MapVersion{}, false, nil
	}
	if err != nil {
		return api.MapVersion{}, false, err
	}
	v, err := m.publisher.record.MapVersion(ctx, version)
	if err != nil {
		return api.MapVersion{}, false, err
	}
	one := mapVersion(v, live)
	one.Files = b.Files
	return one, true, nil
}

func mapVersion(v store.MapVersion, live int64) api.MapVersion {
	return api.MapVersion{
		Version: v.Version, Live: v.Version == live, Hash: v.Hash, PublishedAt: v.PublishedAt, Origin: v.Origin, Author: v.Author, Note: v.Note,
	}
}

// Publish implements api.Maps. A pause is not tried: it sends nothing, and is often urgent.
func (m mapsAPI) Publish(ctx context.Context, p api.MapPublication) (api.MapResult, error) {
	b, refused, err := m.bundle(ctx, &p)
	if err != nil || refused != nil {
		return *cmp.Or(refused, &api.MapResult{}), err
	}
	review, err := m.publisher.Review(ctx, b)
	if wrong, ok := errors.AsType[MapErrors](err); ok {
		return api.MapResult{Errors: wrong}, nil
	}
	if needs, ok := errors.AsType[NeedsError](err); ok {
		return api.MapResult{Errors: needs}, nil
	}
	if err == nil && p.Origin != OriginPause {
		err = m.publisher.Try(ctx, review, nil)
	}
	if err != nil {
		return api.MapResult{}, err
	}
	result := api.MapResult{Version: review.Report.Live, Report: &review.Report, Warnings: review.Warnings}
	if p.Dry {
		return result, nil
	}
	version, published, err := m.publisher.Publish(ctx, review, How{
		Origin: p.Origin, By: p.By, Author: cmp.Or(p.Author, p.By.Name), Note: p.Note, Confirmed: max(p.Confirm, m.publisher.guard.Most),
	})
	_, unconfirmed := errors.AsType[*UnconfirmedError](err)
	switch {
	case unconfirmed:
		result.Unconfirmed = true
	case errors.Is(err, ErrOvertaken):
		result.Overtaken = true
	case err != nil:
		return api.MapResult{}, err
	default:
		result.Version, result.Published = version, published
	}
	return result, nil
}

// bundle returns the map that is to be published, or why there is none.
func (m mapsAPI) bundle(ctx context.Context, p *api.MapPublication) (bundle.Bundle, *api.MapResult, error) {
	switch p.Origin {
	case OriginRollback:
		p.Note = cmp.Or(p.Note, NoteOfRollback(p.Version))
		b, _, err := m.publisher.Map(ctx, p.Version)
		if errors.Is(err, store.ErrNotFound) {
			return b, &api.MapResult{Missing: fmt.Sprintf("there is no version %d of the map", p.Version)}, nil
		}
		return b, nil, err
	case OriginPause, OriginResume:
		live, _, err := m.publisher.Map(ctx, 0)
		if errors.Is(err, store.ErrNotFound) {
			return live, &api.MapResult{Missing: "no map is live"}, nil
		}
		if err != nil {
			return live, nil, err
		}
		switched, _, err := live.Switch(p.Touchpoint, p.Origin == OriginPause)
		if none, ok := errors.AsType[*bundle.NoTouchpointError](err); ok {
			return live, &api.MapResult{Missing: none.Error()}, nil
		}
		if err != nil {
			return live, &api.MapResult{Errors: []string{err.Error()}}, nil
		}
		return switched, nil, nil
	}
	return bundle.Bundle{Files: p.Files}, nil, nil
}
