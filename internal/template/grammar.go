package template

import (
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/filters"
	"github.com/osteele/liquid/render"
	"github.com/osteele/liquid/tags"
)

// grammar is our Liquid: the standard tags and filters, minus those that read files, plus ours.
type grammar struct {
	config  render.Config
	filters dictionary
}

// dictionary collects the standard filters, so that each pass can guard them.
type dictionary map[string]any

// AddFilter implements filters.FilterDictionary.
func (d dictionary) AddFilter(name string, fn any) { d[name] = fn }

// The rewriter puts these where the author's text cannot name them.
const (
	turnTag      = "turn"     // stands first in every loop
	captureBlock = "captured" // replaces capture
	outputFilter = "output"   // ends every {{ }}
	passVariable = "\x00pass" // no identifier
)

func newGrammar() *grammar {
	g := &grammar{config: render.NewConfig(), filters: dictionary{}}
	filters.AddStandardFilters(g.filters)
	tags.AddStandardTags(g.config)
	g.config.AddTag("include", noInclude)
	g.config.AddTag("cycle", cycleTag)
	g.config.AddTag(turnTag, compileTurn)
	g.config.AddBlock(captureBlock).Compiler(compileCapture)
	return g
}

// passOf finds the pass that a tag is rendered in.
func passOf(ctx render.Context) (*pass, error) {
	p, ok := ctx.Get(passVariable).(*pass)
	if !ok {
		return nil, errors.New("rendered without a pass")
	}
	return p, nil
}

func noInclude(string) (func(io.Writer, render.Context) error, error) {
	return nil, errors.New("include is not available, because a template reads no other files")
}

// compileTurn makes a loop pay for each turn.
func compileTurn(string) (func(io.Writer, render.Context) error, error) {
	return func(_ io.Writer, ctx render.Context) error {
		p, err := passOf(ctx)
		if err != nil {
			return err
		}
		return p.turn()
	}, nil
}

var variableName = regexp.MustCompile(`^[A-Za-z_][\w-]*$`)

// compileCapture is capture with a limit, whose result is not escaped a second time.
func compileCapture(node render.BlockNode) (func(io.Writer, render.Context) error, error) {
	name := strings.TrimSpace(node.Args)
	if !variableName.MatchString(name) {
		return nil, errors.New("capture needs the name of a variable")
	}
	return func(_ io.Writer, ctx render.Context) error {
		p, err := passOf(ctx)
		if err != nil {
			return err
		}
		b := &buffer{pass: p, limit: maxValue}
		if err := ctx.RenderChildren(b); err != nil {
			return err
		}
		ctx.Set(name, p.trust(b.String()))
		return nil
	}, nil
}

// cycleTag is cycle without the variable that the library's own one shares between concurrent renderings.
func cycleTag(args string) (func(io.Writer, render.Context) error, error) {
	statement, err := expressions.ParseStatement(expressions.CycleStatementSelector, args)
	if err != nil {
		return nil, err
	}
	cycle := statement.Cycle
	return func(w io.Writer, ctx render.Context) error {
		loop, _ := ctx.Get("forloop").(map[string]any)
		turns, ok := loop[".cycles"].(map[string]int)
		if !ok {
			return errors.New("cycle belongs inside a loop")
		}
		n := turns[cycle.Group]
		turns[cycle.Group]++
		_, err := io.WriteString(w, cycle.Values[n%len(cycle.Values)])
		return err
	}, nil
}
