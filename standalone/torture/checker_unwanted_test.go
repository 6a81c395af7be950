package torture

import (
	"slices"
	"strings"
	"time"
)

// unwanted: no review mail after a cancel of its order or an objection of its reader was acknowledged.
func (c *checker) unwanted() {
	ended, objected, readers := map[string]time.Time{}, map[string]time.Time{}, map[string]string{}
	for _, m := range c.mails {
		readers[m.MessageID] = m.To
	}
	note := func(in map[string]time.Time, key string, at time.Time) {
		if first, known := in[key]; !known || at.Before(first) {
			in[key] = at
		}
	}
	for _, p := range c.posted {
		switch {
		case p.Acked.IsZero():
		case slices.Contains(cancels["review-request"], p.Name):
			note(ended, p.OrderID, p.Acked)
		case p.Name == withdrawn:
			c.objection(p.UserID, p.Acked, note, objected)
		}
	}
	for _, r := range c.reports {
		if slices.Contains(against, r.Event) && !r.At.IsZero() {
			c.objection(user(readers[r.MessageID]), r.At, note, objected)
		}
	}
	c.counts.Unsubscribed = len(objected)
	for _, m := range c.mails {
		message := c.messageOf[m.MessageID]
		if message.Class != "service" {
			continue
		}
		for _, stop := range []struct {
			why string
			at  time.Time
		}{{"its order was cancelled or reviewed", ended[c.runOf[message.RunID].Key]}, {"its reader objected", objected[user(m.To)]}} {
			c.after(m, message, stop.why, stop.at)
		}
	}
}

// objection notes an objection of a user, and that the other id of the same person objects as soon as both is known.
func (c *checker) objection(user string, at time.Time, note func(map[string]time.Time, string, time.Time), objected map[string]time.Time) {
	note(objected, user, at)
	if known := c.aliasOf[user]; !known.Acked.IsZero() {
		note(objected, known.UserID, later(at, known.Acked))
		note(objected, known.Former, later(at, known.Acked))
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
