package journey

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

const defaultChannel = "email"

var (
	touchpointKeys = []string{
		"id", "title", "phase", "channel", "class", "on", "if", "key", "cancel", "cancelIf", "again", "holdout", "salt", "do",
	}
	classes        = []string{string(Transactional), string(Service), string(Marketing)}
	agains         = []string{string(AgainNever), string(AgainAfterExit), string(AgainRestart)}
	percentPattern = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,6})?%$`)
)

func (p *parser) readTouchpoint(v value) Touchpoint {
	f := p.object(v, touchpointKeys)
	f.require("id", "phase", "on")
	if !f.has("do") && !f.broken {
		p.fail(v, "has nothing to do", "add a list of steps under do")
	}
	t := Touchpoint{
		ID: f.id("id"), Title: f.text("title"), Phase: f.id("phase"), Channel: f.id("channel"),
		Class: Class(f.choice("class", classes)), On: f.names("on"), If: f.condition("if"), Key: f.expression("key"),
		Cancel: f.names("cancel"), CancelIf: f.condition("cancelIf"), Again: Again(f.choice("again", agains)),
		Holdout: f.share("holdout"), Salt: f.text("salt"), Steps: f.steps("do"),
	}
	t.Title = cmp.Or(t.Title, t.ID)
	t.Salt = cmp.Or(t.Salt, t.ID)
	t.Channel = cmp.Or(t.Channel, defaultChannel)
	if t.Again == "" {
		t.Again = AgainAfterExit
		if f.has("key") {
			t.Again = AgainNever
		}
	}
	p.nameSteps(t.Steps, v.path+".do")
	p.checkSends(f, &t)
	return t
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
	if t.Class == Transactional && t.Holdout > 0 {
		p.failAt(at+".holdout", "is not possible for a transactional touchpoint", "everybody must get what they asked for")
	}
	sends := false
	eachStep(t.Steps, at+".do", func(s *Step, path string) {
		switch s.Kind {
		case StepSend:
			sends = true
			if t.Channel != defaultChannel {
				p.failAt(path+".send", "only a touchpoint with channel email can send, this one has "+t.Channel, suggest(t.Channel, channels))
			}
		case StepWaitFor:
			if s.For.By != "" && !f.has("key") {
				p.failAt(path+".waitFor.by", "needs a key on the touchpoint to be compared with", "")
			}
		}
	})
	if sends && !f.has("class") {
		p.failAt(at+".class", "is required, because the touchpoint sends", "write class: "+oneOf(classes))
	}
}

// channels are the usual ones; a shop may use names of its own.
var channels = []string{"email", "phone", "chat", "store", "sms", "push", "webhook", "social", "search", "ad"}
