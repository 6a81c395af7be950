package torture

import (
	"slices"
	"strings"
	"time"
)

// unwanted: no mail after a cancel of its reason, or an objection of its reader against mails of its class, was acknowledged.
func (c *checker) unwanted() {
	ended, objected, readers := map[string]time.Time{}, map[string]time.Time{}, map[string]string{}
	for _, m := range c.mails {
		readers[m.MessageID] = user(m.To)
	}
	for _, p := range c.posted {
		if p.Acked.IsZero() {
			continue
		}
		for touchpoint, names := range cancels {
			if slices.Contains(names, p.Name) {
				first(ended, touchpoint+" "+p.OrderID, p.Acked)
			}
		}
		if p.Name == withdrawn {
			c.objection(objected, p.UserID, p.Acked, classes(p.Class)...)
		}
	}
	for _, r := range c.reports {
		switch r.Event {
		case "unsubscribe", "spamreport":
			c.objection(objected, readers[r.MessageID], r.At, classes("all")...)
		case oneClick:
			c.objection(objected, readers[r.MessageID], r.At, classes(c.messageOf[r.MessageID].Class)...)
		case bounce:
			c.objection(objected, readers[r.MessageID], r.At, append(classes("all"), "transactional")...)
		}
	}
	objectors := map[string]bool{}
	for key := range objected {
		_, who, _ := strings.Cut(key, " ")
		objectors[who] = true
	}
	c.counts.Unsubscribed = len(objectors)
	for _, m := range c.mails {
		message := c.messageOf[m.MessageID]
		c.after(m, message, "its reason was gone", ended[message.Touchpoint+" "+c.runOf[message.RunID].Key])
		c.after(m, message, "its reader objected", objected[message.Class+" "+user(m.To)])
	}
}

// classes are the classes of messages that an objection is against.
func classes(told string) []string {
	if told == "service" || told == "marketing" {
		return []string{told}
	}
	return []string{"service", "marketing"}
}

// first notes an instant unless an earlier one is there.
func first(in map[string]time.Time, key string, at time.Time) {
	if known, there := in[key]; !there || at.Before(known) {
		in[key] = at
	}
}

// objection notes an objection of a user, and that the other id of the same person objects as soon as both is known.
func (c *checker) objection(objected map[string]time.Time, user string, at time.Time, classes ...string) {
	for _, class := range classes {
		first(objected, class+" "+user, at)
		if known := c.aliasOf[user]; !known.Acked.IsZero() {
			first(objected, class+" "+known.UserID, later(at, known.Acked))
			first(objected, class+" "+known.Former, later(at, known.Acked))
		}
	}
}

// user is whose address it is.
func user(address string) string {
	name, _ := strings.CutSuffix(address, "@torture.example")
	return name
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// after judges one mail and one instant after which it must not go out.
func (c *checker) after(m mail, message storedMessage, why string, at time.Time) {
	if at.IsZero() || !m.Taken.After(at) {
		return
	}
	late := m.Taken.Sub(at)
	switch {
	case message.ClaimedAt.After(at.Add(skew)):
		c.breach(ruleUnwanted, "%s was claimed %s and taken %s after it was acknowledged that %s", m.Subject, message.ClaimedAt.Sub(at), late, why)
	case late > underWay:
		c.breach(ruleUnwanted, "%s was on its way for %s after it was acknowledged that %s", m.Subject, late, why)
	default:
		c.counts.UnderWay++
		c.counts.LongestUnderWay = max(c.counts.LongestUnderWay, late)
	}
}
