package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"klantreis/activities"
	"klantreis/internal/bundle"
	"klantreis/journey"
)

// mapRecord is where the versions are kept.
type mapRecord interface {
	LiveVersion(ctx context.Context) (int64, error)
	MapParts(ctx context.Context, version int64) (source, lineage []byte, err error)
}

// Maps keeps the compiled versions of the journey map. It is safe for concurrent use.
type Maps struct {
	record mapRecord

	compiling singleflight.Group // by version

	mu          sync.Mutex // held for no longer than it takes to look
	compiled    map[int64]*keptMap
	uses        int64                 // counts up at each use of a compiled version
	live        *activities.Published // nil when it is not known
	liveVersion int64
}

func newMaps(record mapRecord) *Maps {
	return &Maps{record: record, compiled: map[int64]*keptMap{}}
}

const (
	// keptVersions is how many compiled versions are kept: those that were used last. While customers follow a newer map,
	// the versions of their last decisions are needed beside it.
	keptVersions = 16
	// readTimeout is how long reading a version from the record may take.
	readTimeout = 5 * time.Second
)

// Published implements activities.Maps. Those who want a version that is being compiled wait for it; nobody waits for
// another version.
func (m *Maps) Published(ctx context.Context, version int64) (*activities.Published, error) {
	if version == 0 {
		return nil, fmt.Errorf("no journey map is published")
	}
	if p := m.kept(version); p != nil {
		return p, nil
	}
	found, err, _ := m.compiling.Do(strconv.FormatInt(version, 10), func() (any, error) {
		if p := m.kept(version); p != nil {
			return p, nil
		}
		// Others wait for this too, so it does not end with the one who asked first.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout)
		defer cancel()
		return m.compile(ctx, version)
	})
	if err != nil {
		return nil, err
	}
	return found.(*activities.Published), nil
}

func (m *Maps) kept(version int64) *activities.Published {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := m.compiled[version]
	if known == nil {
		return nil
	}
	m.uses++
	known.used = m.uses
	return known.Published
}

// keptMap is a compiled version, and when it was used last.
type keptMap struct {
	*activities.Published
	used int64
}

// compile reads a version, compiles it, and keeps it.
func (m *Maps) compile(ctx context.Context, version int64) (*activities.Published, error) {
	source, lineage, err := m.record.MapParts(ctx, version)
	if err != nil {
		return nil, fmt.Errorf("read version %d of the map: %w", version, err)
	}
	b, err := bundle.Parse(source)
	if err != nil {
		return nil, fmt.Errorf("version %d: %w: %w", version, activities.ErrUnusable, err)
	}
	checked := b.Check()
	if err := checked.Err(); err != nil {
		return nil, fmt.Errorf("version %d: %w: %w", version, activities.ErrUnusable, err)
	}
	if err := inherit(checked.Published.Map, lineage); err != nil {
		return nil, fmt.Errorf("version %d: %w: %w", version, activities.ErrUnusable, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.uses++
	m.compiled[version] = &keptMap{Published: checked.Published, used: m.uses}
	if len(m.compiled) > keptVersions {
		delete(m.compiled, slices.MinFunc(slices.Collect(maps.Keys(m.compiled)), func(a, b int64) int {
			return cmp.Compare(m.compiled[a].used, m.compiled[b].used)
		}))
	}
	return checked.Published, nil
}

// Live returns the version that was live when somebody last looked, with its number. Whoever must not miss a newer one
// has the record compare the number and asks for the Newest when it says so: that costs less than looking each time.
func (m *Maps) Live(ctx context.Context) (int64, *activities.Published, error) {
	m.mu.Lock()
	version, live := m.liveVersion, m.live
	m.mu.Unlock()
	if live == nil {
		return m.Newest(ctx)
	}
	return version, live, nil
}

// Newest looks which version is live and returns it, with its number.
func (m *Maps) Newest(ctx context.Context) (int64, *activities.Published, error) {
	version, err := m.record.LiveVersion(ctx)
	if err != nil {
		return 0, nil, fmt.Errorf("read the live version of the map: %w", err)
	}
	p, err := m.Published(ctx, version)
	m.setLive(version, p)
	return version, p, err
}

// setLive remembers the live version. A nil one, which could not be had, makes everybody look again.
func (m *Maps) setLive(version int64, p *activities.Published) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if version >= m.liveVersion {
		m.liveVersion, m.live = version, p
	}
}

// inherit gives a map the lineage that was kept with it.
func inherit(m *journey.Map, kept []byte) error {
	if len(kept) == 0 {
		return nil
	}
	lineage, err := readLineage(kept)
	if err == nil {
		m.Inherit(lineage)
	}
	return err
}

// readLineage reads a lineage as it is kept. It is empty when none was.
func readLineage(kept []byte) (lineage journey.Lineage, err error) {
	if len(kept) == 0 {
		return lineage, nil
	}
	if err := json.Unmarshal(kept, &lineage); err != nil {
		return lineage, fmt.Errorf("read the map's lineage: %w", err)
	}
	return lineage, nil
}
