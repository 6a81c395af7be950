package journey

import (
	"regexp"

	"cel.dev/cel-go/cel"
)

var mentionsTruth = regexp.MustCompile(`\b(true|false)\b`)

// constant returns the answer of a condition that has the same one for every event and customer; known is false for all
// others. An empty condition holds.
func (m *Map) constant(text string) (holds, known bool) {
	switch {
	case text == "":
		return true, true
	case !asksAnything(text):
		yes, err := m.holds(text, &vars{customer: &Customer{}})
		return yes, err == nil
	case mentionsTruth.MatchString(text):
		return withoutFacts(text)
	}
	return false, false
}

// never tells whether a condition holds for no event and customer.
func (m *Map) never(text string) bool {
	holds, known := m.constant(text)
	return known && !holds
}

// always tells whether a condition holds for every event and customer.
func (m *Map) always(text string) bool {
	holds, known := m.constant(text)
	return known && holds
}

// withoutFacts evaluates a condition of which nothing is known but its own words: "false && event.x" is false.
func withoutFacts(text string) (holds, known bool) {
	env, err := environment()
	if err != nil {
		return false, false
	}
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		return false, false
	}
	program, err := plan(env, ast, cel.OptPartialEval)
	if err != nil {
		return false, false
	}
	nothing, err := cel.PartialVars(map[string]any{}, cel.AttributePattern("event"), cel.AttributePattern("customer"), cel.AttributePattern("now"))
	if err != nil {
		return false, false
	}
	value, _, err := program.Eval(nothing)
	if err != nil {
		return false, false
	}
	holds, known = value.Value().(bool)
	return holds, known
}
