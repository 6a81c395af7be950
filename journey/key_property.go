package journey

import (
	"cel.dev/cel-go/common/ast"
)

// KeyProperties returns the part of a trigger's properties that the touchpoint's key is made from, by the names that they
// have there; so an event with them has the same key. It is nil when the map has no such touchpoint, when that has no key,
// or when the key is not made from properties. A former id names a touchpoint too.
func (m *Map) KeyProperties(touchpoint string, properties map[string]any) map[string]any {
	var part map[string]any
	for i := range m.Touchpoints {
		t := &m.Touchpoints[i]
		if t.Key == "" || !t.named(touchpoint) {
			continue
		}
		for _, path := range propertiesIn(t.Key) {
			part = copyPath(part, properties, path)
		}
		return part
	}
	return nil
}

// propertiesIn returns the properties of the event that an expression reads, each as the names that lead to it.
func propertiesIn(expression string) [][]string {
	env, err := environment()
	if err != nil {
		return nil
	}
	parsed, issues := env.Parse(expression)
	if issues.Err() != nil {
		return nil
	}
	var paths [][]string
	inner := map[int64]bool{} // parts of a longer path
	ast.PreOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if inner[e.ID()] {
			return
		}
		if path := propertyPath(e, inner); len(path) > 0 {
			paths = append(paths, path)
		}
	}))
	return paths
}

// propertyPath returns the names in event.a.b or event["a"].b, and notes the parts. It is empty for anything else.
func propertyPath(e ast.Expr, inner map[int64]bool) []string {
	operand, name := e, ""
	switch e.Kind() {
	case ast.SelectKind:
		operand, name = e.AsSelect().Operand(), e.AsSelect().FieldName()
	case ast.CallKind:
		call := e.AsCall()
		if operand, name = indexed(call); name == "" {
			return nil
		}
	default:
		return nil
	}
	if operand.Kind() == ast.IdentKind && operand.AsIdent() == "event" {
		return []string{name}
	}
	path := propertyPath(operand, inner)
	if len(path) == 0 {
		return nil
	}
	inner[operand.ID()] = true
	return append(path, name)
}

// indexed returns what is read with which name in x["name"], x[?"name"] and x.?name. The name is empty for anything else.
func indexed(call ast.CallExpr) (of ast.Expr, name string) {
	switch call.FunctionName() {
	case "_[_]", "_[?_]", "_?._":
	default:
		return nil, ""
	}
	if len(call.Args()) != 2 || call.Args()[1].Kind() != ast.LiteralKind {
		return nil, ""
	}
	name, _ = call.Args()[1].AsLiteral().Value().(string)
	return call.Args()[0], name
}

// copyPath copies one property, which may lie in others, to where it lies in the part.
func copyPath(part, properties map[string]any, path []string) map[string]any {
	value, there := properties[path[0]]
	if !there {
		return part
	}
	if part == nil {
		part = map[string]any{}
	}
	within, is := value.(map[string]any)
	if len(path) == 1 || !is {
		part[path[0]] = value
		return part
	}
	before, _ := part[path[0]].(map[string]any)
	if copied := copyPath(before, within, path[1:]); copied != nil {
		part[path[0]] = copied
	}
	return part
}
