package journey

import (
	"errors"
	"fmt"
	"regexp/syntax"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
)

// maxPattern bounds a regular expression, in instructions of the machine that runs it. The work for a text is its length
// times these, and CEL counts it only when it is done.
const maxPattern = 1000

// checkPatterns refuses regular expressions that are not written out, so that no event can bring one along, or that are
// too large.
func checkPatterns(compiled *cel.Ast) error {
	var faults []error
	ast.PreOrderVisit(compiled.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != "matches" {
			return
		}
		args := e.AsCall().Args()
		faults = append(faults, checkPattern(args[len(args)-1]))
	}))
	return errors.Join(faults...)
}

func checkPattern(e ast.Expr) error {
	if e.Kind() != ast.LiteralKind {
		return errors.New("the pattern of matches must be written out, as a text in quotes")
	}
	pattern, ok := e.AsLiteral().Value().(string)
	if !ok {
		return errors.New("the pattern of matches must be a text")
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return fmt.Errorf("the pattern of matches is none: %w", err)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return fmt.Errorf("the pattern of matches is none: %w", err)
	}
	if len(program.Inst) > maxPattern {
		return errors.New("the pattern of matches is too large")
	}
	return nil
}
