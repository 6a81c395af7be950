package journey

import (
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// locate returns the zone of a customer: the IANA zone they name, else that of their country (see countryZone), else the
// fallback. A name that is not known counts as none.
func locate(timezone, country string, fallback *time.Location) *time.Location {
	if loc := zones.load(timezone); loc != nil {
		return loc
	}
	if loc := zones.load(countryZone(country)); loc != nil {
		return loc
	}
	return fallback
}

// zoneNamePattern matches what a zone's name can look like. It leaves out the names that mean the machine's own zone and
// the copies that a system keeps in folders with names in lower case.
var zoneNamePattern = regexp.MustCompile(`^[A-Z][A-Za-z0-9+_-]*(/[A-Z][A-Za-z0-9+_-]*){0,2}$`)

const (
	longestZoneName = 40
	maxZones        = 2000 // more than there are; some file systems take a name in any case
)

// zones keeps the zones that have been used, since reading one takes a thousand times as long as finding it here.
var zones zoneCache

type zoneCache struct {
	byName sync.Map // string to *time.Location
	count  atomic.Int64
}

// load returns a zone by its name, or nil when there is none. Unknown names are not kept, so that customers who make
// names up take no memory.
func (c *zoneCache) load(name string) *time.Location {
	if name == "" || len(name) > longestZoneName || name == "Local" {
		return nil
	}
	if known, ok := c.byName.Load(name); ok {
		return known.(*time.Location)
	}
	if !zoneNamePattern.MatchString(name) {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	if c.count.Load() < maxZones {
		// The name may be a part of an event that is much longer.
		if _, raced := c.byName.LoadOrStore(strings.Clone(name), loc); !raced {
			c.count.Add(1)
		}
	}
	return loc
}
