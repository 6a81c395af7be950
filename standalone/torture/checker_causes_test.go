package torture

import (
	"cmp"
	"slices"
)

// against are the reports after which a reader is not mailed.
var against = []string{"unsubscribe", "spamreport", bounce, oneClick}

// noteCauses notes what the shop and the provider know of why a mail may not go.
func (c *checker) noteCauses() {
	for _, p := range c.posted {
		c.cancelled[p.Name+" "+p.OrderID] = true
		if p.Zone != "" {
			c.zoneOf[c.person(p.UserID)] = p.Zone
		}
	}
	for user, how := range c.objectors {
		if slices.Contains(how, bounce) {
			c.bounced[c.person(user)] = true
		}
	}
	for _, r := range c.reports {
		if r.Event == refusal {
			c.refused[r.MessageID] = true
		}
	}
	c.counts.Refused, c.counts.Bounced = len(c.refused), len(c.bounced)
}

// causes: what was not sent or ended early has a cause that was posted, and what ended in the ordinary way did its work.
func (c *checker) causes() {
	for _, r := range c.runs {
		switch {
		case r.Status == "ended" && r.Reason == "cancelled-by":
			if !slices.ContainsFunc(cancels[r.Touchpoint], func(name string) bool { return c.cancelled[name+" "+r.Key] }) {
				c.breach(ruleCause, "run %s of %s %s ended as cancelled, and nobody cancelled it", r.ID, r.Touchpoint, r.Key)
			}
		case r.Status == "ended" && r.Reason == "completed":
			c.complete(r)
		}
	}
	c.silenced()
}

// complete demands that a run that did all its steps came to a mail or to a reason at each of its sends.
func (c *checker) complete(r storedRun) {
	ends := map[string]bool{}
	for _, m := range c.messagesOf[r.ID] {
		ends[m.ID] = true
	}
	for _, d := range c.decidedFor[r.ID] {
		if d.Kind == "noSend" && d.Reason != "" {
			ends[cmp.Or(d.MessageID, d.Step)] = true
		}
	}
	if len(ends) < sends[r.Touchpoint] {
		c.breach(ruleCause, "run %s of %s %s is complete, with %d of its %d mails sent or refused with a reason",
			r.ID, r.Touchpoint, r.Key, len(ends), sends[r.Touchpoint])
	}
}

// silenced demands that somebody who is not mailed because they do not want it or cannot be reached did something to that end.
func (c *checker) silenced() {
	silent, userOf := map[string]bool{}, map[string]string{}
	for _, p := range c.posted {
		if p.Name == withdrawn || slices.Contains(losing, p.Name) {
			silent[c.person(p.UserID)] = true
		}
	}
	for user := range c.objectors {
		silent[c.person(user)] = true
	}
	for _, one := range c.customers {
		userOf[one.ID] = c.person(one.UserID)
	}
	for _, d := range c.decisions {
		if (d.Reason == "suppressed" || d.Reason == "no-consent") && !silent[userOf[d.CustomerID]] {
			c.breach(ruleCause, "%s is not mailed by %s for %s, and never objected", userOf[d.CustomerID], d.Touchpoint, d.Reason)
		}
	}
}
