package simulate

import (
	"fmt"
	"slices"
	"time"

	"klantreis/journey"
)

// handOver settles the planned messages, now: a last look whether each is still wanted, and then the provider.
func (c *Customer) handOver() ([]journey.Settlement, error) {
	var settled []journey.Settlement
	for i := range c.open {
		msg := &c.open[i]
		s := journey.Settlement{MessageID: msg.ID, Kind: msg.Kind, At: c.now, Class: msg.Class}
		if msg.PlannedAt.After(s.At) {
			s.At = msg.PlannedAt
		}
		var err error
		if s.Reason, err = c.refused(msg, s.At); err != nil {
			return nil, fmt.Errorf("simulate customer %s: %w", c.CustomerID, err)
		}
		if s.Reason == "" {
			s.Sent, s.Reason = true, journey.ReasonSent
			c.tellSent(msg, s.At)
		}
		settled = append(settled, s)
	}
	c.open = c.open[:0]
	return settled, nil
}

// refused says why a message is not handed over; "" when it is. A webhook is called even when its run has gone on.
func (c *Customer) refused(msg *journey.Message, at time.Time) (journey.Reason, error) {
	if msg.Kind == journey.KindWebhook {
		return "", nil
	}
	run := c.run(msg.RunID)
	reason, err := c.Map.Unwanted(journey.LastLook{
		State: c.state, Run: *run, Class: msg.Class, Unseen: c.unseen, Rhythm: c.Rhythm, Now: at,
	})
	if err != nil || reason != "" || c.HandOver == nil {
		return reason, err
	}
	return c.HandOver(Delivery{Message: *msg, At: at, State: c.state, Run: *run}), nil
}

// run returns a run under way. One that is not under way any more has no more than its status.
func (c *Customer) run(id string) *journey.Run {
	if i := slices.IndexFunc(c.state.Runs, func(r journey.Run) bool { return r.ID == id }); i >= 0 {
		return &c.state.Runs[i]
	}
	return &journey.Run{ID: id, Status: journey.RunEnded, Reason: journey.ReasonCompleted}
}
