package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

var (
	liveMapSQL   = sqlText(`SELECT version, hash FROM maps ORDER BY version DESC LIMIT 1`)
	insertMapSQL = sqlText(`INSERT INTO maps (version, hash, source, published_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (version) DO NOTHING`)
	mapSourceSQL = sqlText(`SELECT source FROM maps WHERE version = $1`)
)

// PublishMap makes a source the live map under the next version, unless its hash is that of the live one: then it
// answers that version and false. Versions never change. The highest one is live, so the way back to an older map is to
// publish its source again.
func (s *Store) PublishMap(ctx context.Context, source []byte, hash string, at time.Time) (version int64, published bool, err error) {
	for {
		live, liveHash, err := s.liveMap(ctx)
		if err != nil {
			return 0, false, err
		}
		if live > 0 && liveHash == hash {
			return live, false, nil
		}
		var inserted int64
		err = s.write(ctx, func(ctx context.Context, t tx) error {
			inserted, err = t.exec(ctx, insertMapSQL, live+1, hash, source, micros(at))
			return err
		})
		if err != nil {
			return 0, false, fmt.Errorf("publish map version %d: %w", live+1, err)
		}
		if inserted == 1 {
			return live + 1, true, nil
		}
		// Somebody else took the version meanwhile. Theirs may be the same map.
	}
}

// LiveVersion returns the version of the live map. It is 0 before the first.
func (s *Store) LiveVersion(ctx context.Context) (int64, error) {
	version, _, err := s.liveMap(ctx)
	return version, err
}

func (s *Store) liveMap(ctx context.Context) (version int64, hash string, err error) {
	err = s.readOne(ctx, liveMapSQL, nil, &version, &hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, "", fmt.Errorf("read the live map version: %w", err)
	}
	return version, hash, nil
}

// MapSource returns the source of a version. It answers ErrNotFound when there is none.
func (s *Store) MapSource(ctx context.Context, version int64) ([]byte, error) {
	var source []byte
	err := s.readOne(ctx, mapSourceSQL, []any{version}, &source)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("map version %d: %w", version, err)
	}
	return source, nil
}
