package journey

import (
	"fmt"
	"regexp"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

var (
	usesPersona = regexp.MustCompile(`\bcustomer\s*\.\s*persona\b`)
	usesNames   = regexp.MustCompile(`\bcustomer\s*\.\s*(persona|phase)\b`)
)

// reviewNames reports conditions that compare the customer's phase or persona to one that does not exist, or that order
// numbers as texts.
func (p *parser) reviewNames(m *Map) {
	personas := make([]string, len(m.Personas))
	for i := range m.Personas {
		personas[i] = m.Personas[i].ID
	}
	known := map[string][]string{"phase": phaseIDs(m), "persona": personas}
	for i := range m.Phases { // a former name means the phase of today
		known["phase"] = append(known["phase"], m.Phases[i].Was...)
	}
	m.eachCondition(func(text, path string) {
		for _, c := range namesCompared(text) {
			if c.name != "" && !slices.Contains(known[c.field], c.name) {
				p.warnAt(path, fmt.Sprintf("there is no %s %s", c.field, c.name), suggest(c.name, known[c.field]))
			}
		}
		for _, m := range textsOrdered(text) {
			p.warnAt(path, fmt.Sprintf("%s (%s)", m.says, position(text, m.at)), "")
		}
	})
}

// parsedCondition returns a condition as it reads, or nil when it does not.
func parsedCondition(text string) *cel.Ast {
	env, err := environment()
	if err != nil {
		return nil
	}
	parsed, issues := env.Parse(text)
	if issues.Err() != nil {
		return nil
	}
	return parsed
}

// comparison is a field of the customer that a condition compares to a name.
type comparison struct {
	field, name string
}

// namesCompared finds customer.phase == "x", its opposite and customer.phase in ["x", "y"]; so for the persona.
func namesCompared(text string) []comparison {
	if !usesNames.MatchString(text) {
		return nil
	}
	parsed := parsedCondition(text)
	if parsed == nil {
		return nil
	}
	var found []comparison
	ast.PreOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || len(e.AsCall().Args()) != 2 {
			return
		}
		args := e.AsCall().Args()
		switch e.AsCall().FunctionName() {
		case operators.Equals, operators.NotEquals:
			found = append(found, compared(args[0], args[1])...)
			found = append(found, compared(args[1], args[0])...)
		case operators.In:
			found = append(found, compared(args[0], args[1])...)
		}
	}))
	return found
}

// compared returns the texts of b when a is a field of the customer that holds the name of something in the map.
func compared(a, b ast.Expr) []comparison {
	if a.Kind() != ast.SelectKind {
		return nil
	}
	field, of := a.AsSelect().FieldName(), a.AsSelect().Operand()
	if of.Kind() != ast.IdentKind || of.AsIdent() != "customer" || field != "phase" && field != "persona" {
		return nil
	}
	items := []ast.Expr{b}
	if b.Kind() == ast.ListKind {
		items = b.AsList().Elements()
	}
	var found []comparison
	for _, item := range items {
		if item.Kind() != ast.LiteralKind {
			continue
		}
		if name, ok := item.AsLiteral().Value().(string); ok {
			found = append(found, comparison{field, name})
		}
	}
	return found
}

// eachCondition visits every expression on event, customer and now, with its path.
func (m *Map) eachCondition(visit func(text, path string)) {
	for i := range m.Phases {
		for j := range m.Phases[i].Enter {
			visit(m.Phases[i].Enter[j].If, fmt.Sprintf("phases[%d].enter[%d].if", i, j))
		}
	}
	for i := range m.Touchpoints {
		t, path := &m.Touchpoints[i], fmt.Sprintf("touchpoints[%d]", i)
		visit(t.If, path+".if")
		visit(t.CancelIf, path+".cancelIf")
		visit(t.Goal.If, path+".goal.if")
		eachStep(t.Steps, path+".do", func(s *Step, at string) {
			visit(s.For.If, at+".waitFor.if")
			for j := range s.Arms {
				visit(s.Arms[j].If, fmt.Sprintf("%s.branch[%d].if", at, j))
			}
		})
	}
	for i := range m.Policy.Pauses {
		visit(m.Policy.Pauses[i].If, fmt.Sprintf("policy.pause[%d].if", i))
	}
	for i := range m.Personas {
		visit(m.Personas[i].Match, fmt.Sprintf("personas[%d].match", i))
	}
}
