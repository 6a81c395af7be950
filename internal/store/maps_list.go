package store

import (
	"context"
	"fmt"
	"time"
)

// MapVersion is one version of the map, without its source.
type MapVersion struct {
	// Version is its number; the highest one is live.
	Version int64
	// Hash names its content.
	Hash string
	// PublishedAt is when it was published, in journey time.
	PublishedAt time.Time
	// Origin, Author and Note say how it came about, who did it and why.
	Origin, Author, Note string
}

const mapColumns = `SELECT version, hash, published_at, origin, author, note FROM maps`

var (
	mapsSQL       = sqlText(mapColumns + ` WHERE version < $1 ORDER BY version DESC LIMIT $2`)
	mapVersionSQL = sqlText(mapColumns + ` WHERE version = $1`)
	startedMapSQL = sqlText(`SELECT COALESCE(MAX(version), 0) FROM maps WHERE origin = 'start' AND hash = $1`)
)

// MapVersions returns the newest versions of the map below one, newest first, at most limit.
func (s *Store) MapVersions(ctx context.Context, below int64, limit int) ([]MapVersion, error) {
	var versions []MapVersion
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		versions, err = all(ctx, t, scanMapVersion, mapsSQL, below, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the versions of the map: %w", err)
	}
	return versions, nil
}

// MapVersion returns one version, and ErrNotFound when there is none.
func (s *Store) MapVersion(ctx context.Context, version int64) (MapVersion, error) {
	var found []MapVersion
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		found, err = all(ctx, t, scanMapVersion, mapVersionSQL, version)
		return err
	})
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return MapVersion{}, fmt.Errorf("map version %d: %w", version, err)
	}
	return found[0], nil
}

func scanMapVersion(row scanner) (MapVersion, error) {
	var v MapVersion
	var at int64
	err := row.Scan(&v.Version, &v.Hash, &at, &v.Origin, &v.Author, &v.Note)
	v.PublishedAt = instant(at)
	return v, err
}

// StartedMap returns the newest version with a hash that a starting process published. It is 0 when none did.
func (s *Store) StartedMap(ctx context.Context, hash string) (version int64, err error) {
	if err := s.readOne(ctx, startedMapSQL, []any{hash}, &version); err != nil {
		return 0, fmt.Errorf("read the maps published at starts: %w", err)
	}
	return version, nil
}
