package journey

import (
	"cmp"
	"fmt"

	"go.yaml.in/yaml/v4"
)

var (
	phaseKeys = []string{"id", "title", "stage", "enter"}
	ruleKeys  = []string{"on", "if", "from"}
	stages    = []string{"see", "think", "do", "care"}
)

func (p *parser) readPhase(v value) Phase {
	f := p.object(v, phaseKeys)
	f.require("id")
	phase := Phase{ID: f.id("id"), Title: f.text("title"), Stage: f.choice("stage", stages)}
	phase.Title = cmp.Or(phase.Title, phase.ID)
	for _, rule := range f.list("enter", maxValues) {
		phase.Enter = append(phase.Enter, p.readRule(rule))
	}
	return phase
}

func (p *parser) readRule(v value) PhaseRule {
	f := p.object(v, ruleKeys)
	f.require("on")
	rule := PhaseRule{On: f.text("on"), If: f.condition("if")}
	from, ok := f.byKey["from"]
	switch {
	case !ok:
	case from.node.Kind == yaml.SequenceNode:
		for _, id := range p.items(from, maxPhases) {
			rule.From = append(rule.From, p.id(id))
		}
	case from.node.Value == AnyPhase:
		rule.From = []string{AnyPhase}
	case idPattern.MatchString(from.node.Value):
		p.fail(from, "must be a list of phases, or any", fmt.Sprintf("write from: [%s]", from.node.Value))
	default:
		p.fail(from, "must be a list of phases, or any", "")
	}
	return rule
}
