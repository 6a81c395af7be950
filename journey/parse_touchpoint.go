package journey

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

const defaultChannel = "email"

var (
	touchpointKeys = []string{
		"id", "was", "title", "phase", "channel", "class", "topic", "note", "questions",
		"on", "entered", "left", "date", "absence", "observe",
		"if", "key", "cancel", "cancelIf", "again", "cooldown", "fresh", "goal", "cost", "priority",
		"paused", "inFlight", "holdout", "salt", "do",
	}
	observeKeys = []string{
		"id", "was", "title", "phase", "channel", "note", "questions", "observe", "if",
	}
	inFlights      = []string{string(Follow), string(Finish)}
	classes        = []string{string(Transactional), string(Service), string(Marketing)}
	agains         = []string{string(AgainNever), string(AgainAfterExit), string(AgainRestart)}
	speaksOfEvent  = regexp.MustCompile(`\bevent\b`)
	percentPattern = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,6})?%$`)
)

func (p *parser) readTouchpoint(v value) Touchpoint {
	f := p.object(v, touchpointKeys)
	f.require("id", "phase")
	t := Touchpoint{
		ID: f.id("id"), Was: f.ids("was"), Title: f.text("title"), Phase: f.id("phase"), Channel: f.id("channel"),
		Class: Class(f.choice("class", classes)), Topic: f.id("topic"), Note: f.prose("note"), Questions: f.texts("questions"),
		Trigger: p.readTrigger(f), If: f.condition("if"), Key: f.expression("key"),
		Cancel: f.names("cancel"), CancelIf: f.condition("cancelIf"), Again: Again(f.choice("again", agains)),
		Cooldown: f.duration("cooldown"), Fresh: f.duration("fresh"), Goal: p.readGoal(f), Cost: f.amount("cost"),
		Priority: f.number("priority", -100, 100), Paused: f.flag("paused"), InFlight: InFlight(f.choice("inFlight", inFlights)),
		Holdout: f.share("holdout"), Salt: f.text("salt"), Steps: f.steps("do"),
	}
	t.Title = cmp.Or(t.Title, t.ID)
	t.Channel = cmp.Or(t.Channel, defaultChannel)
	if t.Again == "" {
		t.Again = AgainAfterExit
		if f.has("key") {
			t.Again = AgainNever
		}
	}
	p.checkObserve(f)
	p.nameSteps(t.Steps, v.path+".do")
	p.checkSends(f, &t)
	p.checkBy(f, &t)
	return t
}

// checkObserve checks that a touchpoint that observes does nothing, and that any other does something.
func (p *parser) checkObserve(f fields) {
	if !f.has("observe") {
		if !f.has("do") && !f.broken {
			p.fail(f.at, "has nothing to do", "add a list of steps under do")
		}
		return
	}
	for _, key := range touchpointKeys {
		if f.has(key) && !slices.Contains(observeKeys, key) {
			p.fail(f.byKey[key], "does not belong to a touchpoint that observes", "it counts what customers do by themselves, and does nothing")
		}
	}
}

// share reads a part of a whole: "10%" or 0.1.
func (f fields) share(key string) float64 {
	v, ok := f.byKey[key]
	if !ok {
		return 0
	}
	text := v.node.Value
	if v.node.Kind == yaml.ScalarNode && percentPattern.MatchString(text) {
		percent, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
		if err == nil && percent <= 100 {
			return percent / 100
		}
	}
	if v.node.Kind == yaml.ScalarNode && v.node.ShortTag() == "!!float" {
		part, err := strconv.ParseFloat(text, 64)
		if err == nil && part >= 0 && part <= 1 {
			return part
		}
	}
	hint := "such as 10% or 0.1"
	if numberPattern.MatchString(text) {
		hint = "write " + text + "% if you mean percent"
	}
	f.parser.fail(v, "must be a share from 0% to 100%", hint)
	return 0
}

// checkSends checks what a touchpoint needs to be allowed to send.
func (p *parser) checkSends(f fields, t *Touchpoint) {
	at := f.at.path
	if t.Class == Transactional && t.Topic != "" {
		p.failAt(at+".topic", "is not possible for a transactional touchpoint", "nobody can do without what they asked for")
	}
	if t.Class == Transactional && t.Holdout > 0 {
		p.failAt(at+".holdout", "is not possible for a transactional touchpoint", "everybody must get what they asked for")
	}
	sends := false
	eachStep(t.Steps, at+".do", func(s *Step, path string) {
		if s.Kind != StepSend && s.Kind != StepAsk {
			return
		}
		sends = true
		if t.Channel != defaultChannel {
			p.failAt(path+"."+string(s.Kind), "only a touchpoint with channel email can send, this one has "+t.Channel, suggest(t.Channel, channels))
		}
	})
	if sends && !f.has("class") {
		p.failAt(at+".class", "is required, because the touchpoint sends", "write class: "+oneOf(classes))
	}
	if f.has("goal") && !sends {
		p.warnAt(at+".goal", "is never measured, because the touchpoint sends nothing", "a goal counts from the first message")
	}
}

// checkBy checks that what is to be compared with the run's key has one to be compared with.
func (p *parser) checkBy(f fields, t *Touchpoint) {
	p.checkEventless(f, t)
	if f.has("key") {
		return
	}
	const needsKey = "needs a key on the touchpoint to be compared with"
	if t.Goal.By != "" {
		p.failAt(f.at.path+".goal.by", needsKey, "")
	}
	eachStep(t.Steps, f.at.path+".do", func(s *Step, path string) {
		if s.For.By != "" {
			p.failAt(path+".waitFor.by", needsKey, "")
		}
	})
}

// checkEventless refuses a key that comes from the event where there is none: dates and absences happen of themselves.
func (p *parser) checkEventless(f fields, t *Touchpoint) {
	if t.Date.Trait == "" && t.Absence.After == 0 {
		return
	}
	const none = "speaks of an event, but a date or an absence has none, so the touchpoint never starts"
	if speaksOfEvent.MatchString(t.Key) {
		p.failAt(f.at.path+".key", none, "leave it out, or use customer or now")
	}
	if speaksOfEvent.MatchString(t.If) && !strings.Contains(t.If, "has(") {
		p.warnAt(f.at.path+".if", none, "use customer")
	}
}

// channels are the usual ones; a shop may use names of its own.
var channels = []string{"email", "phone", "chat", "store", "sms", "push", "webhook", "social", "search", "ad"}
