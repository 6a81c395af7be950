package journey

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

const (
	maxText       = 200
	maxNames      = 100
	maxExpression = 4000
)

var (
	idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	notInIDs  = regexp.MustCompile(`[^a-z0-9]+`)
)

// text reads a text of one line.
func (p *parser) text(v value) string {
	text, ok := p.scalarText(v, maxText)
	if ok && strings.ContainsFunc(text, unicode.IsControl) {
		p.fail(v, "must be on one line", "")
		return ""
	}
	return text
}

// scalarText reads a text that is not empty and not too long.
func (p *parser) scalarText(v value, most int) (string, bool) {
	text := strings.TrimSpace(v.node.Value)
	switch {
	case v.node.Kind != yaml.ScalarNode || v.node.ShortTag() != "!!str":
		p.fail(v, "must be text, but is "+kindOf(v.node), textHint(v.node))
	case text == "":
		p.fail(v, "is empty", "")
	case utf8.RuneCountInString(text) > most:
		p.fail(v, fmt.Sprintf("is longer than %d characters", most), "")
	default:
		return text, true
	}
	return "", false
}

func textHint(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		return ""
	}
	return "put it in quotes"
}

// id reads the id of something.
func (p *parser) id(v value) string {
	text := p.text(v)
	if text == "" || idPattern.MatchString(text) {
		return text
	}
	hint := ""
	if slug := strings.Trim(notInIDs.ReplaceAllString(strings.ToLower(text), "-"), "-"); idPattern.MatchString(slug) {
		hint = "such as " + slug
	}
	p.fail(v, "must consist of a to z, 0 to 9 and hyphens, at most 64", hint)
	return ""
}

// names reads an event name, or a list of them.
func (p *parser) names(v value) []string {
	if v.node.Kind != yaml.SequenceNode {
		if name := p.text(v); name != "" {
			return []string{name}
		}
		return nil
	}
	var names []string
	for _, item := range p.items(v, maxNames) {
		name := p.text(item)
		if name != "" && slices.Contains(names, name) {
			p.fail(item, "is in the list already", "")
		}
		names = append(names, name)
	}
	return names
}

func (f fields) text(key string) string {
	if !f.has(key) {
		return ""
	}
	return f.parser.text(f.byKey[key])
}

func (f fields) id(key string) string {
	if !f.has(key) {
		return ""
	}
	return f.parser.id(f.byKey[key])
}

func (f fields) names(key string) []string {
	if !f.has(key) {
		return nil
	}
	return f.parser.names(f.byKey[key])
}

// expression reads a CEL text, which is compiled later.
func (f fields) expression(key string) string {
	if !f.has(key) {
		return ""
	}
	text, _ := f.parser.scalarText(f.byKey[key], maxExpression)
	return text
}

// condition reads a CEL text that may be plain true or false.
func (f fields) condition(key string) string {
	if n := f.byKey[key].node; n != nil && n.Kind == yaml.ScalarNode && n.ShortTag() == "!!bool" {
		return strings.ToLower(n.Value)
	}
	return f.expression(key)
}
