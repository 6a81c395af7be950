package journey

import (
	"fmt"
	"slices"
	"time"
)

// reviewPolicy reports what a policy says in vain, and what it makes impossible.
func (p *parser) reviewPolicy(m *Map) {
	policy := &m.Policy
	for i := range policy.Windows {
		if !everAllowed(m.compiled.closed, []Hours{policy.Windows[i].Hours}) {
			p.warnAt(fmt.Sprintf("policy.windows[%d]", i), "lies in the quiet hours, so nothing is ever sent in it", "")
		}
	}
	for _, class := range []Class{Service, Marketing} {
		if !everAllowed(m.compiled.closed, m.compiled.open[class]) {
			p.warnAt("policy", fmt.Sprintf("%s messages may never be sent", class), "leave a time for them outside quiet hours")
		}
	}
	for i := range policy.Pauses {
		at := fmt.Sprintf("policy.pause[%d].if", i)
		switch {
		case m.never(policy.Pauses[i].If):
			p.warnAt(at, "never holds, so nothing is paused", "")
		case m.always(policy.Pauses[i].If):
			p.warnAt(at, "always holds, so messages of these classes are never sent", "")
		}
	}
	if quiet := policy.QuietHours; quiet != nil && policy.Held.For < quiet.length() {
		p.warnAt("policy.held", fmt.Sprintf("messages are held for %s at most, but quiet hours last %s", FormatDuration(policy.Held.For), FormatDuration(quiet.length())),
			"what falls due early in them is never sent")
	}
	p.reviewCaps(policy.Caps)
}

// length is how long the hours last, on a day without a change of the clocks.
func (h Hours) length() time.Duration {
	length := h.To.sinceMidnight() - h.From.sinceMidnight()
	if length <= 0 {
		length += day
	}
	return length
}

// reviewCaps reports caps that another one makes needless.
func (p *parser) reviewCaps(caps []Cap) {
	for i := range caps {
		for j := range caps {
			if i == j || !caps[j].covers(&caps[i]) {
				continue
			}
			if caps[i].covers(&caps[j]) && i < j {
				continue // they say the same; the first one stays
			}
			p.warnAt(fmt.Sprintf("policy.caps[%d]", i), fmt.Sprintf("never holds anything back, because caps[%d] allows no more", j), "")
			break
		}
	}
}

// covers tells whether a cap never lets more messages of another's classes through than the other allows: a stretch of
// time of the other is covered by so many of its own.
func (c *Cap) covers(other *Cap) bool {
	if slices.ContainsFunc(other.Classes, func(class Class) bool { return !slices.Contains(c.Classes, class) }) {
		return false
	}
	if c.Per <= 0 || other.Per <= 0 {
		return false
	}
	stretches := int64((other.Per + c.Per - 1) / c.Per)
	return stretches*int64(c.Max) <= int64(other.Max)
}
