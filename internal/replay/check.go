package replay

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Arrival is one mail in the inbox.
type Arrival struct {
	// ID is the inbox's own.
	ID string
	// Email is the recipient; several are joined by commas.
	Email string
	// Subject is the subject line: template, order id and locale.
	Subject string
	// Created is the real instant at which it came.
	Created time.Time
}

// handover is how long the call of a mail provider may take, in real time.
const handover = 250 * time.Millisecond

// letter names a mail.
type letter struct{ order, template string }

// came is an arrival whose subject could be read.
type came struct {
	Arrival
	locale string
	at     time.Time // in journey time
}

// checker compares an inbox with the events.
type checker struct {
	clock     Clock
	tolerance time.Duration
	stories   map[string]*Story
	arrived   map[letter][]came
	verdict   Verdict
}

// Check compares the mails that arrived with those that the events, in the order of posting, should bring. A mail may be
// late by the tolerance, in real time.
func Check(events []Event, arrivals []Arrival, clock Clock, tolerance time.Duration) Verdict {
	c := &checker{
		clock: clock, tolerance: tolerance, stories: Stories(events), arrived: map[letter][]came{},
		verdict: Verdict{Right: map[string]int{}, Lateness: map[string][]time.Duration{}},
	}
	arrivals = slices.Clone(arrivals)
	slices.SortStableFunc(arrivals, func(a, b Arrival) int { return a.Created.Compare(b.Created) })
	for _, a := range arrivals {
		c.sortIn(a)
	}
	for order, story := range c.stories {
		c.judge(order, story)
	}
	for name, rest := range c.arrived {
		for _, a := range rest {
			c.superfluous(name, a)
		}
	}
	c.verdict.sort()
	return c.verdict
}

func (c *checker) differ(kind Kind, name letter, email, detail string, args ...any) {
	c.verdict.Differences = append(c.verdict.Differences, Difference{
		Kind: kind, Order: name.order, Template: name.template, Email: email, Detail: fmt.Sprintf(detail, args...),
	})
}

// sortIn puts an arrival with its order, unless it went to somebody else or nobody knows what it is.
func (c *checker) sortIn(a Arrival) {
	words := strings.Fields(a.Subject)
	if len(words) != 3 {
		c.differ(Unexpected, letter{}, a.Email, "the subject is %q", a.Subject)
		return
	}
	name := letter{template: words[0], order: words[1]}
	story := c.stories[name.order]
	switch {
	case story == nil:
		c.differ(Unexpected, name, a.Email, "there is no such order")
	case story.Email != a.Email:
		c.differ(WrongCustomer, name, a.Email, "the order is of %s", story.Email)
	default:
		c.arrived[name] = append(c.arrived[name], came{Arrival: a, locale: words[2], at: c.clock.Journey(a.Created)})
	}
}

// judge compares the mails of one order, and strikes those off that were looked at.
func (c *checker) judge(order string, story *Story) {
	if story.unclear() {
		c.differ(Unclear, letter{order: order}, story.Email, "its events were posted too late; choose a lower speed")
		for _, template := range []string{confirmation, request, reminder} {
			delete(c.arrived, letter{order: order, template: template})
		}
		return
	}
	var requested time.Time
	for _, want := range story.mails(order) {
		name := letter{order: order, template: want.Template}
		got := c.arrived[name]
		delete(c.arrived, name)
		if len(got) == 0 {
			c.differ(Missing, name, want.Email, "it was due %s%s", want.Earliest.Format(time.RFC3339), story.overtaken(want.Earliest))
			continue
		}
		if len(got) > 1 {
			c.differ(Double, name, want.Email, "it came %d times, first %s and last %s", len(got),
				got[0].at.Format(time.RFC3339), got[len(got)-1].at.Format(time.RFC3339))
			continue
		}
		if want.Template == reminder {
			want.follows(requested, c.clock.journey(handover))
		}
		c.compare(name, want, got[0])
		if want.Template == request {
			requested = got[0].at
		}
	}
}

// compare looks at the one mail that came.
func (c *checker) compare(name letter, want Mail, got came) {
	late := c.clock.real(got.at.Sub(want.Due))
	switch {
	case got.locale != want.Locale:
		c.differ(WrongLanguage, name, got.Email, "%s instead of %s", got.locale, want.Locale)
	case got.at.Before(want.Earliest):
		c.differ(TooEarly, name, got.Email, "it came %s, but was due %s", got.at.Format(time.RFC3339), want.Earliest.Format(time.RFC3339))
	case late > c.tolerance:
		c.differ(TooLate, name, got.Email, "it came %s, %s real time after it was due", got.at.Format(time.RFC3339), late.Round(time.Millisecond))
	default:
		c.verdict.Right[want.Template]++
		c.verdict.Lateness[want.Template] = append(c.verdict.Lateness[want.Template], late)
	}
}

// superfluous says why a mail that nothing asked for should not have come.
func (c *checker) superfluous(name letter, a came) {
	story := c.stories[name.order]
	asks := name.template == request || name.template == reminder
	if asks && len(story.Ends) > 0 && story.Ends[0].At.Before(a.at) {
		c.differ(AfterCancel, name, a.Email, "%s was %s, the mail came %s", story.Ends[0].Name,
			story.Ends[0].At.Format(time.RFC3339), a.at.Format(time.RFC3339))
		return
	}
	c.differ(Unexpected, name, a.Email, "it came %s", a.at.Format(time.RFC3339))
}
