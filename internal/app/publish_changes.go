package app

import (
	"fmt"
	"slices"

	"klantreis/internal/store"
	"klantreis/journey"
)

// countChanges adds how many runs it is about to the changes that are about all runs of a touchpoint, wherever they stand.
func (s *survey) countChanges(counts []store.Standing) error {
	for i := range s.report.Changes {
		c := &s.report.Changes[i]
		if c.Kind != journey.ChangeUnited && c.Kind != journey.ChangeKey {
			continue
		}
		ids := s.to.TouchpointIDs(c.Touchpoint)
		for _, at := range counts {
			if slices.Contains(ids, at.Touchpoint) {
				c.Waiting += at.Runs
			}
		}
		c.Words += fmt.Sprintf(" (%d under way", c.Waiting)
		if c.Kind == journey.ChangeUnited {
			var err error
			if c.Ends, err = s.record.Doubled(s.ctx, ids); err != nil {
				return err
			}
			c.Words += fmt.Sprintf(" in all; %d of them end", c.Ends)
		}
		c.Words += ")"
	}
	return nil
}
