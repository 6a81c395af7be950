package torture

import (
	"slices"
	"time"
)

// capped: nobody gets a second offer. Somebody with two ids may have got one under each before both were known to be one.
func (c *checker) capped() {
	got := map[string]map[string]bool{}
	for _, m := range c.mails {
		if c.messageOf[m.MessageID].Class != "marketing" {
			continue
		}
		to := c.person(user(m.To))
		if got[to] == nil {
			got[to] = map[string]bool{}
		}
		got[to][m.MessageID] = true
	}
	for who, messages := range got {
		most := 1
		if _, two := c.aliasOf[who]; two {
			most = 2
		}
		if len(messages) > most {
			c.breach(rulePolicy, "%s got %d offers and may get %d", who, len(messages), most)
		}
	}
}

// hours: no mail but a confirmation goes out when it is quiet where its reader is. It was looked up between the claim and
// the hand-over, so there must be an instant between these that is not quiet.
func (c *checker) hours() {
	for _, m := range c.mails {
		message := c.messageOf[m.MessageID]
		if message.Class == "transactional" || message.ClaimedAt.IsZero() {
			continue
		}
		name := c.zoneOf[c.person(user(m.To))]
		if name == "" {
			name = "Europe/Amsterdam"
		}
		zone, err := time.LoadLocation(name)
		if err != nil {
			panic(err) // The zones are ours.
		}
		from, to := c.clock.journey(message.ClaimedAt.Add(-skew)).In(zone), c.clock.journey(m.Taken.Add(skew)).In(zone)
		if !loud(message.Class, from, to) {
			c.breach(rulePolicy, "%s was claimed at %s and taken at %s there, when it is quiet", m.Subject, from.Format(time.RFC1123), to.Format(time.RFC1123))
		}
	}
}

// loud tells whether a message of a class may be sent at any instant between two.
func loud(class string, from, to time.Time) bool {
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		if open(class, at) {
			return true
		}
	}
	return open(class, to)
}

// open tells whether a message of a class may be sent at an instant.
func open(class string, at time.Time) bool {
	if class == "service" {
		return at.Hour() >= 6
	}
	weekend := slices.Contains([]time.Weekday{time.Saturday, time.Sunday}, at.Weekday())
	return !weekend && at.Hour() >= 6 && at.Hour() < 22
}
