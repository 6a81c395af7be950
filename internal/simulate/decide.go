package simulate

import (
	"cmp"
	"fmt"
	"slices"

	"klantreis/journey"
)

// decide decides, hands over what was planned and decides again, until nothing is left to do now.
func (c *Customer) decide() error {
	var settled []journey.Settlement
	for {
		events := c.takeUnseen()
		out, err := c.Map.Decide(journey.Input{
			State: c.state, Events: events, Settled: settled, Now: c.now, MapVersion: mapVersion, Rhythm: c.Rhythm, Past: c,
		})
		if err != nil {
			return fmt.Errorf("simulate customer %s: %w", c.CustomerID, err)
		}
		before := c.state.Phase
		c.consume(events)
		c.apply(&out)
		c.tell(before, &out)
		if settled, err = c.handOver(); err != nil || len(settled) == 0 {
			return err
		}
	}
}

// takeUnseen returns the events for a decision in order of arrival. A visitor's events come later than they arrived.
func (c *Customer) takeUnseen() []journey.Event {
	events := c.unseen
	c.unseen = nil
	bySeq := func(a, b journey.Event) int { return cmp.Compare(a.Seq, b.Seq) }
	if !slices.IsSortedFunc(events, bySeq) {
		slices.SortStableFunc(events, bySeq)
	}
	return events
}
