package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"klantreis/internal/access"
)

// ErrOtherLive says that the map that a publication was compared with is not the live one any more.
var ErrOtherLive = errors.New("another map was published meanwhile")

// The origins of versions of the map.
const (
	// OriginStart is a map that a process published when it started.
	OriginStart = "start"
	// OriginPublish is a map that somebody published.
	OriginPublish = "publish"
	// OriginRollback is an older version that somebody published again.
	OriginRollback = "rollback"
	// OriginPause and OriginResume are the live map with the switch turned.
	OriginPause  = "pause"
	OriginResume = "resume"
)

// Publication is a map to be published.
type Publication struct {
	// Source is the map, and Hash names its content.
	Source []byte
	Hash   string
	// Lineage is what the map inherits from the versions before it. May be empty.
	Lineage []byte
	// At is the journey instant.
	At time.Time
	// Origin says how it came about, Author who did it, and Note why. Author and Note may be empty.
	Origin, Author, Note string
	// After is the version that must be live. AnyLive means that it does not matter.
	After int64
	// By is who did it, for the audit log.
	By access.Actor
}

// AnyLive lets a publication follow any version.
const AnyLive = -1

var (
	liveMapSQL   = sqlText(`SELECT version, hash FROM maps ORDER BY version DESC LIMIT 1`)
	insertMapSQL = sqlText(`INSERT INTO maps (version, hash, source, published_at, origin, author, note, lineage)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (version) DO NOTHING`)
	mapSourceSQL = sqlText(`SELECT source, lineage FROM maps WHERE version = $1`)
)

// PublishMap makes a source the live map, whichever was live before, as a process does when it starts.
func (s *Store) PublishMap(ctx context.Context, source []byte, hash string, at time.Time) (version int64, published bool, err error) {
	return s.Publish(ctx, Publication{Source: source, Hash: hash, At: at, Origin: OriginStart, After: AnyLive})
}

// Publish makes a source the live map under the next version, unless its hash is that of the live one: then it answers
// that version and false. It answers ErrOtherLive when the live version is not the one that it must be. Versions never
// change. The highest one is live, so the way back to an older map is to publish its source again.
func (s *Store) Publish(ctx context.Context, p Publication) (version int64, published bool, err error) {
	for {
		live, liveHash, err := s.liveMap(ctx)
		switch {
		case err != nil:
			return 0, false, err
		case p.After != AnyLive && p.After != live:
			return 0, false, ErrOtherLive
		case live > 0 && liveHash == p.Hash:
			return live, false, nil
		}
		var inserted int64
		err = s.write(ctx, func(ctx context.Context, t tx) error {
			inserted, err = t.exec(ctx, insertMapSQL, live+1, p.Hash, p.Source, micros(p.At), p.Origin,
				storableText(p.Author), storableText(p.Note), string(p.Lineage))
			if err != nil || inserted == 0 {
				return err
			}
			return s.note(ctx, t, p.By, "map."+p.Origin, fmt.Sprintf("version %d", live+1), versionValues(live, liveHash), versionValues(live+1, p.Hash))
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

// versionValues is what the audit log says of a version; nothing of none.
func versionValues(version int64, hash string) values {
	if version == 0 {
		return nil
	}
	return values{"version": version, "hash": hash}
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
	source, _, err := s.MapParts(ctx, version)
	return source, err
}

// MapParts returns the source of a version and what it inherits from those before it, which is empty when nobody said. It
// answers ErrNotFound when there is none.
func (s *Store) MapParts(ctx context.Context, version int64) (source, lineage []byte, err error) {
	var inherited string
	err = s.readOne(ctx, mapSourceSQL, []any{version}, &source, &inherited)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, nil, fmt.Errorf("map version %d: %w", version, err)
	}
	return source, []byte(inherited), nil
}
