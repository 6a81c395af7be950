package journey

import "time"

// Location returns the time zone of a customer: their own, that of their country, or the map's.
func (m *Map) Location(f Facts) *time.Location { return m.location(f) }
