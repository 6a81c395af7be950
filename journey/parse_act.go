package journey

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// The steps that act on something else than the run itself: set, split, task, webhook and ask.

var (
	splitKeys   = []string{"share", "name", "do"}
	taskKeys    = []string{"title", "note", "due", "priority", "owner"}
	webhookKeys = []string{"url", "type"}
	askKeys     = []string{"template", "question", "scale", "survey"}
	urgencies   = []string{"low", "normal", "high"}
	scales      = map[string][2]int{"0-10": {0, 10}, "1-5": {1, 5}}
	typePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)
)

const (
	maxArms = 10
	maxSet  = 50
)

// readSplit reads the arms of a split, whose shares make a whole.
func (p *parser) readSplit(v value) []Arm {
	var arms []Arm
	total, sure := 0.0, true
	for i, item := range p.items(v, maxArms) {
		f := p.object(item, splitKeys)
		f.require("share")
		arm := Arm{Name: cmp.Or(f.id("name"), string(rune('a'+i))), Share: f.share("share"), Do: f.steps("do")}
		if slices.ContainsFunc(arms, func(other Arm) bool { return other.Name == arm.Name }) {
			p.fail(item, "has the name "+arm.Name+", as another arm has", "give it a name of its own")
		}
		sure = sure && arm.Share > 0
		total += arm.Share
		arms = append(arms, arm)
	}
	if sure && math.Abs(total-1) > 1e-9 {
		p.fail(v, fmt.Sprintf("has shares of %g%% together", math.Round(total*1e6)/1e4), "they must make 100%")
	}
	return arms
}

// readSet reads traits and what they become, in the order of their names.
func (p *parser) readSet(v value) []Setting {
	if v.node.Kind != yaml.MappingNode || len(v.node.Content) == 0 {
		p.fail(v, "must be a group of traits", "such as set: {vip: true}")
		return nil
	}
	settings := map[string]Setting{}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		name, content := v.node.Content[i].Value, v.node.Content[i+1]
		item := v.at(join(v.path, name), content)
		p.places[item.path] = place{v.file, content.Line}
		if _, twice := settings[name]; twice {
			p.fail(item, "is given twice", "")
		}
		settings[name] = p.readSetting(name, item)
	}
	if len(settings) > maxSet {
		p.fail(v, fmt.Sprintf("sets more than %d traits", maxSet), "")
	}
	var ordered []Setting
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		ordered = append(ordered, settings[name])
	}
	return ordered
}

// readSetting reads a constant, or an expression that begins with "=".
func (p *parser) readSetting(name string, v value) Setting {
	s := Setting{Trait: name}
	if !short(name, maxText) || strings.TrimSpace(name) == "" {
		p.fail(v, "is no name for a trait", "")
	}
	if v.node.Kind != yaml.ScalarNode {
		p.fail(v, "must be a text, a number, true or false, but is "+kindOf(v.node), "")
		return s
	}
	if rest, ok := strings.CutPrefix(v.node.Value, "="); ok && v.node.ShortTag() == "!!str" {
		s.Expression = strings.TrimSpace(rest)
		return s
	}
	var constant any
	if err := v.node.Decode(&constant); err != nil {
		p.fail(v, "must be a text, a number, true or false", "")
		return s
	}
	switch c := constant.(type) {
	case string:
		s.Value = c
		if asksAnything(c) && len(pieces(c)) > 1 && computes(c) {
			p.warnAt(v.path, "sets the trait to this text, not to what it asks for", fmt.Sprintf(`write "= %s" for that`, shorten(c)))
		}
	case nil, bool, float64:
		s.Value = c
	case int:
		s.Value = float64(c)
	default:
		p.fail(v, "must be a text, a number, true or false, but is "+kindOf(v.node), "put it in quotes")
	}
	return s
}

func (p *parser) readTask(v value) Task {
	f := p.object(v, taskKeys)
	f.require("title")
	return Task{
		Title: f.text("title"), Note: f.prose("note"), Due: f.delay("due"),
		Urgency: cmp.Or(f.choice("priority", urgencies), "normal"), Owner: f.text("owner"),
	}
}

func (p *parser) readWebhook(v value) Webhook {
	f := p.object(v, webhookKeys)
	f.require("url")
	w := Webhook{URL: f.url("url"), Type: f.text("type")}
	if w.Type != "" && !typePattern.MatchString(w.Type) {
		p.fail(f.byKey["type"], "must be words of a to z with dots between them", "such as quote.requested")
	}
	return w
}
