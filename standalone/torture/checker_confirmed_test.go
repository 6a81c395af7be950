package torture

import (
	"slices"
	"strings"
)

// confirmed: every order that is in the record has exactly one confirmation.
func (c *checker) confirmed() {
	orders := map[string]bool{}
	for _, one := range c.events {
		if one.Name != completed || orders[one.OrderID] {
			continue
		}
		orders[one.OrderID] = true
		c.confirmation(one)
	}
	c.counts.Orders = len(orders)
}

func (c *checker) confirmation(order storedEvent) {
	mails := c.mailsOf["order-confirmation "+order.OrderID]
	resent := false
	for _, m := range mails {
		resent = resent || c.messageOf[m.MessageID].Reason == "resent-unknown"
		if c.person(user(m.To)) != c.person(order.UserID) {
			c.breach(ruleConfirmed, "the confirmation of order %s went to %s instead of %s", order.OrderID, m.To, order.UserID)
		}
	}
	switch {
	case len(mails) == 0 && c.givenUp(order.OrderID):
		c.counts.GivenUp++
	case len(mails) == 0 && c.excused(order):
		c.counts.Excused++
	case strings.HasPrefix(order.OrderID, imported):
		if len(mails) > 0 {
			c.breach(ruleConfirmed, "the old order %s was confirmed", order.OrderID)
		}
	case len(mails) == 0:
		c.counts.Lost++
		c.breach(ruleConfirmed, "order %s of %s has no confirmation", order.OrderID, order.UserID)
	case len(mails) == 2 && !resent:
		c.counts.Doubled++
		c.breach(ruleConfirmed, "order %s has two confirmations, and nobody says why", order.OrderID)
	case len(mails) > 2:
		c.counts.Doubled++
		c.breach(ruleConfirmed, "order %s has %d confirmations", order.OrderID, len(mails))
	}
}

// givenUp tells whether the confirmation of an order was given up after a second sending of which nobody knows: the
// engine never sends a third copy.
func (c *checker) givenUp(orderID string) bool {
	return slices.ContainsFunc(c.messages, func(m storedMessage) bool {
		return m.Status == "unknown" && m.Resent && c.runOf[m.RunID].Key == orderID
	})
}

// calledOff tells whether the reason of a confirmation was cancelled.
func (c *checker) calledOff(orderID string) bool { return c.cancelled[cancelled+" "+orderID] }

// excused tells whether there is a good reason that an order has no confirmation, and the record gives it.
func (c *checker) excused(order storedEvent) bool {
	says := func(reason string, about ...string) bool {
		return slices.ContainsFunc(about, func(one string) bool {
			return slices.ContainsFunc(c.decidedFor[one], func(d storedDecision) bool { return d.Reason == reason })
		})
	}
	for _, r := range c.runs {
		if r.Touchpoint != "order-confirmation" || r.Key != order.OrderID {
			continue
		}
		if c.calledOff(order.OrderID) && (says("cancelled-by", r.ID) || says("unknown", r.ID)) || c.bounced[c.person(order.UserID)] && says("suppressed", r.ID) {
			return true
		}
		if slices.ContainsFunc(c.messagesOf[r.ID], func(m storedMessage) bool { return c.refused[m.ID] && says("provider-refused", m.ID) }) {
			return true
		}
	}
	return c.calledOff(order.OrderID) && says("cancelled-by", eventKey(order.Seq, "order-confirmation"))
}
