package template

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"klantreis/journey"
)

// frontMatter is what stands between two lines of dashes at the top of an HTML file.
type frontMatter struct {
	// subject is the subject line. preheader is what mail programs show beside it; reason tells the customer why this
	// mail came. Both may be empty. All three are Liquid without escaping.
	subject, preheader, reason source
}

const dashes = "---\n"

// splitFrontMatter takes an HTML file apart. The problems are sorted by line.
func splitFrontMatter(file, text string) (frontMatter, source, journey.Problems) {
	rest, opened := strings.CutPrefix(text, dashes)
	head, body, closed := strings.Cut("\n"+rest, "\n"+dashes)
	if !opened || !closed {
		message := "does not begin with front matter"
		if opened {
			message = "the front matter is not closed"
		}
		return frontMatter{}, source{}, journey.Problems{{
			File: file, Line: 1, Message: message, Hint: "begin with ---, a line subject: ..., and another ---",
		}}
	}
	front, problems := parseFrontMatter(file, strings.TrimPrefix(head, "\n"))
	line := 1 + strings.Count(text[:len(text)-len(body)], "\n")
	if strings.TrimSpace(body) == "" {
		problems = append(problems, journey.Problem{File: file, Line: line, Message: "has no content after the front matter"})
	}
	return front, source{file: file, line: line, text: body, html: true}, problems
}

func parseFrontMatter(file, head string) (frontMatter, journey.Problems) {
	var (
		front    frontMatter
		doc      yaml.Node
		problems journey.Problems
	)
	report := func(line int, message, hint string) {
		problems = append(problems, journey.Problem{File: file, Line: line + 1, Message: message, Hint: hint})
	}
	if err := yaml.Unmarshal([]byte(head), &doc); err != nil {
		line, message := yamlFault(err)
		report(line, "front matter: "+message, "put a text that holds a colon or {{ in quotes")
		return front, problems
	}
	fields := map[string]*source{"subject": &front.subject, "preheader": &front.preheader, "reason": &front.reason}
	for key, value := range pairs(&doc) {
		field, known := fields[key.Value]
		switch {
		case !known:
			report(key.Line, fmt.Sprintf("front matter: unknown key %q", key.Value), "it may hold subject, preheader and reason")
		case value.Kind != yaml.ScalarNode:
			report(value.Line, "front matter: "+key.Value+" must be a text", "put a text that begins with { or [ in quotes")
		case field.file != "":
			report(key.Line, "front matter: "+key.Value+" is given twice", "")
		default:
			*field = source{file: file, line: value.Line + 1, text: value.Value}
		}
	}
	if len(problems) == 0 && strings.TrimSpace(front.subject.text) == "" {
		report(0, "front matter: the subject is missing", "")
	}
	return front, problems
}

// pairs walks through the keys and values of a document that is one mapping.
func pairs(doc *yaml.Node) func(func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
			return
		}
		nodes := doc.Content[0].Content
		for i := 0; i+1 < len(nodes); i += 2 {
			if !yield(nodes[i], nodes[i+1]) {
				return
			}
		}
	}
}

// yamlFault says what the YAML reader stumbled over, and in which line counted from 1.
func yamlFault(err error) (int, string) {
	if fault, ok := errors.AsType[*yaml.LoadError](err); ok {
		return max(fault.Mark.Line, 1), strings.TrimPrefix(fault.Message, "yaml: ")
	}
	return 1, strings.TrimPrefix(err.Error(), "yaml: ")
}
