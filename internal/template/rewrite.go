package template

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/parser"

	"klantreis/journey"
)

// rewriter goes through a source piece by piece, reports what is wrong with each, and adds what makes it safe: an escape
// to every value, and a payment to every loop.
type rewriter struct {
	grammar  *grammar
	source   source
	problems journey.Problems
	out      strings.Builder
	// skipping is the comment or raw that we are in.
	skipping *parser.Token
	// markup is the HTML since the last "<", with a NUL for each value.
	markup string
}

// statements says how the arguments of a block begin when they are parsed on their own.
var statements = map[string]string{
	"if": "", "elsif": "", "unless": "", "case": "",
	"for": expressions.LoopStatementSelector, "tablerow": expressions.LoopStatementSelector,
	"when": expressions.WhenStatementSelector,
}

func (r *rewriter) rewrite() string {
	at := parser.SourceLoc{Pathname: r.source.file, LineNo: r.source.line}
	for _, token := range parser.Scan(r.source.text, at, nil) {
		switch {
		case r.skipping != nil:
			r.skip(token)
		case token.Type == parser.TextTokenType:
			r.text(token)
		case token.Type == parser.ObjTokenType:
			r.value(token)
		case token.Type == parser.TagTokenType:
			r.tag(token)
		}
	}
	if r.skipping != nil {
		r.report(r.skipping.SourceLoc.LineNo, "%s is not closed", r.skipping.Name)
	}
	return r.out.String()
}

func (r *rewriter) report(line int, format string, args ...any) {
	r.problems = append(r.problems, journey.Problem{File: r.source.file, Line: line, Message: fmt.Sprintf(format, args...)})
}

func (r *rewriter) skip(token parser.Token) {
	if token.Type == parser.TagTokenType && token.Name == "end"+r.skipping.Name {
		r.skipping = nil
	}
	r.out.WriteString(token.Source)
}

func (r *rewriter) text(token parser.Token) {
	for _, opening := range []string{"{{", "{%"} {
		if i := strings.Index(token.Source, opening); i >= 0 {
			line := token.SourceLoc.LineNo + strings.Count(token.Source[:i], "\n")
			r.report(line, "%s is not closed; a value must be closed on the same line", opening)
		}
	}
	if i := strings.LastIndexByte(token.Source, '<'); i >= 0 {
		r.markup = token.Source[i:]
	} else if r.markup != "" {
		r.markup += token.Source
	}
	r.markup = r.markup[max(len(r.markup)-maxMarkup, 0):]
	r.out.WriteString(token.Source)
}

// maxMarkup is how much of a tag is looked at; the quotes of a longer one are not checked.
const maxMarkup = 4096

var (
	unquoted = regexp.MustCompile(`^<[a-zA-Z](?:[^"'>\x00]|"[^"]*"|'[^']*')*=\s*\x00*$`)
	linked   = regexp.MustCompile(`(?i)[\s"'/:](?:href|src|action|formaction|background|poster)\s*=\s*["']?\s*\x00*$`)
)

// value handles {{ args }}. The parentheses make one value of whatever stands between them.
func (r *rewriter) value(token parser.Token) {
	line := token.SourceLoc.LineNo
	r.filters(token)
	if err := parse("", token.Args); err != nil {
		r.report(line, "%s", err)
	}
	ending := ") | " + outputFilter + " "
	if r.source.html {
		if unquoted.MatchString(r.markup) {
			r.report(line, "put the attribute with {{ %s }} in quotes", token.Args)
		}
		if linked.MatchString(r.markup) {
			ending = ") | url | " + outputFilter + " "
		}
		if r.markup != "" {
			r.markup += "\x00"
		}
	}
	before, after, _ := strings.Cut(token.Source, token.Args)
	r.out.WriteString(before + "(" + token.Args + ending + after)
}

// tag handles {% name args %}.
func (r *rewriter) tag(token parser.Token) {
	line, name, text := token.SourceLoc.LineNo, token.Name, token.Source
	r.filters(token)
	compile, isTag := r.grammar.config.FindTagDefinition(name)
	_, isBlock := r.grammar.config.BlockSyntax(name)
	selector, isStatement := statements[name]
	switch {
	case name == turnTag || strings.HasSuffix(name, captureBlock) || !isTag && !isBlock:
		r.report(line, "unknown tag %q", name)
	case isTag:
		if err := guarded(func() error { _, err := compile(token.Args); return err }); err != nil {
			r.report(line, "%s: %s", name, err)
		}
	case isStatement:
		if err := parse(selector, token.Args); err != nil {
			r.report(line, "%s: %s", name, err)
		}
	}
	switch name {
	case "comment", "raw":
		r.skipping = &token
	case "for", "tablerow":
		text += "{% " + turnTag + " %}"
	case "capture", "endcapture":
		text = strings.Replace(text, "capture", captureBlock, 1)
	}
	r.out.WriteString(text)
}

var filterNames = regexp.MustCompile(`"[^"]*"|'[^']*'|\|\s*([A-Za-z_][\w-]*)`)

// filters reports unknown filters, which Liquid itself would notice only while a mail is rendered.
func (r *rewriter) filters(token parser.Token) {
	for _, match := range filterNames.FindAllStringSubmatch(token.Args, -1) {
		if name := match[1]; name != "" && !r.grammar.hasFilter(name) {
			r.report(token.SourceLoc.LineNo, "unknown filter %q", name)
		}
	}
}

func parse(selector, args string) error {
	return guarded(func() error {
		_, err := expressions.ParseStatement(selector, args)
		return err
	})
}

// guarded turns the panics of Liquid's parser into errors.
func guarded(fn func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cannot be read: %v", r)
		}
	}()
	err = fn()
	if err == nil {
		return nil
	}
	return errors.New(selectors.Replace(err.Error()))
}

// selectors takes out of a message what the parser puts before the arguments of a tag.
var selectors = strings.NewReplacer(expressions.AssignStatementSelector, "", expressions.CycleStatementSelector, "",
	expressions.LoopStatementSelector, "", expressions.WhenStatementSelector, "")
