package torture

import (
	"cmp"
	"slices"
	"time"
)

// handed: what the ledger says of a message is what the provider knows.
func (c *checker) handed() {
	copies := map[string][]mail{}
	for _, m := range c.mails {
		copies[m.MessageID] = append(copies[m.MessageID], m)
	}
	for _, m := range c.messages {
		taken := copies[m.ID]
		switch {
		case m.Status == "sent" && len(taken) == 0:
			c.counts.Lost++
			c.breach(ruleHanded, "message %s of %s stands sent, and the provider never took it", m.ID, m.Touchpoint)
		case (m.Status == "notsent" || m.Status == "withdrawn") && len(taken) > 0:
			c.breach(ruleHanded, "message %s of %s stands %s, and the provider took it", m.ID, m.Touchpoint, m.Status)
		}
		if m.Reason == "provider-refused" && !c.refused[m.ID] {
			c.breach(ruleHanded, "message %s of %s stands refused, and the provider did not refuse it", m.ID, m.Touchpoint)
		}
		if len(taken) > 1 {
			slices.SortFunc(taken, func(a, b mail) int { return a.Taken.Compare(b.Taken) })
			c.again(m, taken[0], taken[1])
		}
	}
}

// again judges a message that was sent a second time: nobody may have known of the first copy, for long enough.
func (c *checker) again(m storedMessage, first, second mail) {
	if pause := second.Taken.Sub(first.Taken); pause < c.patience-underWay {
		c.breach(ruleAgain, "message %s was sent again after %s, before its report could come", m.ID, pause)
	}
	for _, r := range c.reports {
		if r.MessageID != m.ID || r.Event == refusal {
			continue
		}
		if known := cmp.Or(m.ClaimedAt, second.Taken); known.After(r.At.Add(skew)) || second.Taken.After(r.At.Add(underWay)) {
			c.breach(ruleAgain, "message %s was sent again %s after its report was acknowledged", m.ID, second.Taken.Sub(r.At).Round(time.Millisecond))
			return
		}
	}
}
