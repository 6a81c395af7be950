package torture

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The rules. A violation names the one that it breaks.
const (
	ruleStored    = "stored once"        // every acknowledged event is in the record, and no event twice
	ruleConsumed  = "consumed once"      // every event that wakes was seen by one decision
	ruleConfirmed = "confirmed once"     // every order has one confirmation, a second one only as resent-unknown
	ruleOnce      = "sent once"          // no other mail goes out twice
	ruleClaimed   = "claimed before"     // what the provider took was claimed in the ledger before
	ruleUnwanted  = "not after a cancel" // nobody is mailed after a cancel or an objection was acknowledged
	ruleReason    = "reasons"            // everything that was not sent has a decision with a reason
	ruleLeft      = "nothing left"       // nothing stands planned, claimed, waiting or overdue
	ruleForgotten = "nothing forgotten"  // no event that wakes is without a wake row at any instant
	ruleOwner     = "belongs"            // every event is with the customer whose it is, and nobody is two customers
	ruleTold      = "told"               // what the provider reports against an address is kept
	ruleHanded    = "handed over"        // what the ledger says of a message is what the provider knows
	ruleAgain     = "sent again"         // a second copy goes out only when nobody could know of the first for long enough
	rulePolicy    = "policy"             // nobody gets more than a cap allows, or a mail when it is quiet where they are
	ruleFacts     = "facts"              // what is known of a customer is what was posted
	ruleCause     = "causes"             // what was not sent was called off by somebody, and what is complete did its work
)

// violation is one breach of a rule.
type violation struct {
	rule, what string
}

func (v violation) String() string { return v.rule + ": " + v.what }

const (
	// underWay is how long after the last look a mail may reach the provider: the look is part of the claim, and what is
	// acknowledged between it and the hand-over comes too late.
	underWay = 7 * time.Second
	// overdue is how long after its instant a run may still wait.
	overdue = time.Minute
	// skew is how exact two instants of different processes are compared.
	skew = 2 * time.Millisecond
)

// checker holds the evidence by what it is looked up by.
type checker struct {
	*evidence
	found      []violation
	counts     findings
	cancelled  map[string]bool   // the event's name and the order
	bounced    map[string]bool   // by person
	refused    map[string]bool   // messages that the provider refused for good
	zoneOf     map[string]string // time zones by person
	aliasOf    map[string]posted // the alias that joins an id to another, acknowledged or not, by either
	messageOf  map[string]storedMessage
	messagesOf map[string][]storedMessage // by run
	runOf      map[string]storedRun
	storedOf   map[string]storedEvent // by messageId
	mailsOf    map[string][]mail      // by subject
	decidedFor map[string][]storedDecision
}

// findings are what the report tells beside violations.
type findings struct {
	Stored, Mails, Orders int
	Lost, Doubled         int
	Resent, Unknown       int
	// GivenUp are confirmations that were sent a second time, and nobody could know of that one either.
	GivenUp                     int
	ReviewMails, NotSent, Ended int
	// Offers are marketing mails, Refused the messages that the provider refused for good, Bounced the readers who cannot be
	// reached any more, and Excused the orders without a confirmation for a good reason.
	Offers, Refused, Bounced, Excused int
	UnderWay                          int
	LongestUnderWay                   time.Duration
	Unsubscribed                      int
}

// check returns every breach of a rule, in the order of the rules.
func check(e *evidence) ([]violation, findings) {
	c := newChecker(e)
	for _, rule := range []func(){
		c.stored, c.asPosted, c.joined, c.told, c.consumed, c.confirmed, c.once, c.claimed, c.handed, c.unwanted, c.reasons, c.causes, c.capped, c.hours, c.known, c.left, c.forgottenOnes,
	} {
		rule()
	}
	return c.found, c.counts
}

