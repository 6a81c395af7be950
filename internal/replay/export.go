package replay

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Write writes the events in the order of posting, one JSON object in Segment's form on a line, each with the instant at
// which it would be received.
func (s Script) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	for _, e := range s.Events {
		line := struct {
			Event
			ReceivedAt time.Time `json:"receivedAt"`
		}{e, e.PostAt}
		if err := lines.Encode(line); err != nil {
			return fmt.Errorf("write event %s: %w", e.MessageID, err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write events: %w", err)
	}
	return nil
}

// Prepare loads the orders and makes the script that Replay posts.
func Prepare(o Options) (Script, error) {
	o = o.withDefaults()
	if o.Speed <= 0 || o.Speed > MaxSpeed {
		return Script{}, fmt.Errorf("the speed must be more than 0 and at most %d", MaxSpeed)
	}
	orders, err := o.load()
	if err != nil {
		return Script{}, err
	}
	return NewScript(Busy(orders, o.Orders), o.Seed, time.Duration(float64(o.Tolerance)*o.Speed)), nil
}
