package journey

import (
	"cmp"
	"fmt"

	"go.yaml.in/yaml/v4"
)

var (
	phaseKeys = []string{"id", "was", "title", "stage", "note", "questions", "enter"}
	ruleKeys  = []string{"on", "after", "without", "orNever", "if", "from"}
	stages    = []string{"see", "think", "do", "care"}
)

func (p *parser) readPhase(v value) Phase {
	f := p.object(v, phaseKeys)
	f.require("id")
	phase := Phase{
		ID: f.id("id"), Was: f.ids("was"), Title: f.text("title"), Stage: f.choice("stage", stages),
		Note: f.prose("note"), Questions: f.texts("questions"),
	}
	phase.Title = cmp.Or(phase.Title, phase.ID)
	for _, rule := range f.list("enter", maxValues) {
		phase.Enter = append(phase.Enter, p.readRule(rule))
	}
	return phase
}

func (p *parser) readRule(v value) PhaseRule {
	f := p.object(v, ruleKeys)
	rule := PhaseRule{On: f.text("on"), Absence: readAbsence(f), If: f.condition("if")}
	switch absence := f.has("after") || f.has("without") || f.has("orNever"); {
	case f.has("on") && absence:
		p.fail(v, "listens to an event and waits for one to stay away", "give each a rule of its own")
	case absence:
		f.require("after", "without")
	default:
		f.require("on")
	}
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
