package torture

import "slices"

// told: what the provider reported against an address is in the record, and so is that it must not be mailed any more. A
// click on the link of a mail is told to us, not to the provider.
func (c *checker) told() {
	kept := map[string]bool{}
	for _, one := range c.kept {
		kept[one.ID] = true
	}
	for _, r := range c.reports {
		message, known := c.messageOf[r.MessageID]
		if !known || !slices.Contains(against, r.Event) {
			continue
		}
		if r.Event != oneClick && !kept[r.ID] {
			c.breach(ruleTold, "the %s %s about message %s was acknowledged and is lost", r.Event, r.ID, r.MessageID)
		}
		suppressed, objecting := slices.Contains(c.suppressed, message.CustomerID), slices.Contains(c.objecting, message.CustomerID)
		switch r.Event {
		case bounce, "spamreport":
			objecting = false
		case "unsubscribe":
			suppressed = false
		}
		if !suppressed && !objecting {
			c.breach(ruleTold, "the %s about message %s was acknowledged, and its reader may be mailed", r.Event, r.MessageID)
		}
	}
}
