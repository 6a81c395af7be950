package journey

import (
	"cmp"
	"fmt"
	"time"
)

var (
	policyKeys     = []string{"spread", "quietHours", "windows", "caps", "held", "pause", "softOptIn", "doubleOptIn"}
	quietKeys      = []string{"from", "to", "days"}
	windowKeys     = []string{"classes", "from", "to", "days"}
	capKeys        = []string{"classes", "max", "per"}
	heldKeys       = []string{"for", "then"}
	pauseKeys      = []string{"classes", "if"}
	softOptInKeys  = []string{"classes", "for"}
	productsKeys   = []string{"replenish"}
	replenishKeys  = []string{"match", "every"}
	heldThens      = []string{"drop", "exit"}
	boundedClasses = []string{string(Service), string(Marketing)}
)

const (
	defaultHeldFor   = 3 * day
	defaultSoftOptIn = 730 * day
	maxSpread        = day
	maxCap           = 1000
	maxPolicies      = 50
	// longestCap bounds how long a sent message must be remembered.
	longestCap = 366 * day
)

// readPolicy reads what bounds the messages. Without a policy, service messages may go to customers who ordered in the
// last two years, and everything else needs consent.
func (p *parser) readPolicy(top fields) Policy {
	policy := Policy{
		Held:      Held{For: defaultHeldFor},
		SoftOptIn: SoftOptIn{Classes: []Class{Service}, For: defaultSoftOptIn},
	}
	v, ok := top.byKey["policy"]
	if !ok {
		return policy
	}
	f := p.object(v, policyKeys)
	if policy.Spread = f.duration("spread"); policy.Spread > maxSpread {
		p.fail(f.byKey["spread"], "must be at most one day", "")
	}
	if quiet, ok := f.byKey["quietHours"]; ok {
		hours := p.readHours(p.object(quiet, quietKeys))
		policy.QuietHours = &hours
	}
	for _, v := range f.list("windows", maxPolicies) {
		g := p.object(v, windowKeys)
		policy.Windows = append(policy.Windows, Window{Classes: g.classes("classes"), Hours: p.readHours(g)})
	}
	for _, v := range f.list("caps", maxPolicies) {
		policy.Caps = append(policy.Caps, p.readCap(v))
	}
	for _, v := range f.list("pause", maxPolicies) {
		g := p.object(v, pauseKeys)
		g.require("if")
		policy.Pauses = append(policy.Pauses, Pause{Classes: g.classes("classes"), If: g.condition("if")})
	}
	if held, ok := f.byKey["held"]; ok {
		g := p.object(held, heldKeys)
		policy.Held = Held{For: cmp.Or(g.duration("for"), defaultHeldFor), Exit: g.choice("then", heldThens) == "exit"}
	}
	policy.DoubleOptIn = f.flag("doubleOptIn")
	if soft, ok := f.byKey["softOptIn"]; ok {
		g := p.object(soft, softOptInKeys)
		policy.SoftOptIn = SoftOptIn{Classes: g.classes("classes"), For: cmp.Or(g.duration("for"), defaultSoftOptIn)}
	}
	return policy
}

// readHours reads from, to and days.
func (p *parser) readHours(f fields) Hours {
	f.require("from", "to")
	h := Hours{From: f.startOfDay("from"), To: f.timeOfDay("to")}
	if days, ok := f.byKey["days"]; ok {
		h.Days = p.readDays(days)
	}
	return h
}

func (p *parser) readCap(v value) Cap {
	f := p.object(v, capKeys)
	f.require("max", "per")
	c := Cap{Classes: f.classes("classes"), Max: f.number("max", 1, maxCap), Per: f.duration("per")}
	if c.Per > longestCap {
		p.fail(f.byKey["per"], fmt.Sprintf("must be at most %s", FormatDuration(longestCap)), "")
	}
	return c
}

func (p *parser) readProducts(top fields) []Replenish {
	v, ok := top.byKey["products"]
	if !ok {
		return nil
	}
	var all []Replenish
	for _, item := range p.object(v, productsKeys).list("replenish", maxPolicies) {
		f := p.object(item, replenishKeys)
		f.require("match", "every")
		all = append(all, Replenish{Match: f.condition("match"), Every: f.duration("every")})
	}
	return all
}

// classes reads message classes that a policy can bound. It is a required key.
func (f fields) classes(key string) []Class {
	f.require(key)
	var all []Class
	v, ok := f.byKey[key]
	if !ok {
		return nil
	}
	for _, item := range f.parser.items(v, maxNames) {
		class := f.parser.text(item)
		switch hint := suggest(class, boundedClasses); {
		case class == "":
		case class == string(Transactional):
			f.parser.fail(item, "transactional messages are exempt from policy", "")
		case class != string(Service) && class != string(Marketing):
			f.parser.fail(item, "must be "+oneOf(boundedClasses), hint)
		default:
			all = append(all, Class(class))
		}
	}
	return all
}

// longestPer returns the length of the longest stretch that a cap looks at.
func (p *Policy) longestPer() time.Duration {
	var longest time.Duration
	for i := range p.Caps {
		longest = max(longest, p.Caps[i].Per)
	}
	return longest
}