func newChecker(e *evidence) *checker {
	c := &checker{
		evidence: e, cancelled: map[string]bool{}, bounced: map[string]bool{}, refused: map[string]bool{}, zoneOf: map[string]string{}, aliasOf: map[string]posted{}, messageOf: map[string]storedMessage{}, runOf: map[string]storedRun{},
		messagesOf: map[string][]storedMessage{}, storedOf: map[string]storedEvent{}, mailsOf: map[string][]mail{}, decidedFor: map[string][]storedDecision{},
	}
	for _, one := range e.posted {
		if one.Name == alias {
			c.aliasOf[one.Former], c.aliasOf[one.UserID] = one, one
		}
	}
	c.noteCauses()
	for _, one := range e.messages {
		c.messageOf[one.ID] = one
		c.messagesOf[one.RunID] = append(c.messagesOf[one.RunID], one)
	}
	for _, one := range e.runs {
		c.runOf[one.ID] = one
	}
	for _, one := range e.mails {
		c.mailsOf[one.Subject] = append(c.mailsOf[one.Subject], one)
	}
	for _, one := range e.decisions {
		for _, about := range []string{one.RunID, one.MessageID, eventKey(one.EventSeq, one.Touchpoint)} {
			c.decidedFor[about] = append(c.decidedFor[about], one)
		}
	}
	c.counts.Stored, c.counts.Mails = len(e.events), len(e.mails)
	return c
}

// person is the id of the person whom an id stands for.
func (c *checker) person(user string) string {
	if known, found := c.aliasOf[user]; found {
		return known.UserID
	}
	return user
}

func eventKey(seq int64, touchpoint string) string { return fmt.Sprint(seq, " ", touchpoint) }

func (c *checker) breach(rule, format string, args ...any) {
	c.found = append(c.found, violation{rule: rule, what: fmt.Sprintf(format, args...)})
}

// stored: every acknowledged event is there, and none is there twice.
func (c *checker) stored() {
	times := map[string]int{}
	for _, one := range c.events {
		times[one.MessageID]++
		c.storedOf[one.MessageID] = one
		if times[one.MessageID] == 2 {
			c.breach(ruleStored, "event %s is in the record twice", one.MessageID)
		}
	}
	for _, p := range c.posted {
		if !p.Acked.IsZero() && times[p.MessageID] == 0 {
			c.counts.Lost++
			c.breach(ruleStored, "event %s was acknowledged at %s and is lost", p.MessageID, p.Acked.UTC().Format(time.StampMilli))
		}
	}
}

// consumed: every event that wakes was seen by a decision, and started at most one thing of a kind.
func (c *checker) consumed() {
	for _, one := range c.events {
		if one.Wakes && one.CustomerID != "" && !one.Consumed {
			c.breach(ruleConsumed, "event %s of %s was never seen by a decision", one.MessageID, one.UserID)
		}
		for _, touchpoint := range triggers[one.Name] {
			decided := slices.DeleteFunc(slices.Clone(c.decidedFor[eventKey(one.Seq, touchpoint)]), func(d storedDecision) bool {
				return d.Kind != "start" && d.Kind != "noStart"
			})
			switch {
			case len(decided) > 1:
				c.breach(ruleConsumed, "event %s was decided upon %d times for %s", one.MessageID, len(decided), touchpoint)
			case one.Consumed && len(decided) == 1 && decided[0].DecidedIn != one.ConsumedStep:
				c.breach(ruleConsumed, "event %s was consumed by step %d and decided upon by step %d", one.MessageID, one.ConsumedStep, decided[0].DecidedIn)
			}
		}
	}
}

// The rules of the map in plain Go.
var (
	// triggers are the touchpoints that an event starts.
	triggers = map[string][]string{completed: {"order-confirmation"}, delivered: {"review-request"}, joined: {"club-offer"}}
	// cancels are the events after which there is no mail of a touchpoint about the order.
	cancels = map[string][]string{"order-confirmation": {cancelled}, "review-request": {refunded, returned, cancelled, reviewed}}
	// sends is how many mails a run comes to that is not called off.
	sends = map[string]int{"order-confirmation": 1, "review-request": 2, "club-offer": 1}
	// losing are the events by which an order stops being a reason to mail its customer.
	losing = []string{refunded, returned, cancelled}
)

// once: a mail other than a confirmation goes out at most once.
func (c *checker) once() {
	for subject, mails := range c.mailsOf {
		if strings.HasPrefix(subject, "order-confirmation ") {
			continue
		}
		if strings.HasPrefix(subject, "club-offer ") {
			c.counts.Offers += len(mails)
		} else {
			c.counts.ReviewMails += len(mails)
		}
		if len(mails) > 1 {
			c.counts.Doubled++
			c.breach(ruleOnce, "%s went out %d times", subject, len(mails))
		}
	}
}

