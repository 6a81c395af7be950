package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"klantreis/activities"
	"klantreis/internal/bundle"
	"klantreis/journey"
)

// mapRecord is where the versions are kept.
type mapRecord interface {
	PublishMap(ctx context.Context, source []byte, hash string, at time.Time) (version int64, published bool, err error)
	LiveVersion(ctx context.Context) (int64, error)
	MapSource(ctx context.Context, version int64) ([]byte, error)
}

// liveFor is how long the number of the live version may be remembered for looking at incoming events. What such an event
// should have woken under a newer map is consumed with the customer's next event.
const liveFor = time.Second

// Maps keeps the compiled versions of the journey map. It is safe for concurrent use.
type Maps struct {
	record mapRecord
	now    func() time.Time

	mu       sync.Mutex
	compiled map[int64]*activities.Published
	live     int64
	liveAt   time.Time
}

func newMaps(record mapRecord, now func() time.Time) *Maps {
	return &Maps{record: record, now: now, compiled: map[int64]*activities.Published{}}
}

// keptVersions is how many compiled versions are kept.
const keptVersions = 4

// Published implements activities.Maps.
func (m *Maps) Published(ctx context.Context, version int64) (*activities.Published, error) {
	if version == 0 {
		return nil, fmt.Errorf("no journey map is published")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.compiled[version]; p != nil {
		return p, nil
	}
	source, err := m.record.MapSource(ctx, version)
	if err != nil {
		return nil, fmt.Errorf("read version %d of the map: %w", version, err)
	}
	b, err := bundle.Parse(source)
	if err != nil {
		return nil, fmt.Errorf("version %d: %w", version, err)
	}
	checked := b.Check()
	if err := checked.Err(); err != nil {
		return nil, fmt.Errorf("version %d of the map: %w", version, err)
	}
	for len(m.compiled) >= keptVersions {
		oldest := version
		for v := range m.compiled {
			oldest = min(oldest, v)
		}
		if oldest == version {
			break
		}
		delete(m.compiled, oldest)
	}
	m.compiled[version] = checked.Published
	return checked.Published, nil
}

// Live returns the live version.
func (m *Maps) Live(ctx context.Context) (*activities.Published, error) {
	m.mu.Lock()
	version, fresh := m.live, m.now().Sub(m.liveAt) < liveFor
	m.mu.Unlock()
	if !fresh {
		newest, err := m.record.LiveVersion(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the live version of the map: %w", err)
		}
		version = newest
		m.mu.Lock()
		m.live, m.liveAt = version, m.now()
		m.mu.Unlock()
	}
	return m.Published(ctx, version)
}

// Publish checks and publishes a map, unless it is the live one already.
func (m *Maps) Publish(ctx context.Context, b bundle.Bundle, at time.Time) (version int64, published bool, err error) {
	if err := b.Check().Err(); err != nil {
		return 0, false, fmt.Errorf("the map has errors, so it is not published:\n%w", err)
	}
	source, err := b.Source()
	if err != nil {
		return 0, false, err
	}
	return m.record.PublishMap(ctx, source, bundle.Hash(source), at)
}

// interest returns how the live map looks at incoming events.
func (m *Maps) interest(ctx context.Context) (func(journey.Event) journey.Interest, error) {
	live, err := m.Live(ctx)
	if err != nil {
		return nil, err
	}
	return live.Map.Interest, nil
}
