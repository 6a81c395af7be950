package template

import (
	"fmt"
	"html"
	"reflect"
	"slices"
	"strings"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/render"
	"github.com/osteele/liquid/values"
)

// ownFilters are the filters that Liquid lacks.
var ownFilters = []string{"money", "url"}

// arithmetic are the filters that calculate. With what is not a number they give nothing instead of failing: no order
// should go unconfirmed because of one odd price.
var arithmetic = []string{"abs", "ceil", "divided_by", "floor", "minus", "modulo", "plus", "round", "times"}

func (g *grammar) hasFilter(name string) bool {
	_, ok := g.filters[name]
	return ok || slices.Contains(ownFilters, name)
}

// bind returns the configuration for one pass: every filter pays, and knows the locale.
func (g *grammar) bind(p *pass) render.Config {
	config := g.config
	config.Config.Config = expressions.Config{}
	for name, fn := range g.filters {
		config.AddFilter(name, p.guard(name, fn))
	}
	config.AddFilter("date", p.guard("date", p.date(g.filters["date"])))
	config.AddFilter("money", p.guard("money", p.money))
	config.AddFilter("url", p.guard("url", safeURL))
	if p.html {
		config.AddFilter("escape", p.guard("escape", func(s string) string { return p.trust(html.EscapeString(s)) }))
		config.AddFilter("escape_once", p.guard("escape_once", func(s string) string {
			return p.trust(html.EscapeString(html.UnescapeString(s)))
		}))
		config.AddFilter("newline_to_br", p.guard("newline_to_br", func(s string) string {
			if !p.isTrusted(s) {
				s = html.EscapeString(s)
			}
			return p.trust(strings.ReplaceAll(s, "\n", "<br>\n"))
		}))
	}
	config.AddFilter(outputFilter, p.output)
	return config
}

// output ends every {{ }}: it writes the value as text, escaped in HTML.
func (p *pass) output(v any) (string, error) {
	v, err := unroll(v)
	if err != nil {
		return "", err
	}
	text := plain(v)
	if p.html && !p.isTrusted(text) {
		text = html.EscapeString(text)
	}
	return text, p.spend(len(text) + callWork)
}

// guard makes a filter pay for what it touches, and turns its panics into errors.
func (p *pass) guard(name string, fn any) func(any, ...any) (any, error) {
	filter := reflect.ValueOf(fn)
	return func(value any, more ...any) (result any, err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("cannot handle its input: %v", r)
			}
		}()
		args := append([]any{value}, more...)
		for i := range args {
			if args[i], err = unroll(args[i]); err != nil {
				return nil, err
			}
		}
		if err := p.afford(size(name, args)); err != nil {
			return nil, err
		}
		if slices.Contains(arithmetic, name) && !numbers(args) {
			return nil, nil
		}
		if name == "uniq" { // compares every item with every other
			if n := weight(args[0]); p.spend(n*n) != nil {
				return nil, p.broke
			}
		}
		if result, err = values.Call(filter, args); err != nil {
			return nil, err
		}
		if f, ok := result.(float64); ok {
			result = clean(f)
		}
		return result, p.afford(weight(result))
	}
}

// numbers turns the texts among the arguments into numbers, or says that one of them is none.
func numbers(args []any) bool {
	for i, arg := range args {
		value, ok := number(arg)
		if !ok && arg != nil {
			return false
		}
		if _, isText := arg.(string); ok && isText {
			args[i] = value
		}
	}
	return true
}

// size is how many bytes the arguments have, together with what two filters make of them by multiplication.
func size(name string, args []any) int {
	total := 0
	for _, arg := range args {
		total += weight(arg)
	}
	switch {
	case total > maxValue:
	case name == "join" && len(args) > 1:
		if list := reflect.ValueOf(args[0]); list.Kind() == reflect.Slice {
			total += list.Len() * len(fmt.Sprint(args[1]))
		}
	case name == "replace" && len(args) > 2:
		total += strings.Count(fmt.Sprint(args[0]), fmt.Sprint(args[1])) * len(fmt.Sprint(args[2]))
	}
	return total
}
