package activities

import (
	"context"
	"errors"

	"klantreis/journey"
)

// ErrUnusable says that a version of the map is there, but that this release cannot use it.
var ErrUnusable = errors.New("the version of the map cannot be used by this release")

// versions gives the core older versions of the map, within one call.
type versions struct {
	ctx  context.Context
	maps Maps
}

// Version implements journey.Versions.
func (v versions) Version(version int64) (*journey.Map, error) {
	if version == 0 {
		return nil, nil
	}
	published, err := v.maps.Published(v.ctx, version)
	switch {
	case errors.Is(err, ErrUnusable), errors.Is(err, ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return published.Map, nil
}
