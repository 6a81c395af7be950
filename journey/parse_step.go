package journey

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

var (
	stepKinds = []string{
		string(StepWait), string(StepUntil), string(StepWaitFor), string(StepSend), string(StepBranch), string(StepSplit),
		string(StepSet), string(StepTask), string(StepWebhook), string(StepAsk), string(StepExit),
	}
	stepKeys    = append([]string{"id", "was", "do", "else"}, stepKinds...)
	waitForKeys = []string{"on", "if", "by", "for"}
	sendKeys    = []string{"template"}
	armKeys     = []string{"if", "do"}
	exitKeys    = []string{"reason"}
)

// steps reads a list of steps.
func (f fields) steps(key string) []Step {
	var steps []Step
	for _, v := range f.list(key, maxValues) {
		steps = append(steps, f.parser.readStep(v))
	}
	return steps
}

func (p *parser) readStep(v value) Step {
	if v.node.Kind == yaml.ScalarNode && slices.Contains(stepKinds, v.node.Value) {
		p.fail(v, "must be a group of keys, but is text", "write "+v.node.Value+": with a colon")
		return Step{}
	}
	f := p.object(v, stepKeys)
	s := Step{
		ID: f.id("id"), Named: f.has("id"), Was: f.ids("was"), Kind: p.stepKind(f), Do: f.steps("do"), Else: f.steps("else"),
	}
	switch s.Kind {
	case StepWait:
		s.Wait = f.delay("wait")
	case StepUntil:
		s.Until = f.expression("until")
	case StepWaitFor:
		s.For = p.readWaitFor(f.byKey["waitFor"])
	case StepSend:
		s.Template = p.readTemplate(f.byKey["send"])
	case StepBranch:
		for _, arm := range f.list("branch", maxValues) {
			s.Arms = append(s.Arms, p.readArm(arm))
		}
	case StepSplit:
		s.Arms = p.readSplit(f.byKey["split"])
	case StepSet:
		s.Set = p.readSet(f.byKey["set"])
	case StepTask:
		s.Task = p.readTask(f.byKey["task"])
	case StepWebhook:
		s.Webhook = p.readWebhook(f.byKey["webhook"])
	case StepAsk:
		s.Template, s.Ask = p.readAsk(f.byKey["ask"])
	case StepExit:
		s.Reason = p.readExit(f.byKey["exit"])
	}
	return s
}

// stepKind finds the one key that says what the step does.
func (p *parser) stepKind(f fields) StepKind {
	var kinds []string
	for _, kind := range stepKinds {
		if f.has(kind) {
			kinds = append(kinds, kind)
		}
	}
	switch {
	case len(kinds) > 1:
		p.fail(f.at, "is more than one step: "+strings.Join(kinds, " and "), "give each step a dash of its own")
		return ""
	case len(kinds) == 1:
		p.checkSiblings(f, StepKind(kinds[0]))
		return StepKind(kinds[0])
	case f.broken || hasUnknownKeys(f):
		return ""
	}
	p.fail(f.at, "does not say what to do", "use "+oneOf(stepKinds))
	return ""
}

// hasUnknownKeys tells whether keys were refused, so that the kind may be among them, misspelled.
func hasUnknownKeys(f fields) bool {
	return len(f.byKey) < len(f.at.node.Content)/2
}

func (p *parser) checkSiblings(f fields, kind StepKind) {
	if f.has("do") && kind != StepWaitFor {
		p.fail(f.byKey["do"], "does not belong to "+string(kind), "only waitFor and the arms of a branch or a split have do")
	}
	if f.has("else") && kind != StepWaitFor && kind != StepBranch {
		p.fail(f.byKey["else"], "does not belong to "+string(kind), "only waitFor and branch have else")
	}
}

func (p *parser) readWaitFor(v value) WaitFor {
	f := p.object(v, waitForKeys)
	f.require("on", "for")
	return WaitFor{On: f.names("on"), If: f.condition("if"), By: f.expression("by"), Timeout: f.duration("for")}
}

func (p *parser) readTemplate(v value) string {
	if v.node.Kind == yaml.ScalarNode && idPattern.MatchString(v.node.Value) {
		p.fail(v, "must be a group of keys, but is text", fmt.Sprintf("write send: {template: %s}", v.node.Value))
		return ""
	}
	f := p.object(v, sendKeys)
	f.require("template")
	return f.id("template")
}

func (p *parser) readArm(v value) Arm {
	f := p.object(v, armKeys)
	f.require("if", "do")
	return Arm{If: f.condition("if"), Do: f.steps("do")}
}

// readExit reads exit: with nothing, a reason, or a group of keys with the reason.
func (p *parser) readExit(v value) string {
	switch {
	case v.node.Kind == yaml.MappingNode:
		return p.object(v, exitKeys).text("reason")
	case v.node.Kind == yaml.ScalarNode && v.node.ShortTag() == "!!null":
		return ""
	}
	return p.text(v)
}

// eachStep calls visit for every step with its path, in the order of the document: a step, its arms, its do, its else.
func eachStep(steps []Step, path string, visit func(s *Step, path string)) {
	for i := range steps {
		s, at := &steps[i], fmt.Sprintf("%s[%d]", path, i)
		visit(s, at)
		for j := range s.Arms {
			eachStep(s.Arms[j].Do, fmt.Sprintf("%s.%s[%d].do", at, s.Kind, j), visit)
		}
		eachStep(s.Do, at+".do", visit)
		eachStep(s.Else, at+".else", visit)
	}
}

// nameSteps gives every step without an id its kind and its number among the steps of that kind.
func (p *parser) nameSteps(steps []Step, path string) {
	count := map[StepKind]int{}
	used := map[string]string{}
	eachStep(steps, path, func(s *Step, at string) {
		if s.Kind == "" {
			return
		}
		count[s.Kind]++
		if s.ID == "" {
			s.ID = fmt.Sprintf("%s-%d", s.Kind, count[s.Kind])
		}
		if former, twice := used[s.ID]; twice {
			p.failAt(at, fmt.Sprintf("has the id %s, as %s has", s.ID, former), "give it an id of its own")
			return
		}
		used[s.ID] = at
	})
	p.checkFormerSteps(steps, path)
}

// checkFormerSteps refuses two steps that say that they had the same id.
func (p *parser) checkFormerSteps(steps []Step, path string) {
	claimed := map[string]string{}
	eachStep(steps, path, func(s *Step, at string) {
		for j, was := range s.Was {
			if other, twice := claimed[was]; twice {
				p.failAt(p.itemPath(at+".was", j), was+" is the former id of "+other+" already", "only one of them can have been called that")
			}
			claimed[was] = s.ID
		}
	})
}
