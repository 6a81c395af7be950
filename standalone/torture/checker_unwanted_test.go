package torture

import (
	"slices"
	"strings"
	"time"
)

// unwanted: no mail after a cancel of its reason, or an objection of its reader against mails of its class, was acknowledged.
func (c *checker) unwanted() {
	ended, objected, readers := map[string]stop{}, map[string]stop{}, map[string]string{}
	for _, m := range c.mails {
		readers[m.MessageID] = user(m.To)
	}
	for _, p := range c.posted {
		if p.Acked.IsZero() {
			continue
		}
		for touchpoint, names := range cancels {
			if slices.Contains(names, p.Name) {
				first(ended, touchpoint+" "+p.OrderID, stop{p.Acked, "its reason was gone (" + p.Name + ")"})
			}
		}
		if p.Name == withdrawn {
			c.objection(objected, p.UserID, p.Acked, p.Name, classes(p.Class)...)
		}
	}
	for _, r := range c.reports {
		switch r.Event {
		case "unsubscribe", "spamreport":
			c.objection(objected, readers[r.MessageID], r.At, r.Event, classes("all")...)
		case oneClick:
			c.objection(objected, readers[r.MessageID], r.At, r.Event, classes(c.messageOf[r.MessageID].Class)...)
		case bounce:
			for _, class := range append(classes("all"), "transactional") { // The other address of the same person may be well.
				first(objected, class+" "+readers[r.MessageID], stop{r.At, "its reader bounced"})
			}
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
		c.after(m, message, ended[message.Touchpoint+" "+c.runOf[message.RunID].Key])
		c.after(m, message, objected[message.Class+" "+user(m.To)])
	}
}

// stop is an instant after which a mail must not go out, and why.
type stop struct {
	at  time.Time
	why string
}

// classes are the classes of messages that an objection is against.
func classes(told string) []string {
	if told == "service" || told == "marketing" {
		return []string{told}
	}
	return []string{"service", "marketing"}
}

// first notes an instant unless an earlier one is there.
func first(in map[string]stop, key string, one stop) {
	if known, there := in[key]; !there || one.at.Before(known.at) {
		in[key] = one
	}
}

// objection notes an objection of a user, and that the other id of the same person objects as soon as both is known.
func (c *checker) objection(objected map[string]stop, user string, at time.Time, how string, classes ...string) {
	why := "its reader objected (" + how + " by " + user + ")"
	for _, class := range classes {
		first(objected, class+" "+user, stop{at, why})
		if known := c.aliasOf[user]; !known.Acked.IsZero() {
			first(objected, class+" "+known.UserID, stop{later(at, known.Acked), why})
			first(objected, class+" "+known.Former, stop{later(at, known.Acked), why})
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
func (c *checker) after(m mail, message storedMessage, end stop) {
	at, why := end.at, end.why
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
