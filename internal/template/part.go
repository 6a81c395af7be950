package template

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/parser"
	"github.com/osteele/liquid/render"

	"klantreis/journey"
)

// source is one piece of Liquid.
type source struct {
	// file and line say where it begins.
	file string
	line int
	text string
	// html is true when its values are to be escaped.
	html bool
}

// part is a compiled source. It is safe for concurrent use.
type part struct {
	source  source
	grammar *grammar
	node    render.Node
}

// compile checks a source. It reports all that is wrong with its values and tags, or else the first block that does not
// match.
func (g *grammar) compile(src source) (*part, journey.Problems) {
	r := rewriter{grammar: g, source: src}
	text := r.rewrite()
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	p := &part{source: src, grammar: g}
	var fault parser.Error
	err := guarded(func() error {
		p.node, fault = g.config.Compile(text, parser.SourceLoc{Pathname: src.file, LineNo: src.line})
		return nil
	})
	switch {
	case fault != nil:
		return nil, journey.Problems{src.problem(fault)}
	case err != nil:
		return nil, journey.Problems{{File: src.file, Line: src.line, Message: err.Error()}}
	}
	return p, nil
}

// render fills the part in. The variables are not changed. The texts in trusted are not escaped.
func (p *part) render(locale string, vars map[string]any, trusted ...string) (out string, err error) {
	pass := &pass{locale: locale, html: p.source.html, began: time.Now()}
	for _, markup := range trusted {
		pass.trust(markup)
	}
	vars = maps.Clone(vars)
	vars[passVariable] = pass
	defer func() {
		switch r := recover(); {
		case r == nil:
		case pass.broke != nil:
			err = journey.Problems{{File: p.source.file, Message: pass.broke.Error()}}
		default:
			err = journey.Problems{{File: p.source.file, Message: panicMessage(r)}}
		}
	}()
	b := &buffer{pass: pass, limit: maxOutput}
	if fault := render.Render(p.node, b, vars, p.grammar.bind(pass)); fault != nil {
		return "", journey.Problems{p.source.problem(fault)}
	}
	return b.String(), nil
}

// problem takes the library's own wrapping off an error.
func (s source) problem(fault parser.Error) journey.Problem {
	problem := journey.Problem{File: s.file, Line: fault.LineNumber()}
	if failed, ok := errors.AsType[expressions.FilterError](fault.Cause()); ok {
		problem.Message = fmt.Sprintf("%s: %s", failed.FilterName, failed.Err)
		return problem
	}
	message := strings.TrimPrefix(fault.Error(), fmt.Sprintf("Liquid error (line %d): ", fault.LineNumber()))
	message = strings.TrimSuffix(message, " in "+s.file)
	problem.Message = strings.ReplaceAll(message, captureBlock, "capture")
	return problem
}

// panicMessage says why the library panicked. It wraps some causes together with a stack.
func panicMessage(r any) string {
	if wrapped, ok := r.(interface{ Cause() error }); ok && wrapped.Cause() != nil {
		r = wrapped.Cause()
	}
	return fmt.Sprintf("cannot be rendered: %v", r)
}