// claimed: the ledger knew of every mail before the provider did.
func (c *checker) claimed() {
	for _, m := range c.mails {
		message, known := c.messageOf[m.MessageID]
		switch {
		case !known:
			c.breach(ruleClaimed, "the provider took %s, which the ledger does not know", m.Subject)
		case message.ClaimedAt.IsZero():
			c.breach(ruleClaimed, "the provider took %s, which nobody claimed", m.Subject)
		case message.Reason != "resent-unknown" && message.ClaimedAt.After(m.Taken.Add(skew)):
			c.breach(ruleClaimed, "the provider took %s %s before it was claimed", m.Subject, message.ClaimedAt.Sub(m.Taken))
		}
	}
}

// reasons: every message that was not sent, every run that ended and every trigger has a decision with a reason.
func (c *checker) reasons() {
	for _, m := range c.messages {
		switch m.Status {
		case "unknown":
			c.counts.Unknown++
			fallthrough
		case "notsent", "withdrawn":
			c.counts.NotSent++
			c.explained("message "+m.ID+" was not sent", m.ID, m.Reason)
		case "sent":
			if m.Reason == "resent-unknown" {
				c.counts.Resent++
			}
		}
		if m.Status == "unknown" && m.Class == "transactional" && !m.Resent && !c.calledOff(c.runOf[m.RunID].Key) {
			c.breach(ruleConfirmed, "confirmation %s was given up as unknown", m.ID)
		}
	}
	for _, r := range c.runs {
		if r.Status == "ended" {
			c.counts.Ended++
			c.explained("run "+r.ID+" ended", r.ID, r.Reason)
		}
	}
	for _, one := range c.events {
		for _, touchpoint := range triggers[one.Name] {
			if one.Consumed && len(c.decidedFor[eventKey(one.Seq, touchpoint)]) == 0 {
				c.breach(ruleReason, "event %s: nobody decided whether it starts %s", one.MessageID, touchpoint)
			}
		}
	}
}

// explained demands a decision about something that says why it came to nothing.
func (c *checker) explained(what, about, reason string) {
	says := slices.ContainsFunc(c.decidedFor[about], func(d storedDecision) bool {
		return d.Reason != "" && slices.Contains([]string{"noSend", "end", "held"}, d.Kind)
	})
	if !says || reason == "" {
		c.breach(ruleReason, "%s, and there is no decision that says why (reason %q)", what, reason)
	}
}

// left: nothing stands about.
func (c *checker) left() {
	for _, m := range c.messages {
		if m.Status == "planned" || m.Status == "claimed" || !m.Consumed {
			c.breach(ruleLeft, "message %s of %s stands %s, seen by a decision: %t", m.ID, m.Touchpoint, m.Status, m.Consumed)
		}
	}
	if c.wakes > 0 {
		c.breach(ruleLeft, "%d wake rows are left", c.wakes)
	}
	for _, r := range c.runs {
		if !r.Due.IsZero() && c.at.Sub(c.clock.real(r.Due)) > overdue {
			c.breach(ruleLeft, "run %s of %s is overdue since %s", r.ID, r.Touchpoint, c.at.Sub(c.clock.real(r.Due)))
		}
	}
	for _, one := range c.customers {
		if !one.NextWake.IsZero() && c.at.Sub(c.clock.real(one.NextWake)) > overdue {
			c.breach(ruleLeft, "customer %s is overdue since %s", one.ID, c.at.Sub(c.clock.real(one.NextWake)))
		}
	}
	if c.failed > 0 {
		c.breach(ruleLeft, "%d workflows failed", c.failed)
	}
}

func (c *checker) forgottenOnes() {
	for _, one := range c.forgotten {
		c.breach(ruleForgotten, "%s had no wake row", one)
	}
}

// byRule counts violations.
func byRule(found []violation) map[string]int {
	counts := map[string]int{}
	for _, v := range found {
		counts[v.rule]++
	}
	return counts
}

// firstOf returns some violations of each rule.
func firstOf(found []violation, n int) []violation {
	seen := map[string]int{}
	var some []violation
	for _, v := range found {
		if seen[v.rule]++; seen[v.rule] <= n {
			some = append(some, v)
		}
	}
	slices.SortStableFunc(some, func(a, b violation) int { return cmp.Compare(a.rule, b.rule) })
	return some
}
