package journey

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

var (
	ordersText = regexp.MustCompile(`[<>]`)
	isAmount   = regexp.MustCompile(`^\s*-?\d+([.,]\d+)?\s*$`)
)

// textsOrdered finds event.total > "50": of an event and of traits it is not known before they come whether they are numbers,
// so the condition can be read, but it fails for a number, and orders texts letter by letter.
func textsOrdered(text string) []mistake {
	if !ordersText.MatchString(text) {
		return nil
	}
	parsed := parsedCondition(text)
	if parsed == nil {
		return nil
	}
	var found []mistake
	source := parsed.NativeRep().SourceInfo()
	ordering := []string{operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals}
	ast.PreOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || !slices.Contains(ordering, e.AsCall().FunctionName()) {
			return
		}
		for _, arg := range e.AsCall().Args() {
			if arg.Kind() != ast.LiteralKind {
				continue
			}
			if written, ok := arg.AsLiteral().Value().(string); ok && isAmount.MatchString(written) {
				at := charactersTo(text, source.GetStartLocation(arg.ID()))
				found = append(found, mistake{at, fmt.Sprintf("%q is a text, so numbers are not compared with it, write %s", strings.TrimSpace(written), plainNumber(written))})
			}
		}
	}))
	return found
}
