package simulate

import "klantreis/journey"

// Replay feeds all events of the customer, in order of arrival (of their Seq). A visitor's event among them, which has no
// UserID, arrives only with the event that gave its device to the customer, as it did or will do in the record.
func (c *Customer) Replay(events []journey.Event) error {
	ours := map[string]bool{} // devices
	var waiting []journey.Event
	for i := range events {
		e := &events[i]
		if e.UserID == "" && !ours[e.AnonymousID] {
			waiting = append(waiting, *e)
			continue
		}
		arriving := events[i : i+1]
		if len(waiting) > 0 {
			var adopted []journey.Event
			adopted, waiting = adopt(waiting, *e)
			arriving = append(adopted, *e)
		}
		if e.UserID != "" {
			ours[e.AnonymousID], ours[e.PreviousID] = true, true
		}
		if err := c.Arrive(arrival(*e), arriving...); err != nil {
			return err
		}
	}
	return c.Feed(waiting...)
}

// adopt parts a customer's waiting events into those of the devices that an event names, and the rest.
func adopt(waiting []journey.Event, by journey.Event) (adopted, rest []journey.Event) {
	for _, e := range waiting {
		if by.UserID != "" && (e.AnonymousID == by.AnonymousID || e.AnonymousID == by.PreviousID) {
			adopted = append(adopted, e)
		} else {
			rest = append(rest, e)
		}
	}
	return adopted, rest
}
